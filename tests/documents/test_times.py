"""Dates, times of day and zones as people write them."""

from __future__ import annotations

from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.documents.times.calendar import Calendar, ClockDoubts
from pipeline.documents.times.moments import (
    TimeReading,
    complete_year,
    dates_in_path,
    leading_moment,
    moments,
    written_orders,
)
from pipeline.documents.times.zones import Zone, announced_zone, to_utc

UTC = TimeReading()


def _read(text: str, reading: TimeReading = UTC) -> tuple[object, ...]:
    found = leading_moment(text, reading)
    if found is None:
        return ()
    zone = found.zone.written if found.zone else None
    return found.day or found.month_day, found.clock, found.until, zone, found.is_ambiguous


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-02-12 11:45", (date(2020, 2, 12), time(11, 45), None, None, False)),
        ("2021-04-14T07:30:00-00:00", (date(2021, 4, 14), time(7, 30), None, "-00:00", False)),
        ("2021-04-14T07:30:00Z", (date(2021, 4, 14), time(7, 30), None, "Z", False)),
        ("Sep 27 2017 13:06", (date(2017, 9, 27), time(13, 6), None, None, False)),
        ("19. April, 11:00", ((4, 19), time(11), None, None, False)),
        ("March 18, 16:30", ((3, 18), time(16, 30), None, None, False)),
        ("~13:30-13:45", (None, time(13, 30), time(13, 45), None, False)),
        ("17:00-18:00", (None, time(17), time(18), None, False)),
        ("2020-10-06 09:00 - 11:00", (date(2020, 10, 6), time(9), time(11), None, False)),
        ("[10:23 UTC]", (None, time(10, 23), None, "UTC", False)),
        ("16:59 PST", (None, time(16, 59), None, "PST", False)),
        ("16:58 UTC (September 29, 2025)", (date(2025, 9, 29), time(16, 58), None, "UTC", False)),
        ("9.59", (None, time(9, 59), None, None, False)),
        ("1630 UTC", (None, time(16, 30), None, "UTC", False)),
        ("4:23PM PST", (None, time(16, 23), None, "PST", False)),
        ("12:30 AM", (None, time(0, 30), None, None, False)),
        ("17:14pm", (None, time(17, 14), None, None, False)),
        ("Between 2:00 and 2:30 PM", (None, time(14), time(14, 30), None, False)),
        ("25/03/2024 10:00", (date(2024, 3, 25), time(10), None, None, False)),
        ("c. 14:10", (None, time(14, 10), None, None, False)),
        ("by 10:23 PM PST", (None, time(22, 23), None, "PST", False)),
        ("12 noon", (None, time(12), None, None, False)),
        ("5/14/18 10:02 AM", (date(2018, 5, 14), time(10, 2), None, None, False)),
        ("5-26-21", (date(2021, 5, 26), None, None, None, False)),
        ("07-20 04:10", ((7, 20), time(4, 10), None, None, False)),
        ("7/20, 4:10 pm", ((7, 20), time(16, 10), None, None, False)),
        ("07-08 04:10", (None, time(4, 10), None, None, True)),
        ("20240301T113000Z", (date(2024, 3, 1), time(11, 30), None, "Z", False)),
        ("1709287200", (date(2024, 3, 1), time(10), None, "epoch", False)),
        ("1709287200000", (date(2024, 3, 1), time(10), None, "epoch", False)),
        ("11:05 pm (Sydney)", (None, time(23, 5), None, "Sydney", False)),
        ("11:05 Denver time", (None, time(11, 5), None, "Denver", False)),
        ("11:05 XDT - x", (None, time(11, 5), None, None, True)),
        ("June 5, 2024: x", (date(2024, 6, 5), None, None, None, False)),
    ],
)
def test_a_time_is_read_as_written(text: str, expected: tuple[object, ...]) -> None:
    """Date, time, end of the range and zone are read from the styles met in postmortems."""
    assert _read(text) == expected


def test_an_ambiguous_date_is_read_only_by_rule() -> None:
    """03/04/2024 is marked ambiguous, unless the source says which comes first."""
    assert _read("03/04/2024 10:00") == (None, time(10), None, None, True)
    assert _read("03/04/2024 10:00", TimeReading(day_first=True))[0] == date(2024, 4, 3)
    assert _read("03/04/2024 10:00", TimeReading(day_first=False))[0] == date(2024, 3, 4)


@pytest.mark.parametrize(
    "text", ["20202-01-16", "2X:XX (not sure)", "version 1.2.3", "25:61", "2024-02-30 x"]
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    """Misprints, versions and impossible clocks yield no date and no clock."""
    assert [(m.day, m.clock) for m in moments(text, UTC) if not m.is_ambiguous] == []


def test_other_dates_of_a_document_tell_the_order_of_day_and_month() -> None:
    """A date in words that is one of two readings decides for all; both readings decide nothing."""
    assert written_orders("Start: 03/04/2024. Merged on 3 April 2024.") == (("/", True),)
    assert written_orders("Start: 03-04-2024, see 2024-03-04") == (("-", False),)
    assert written_orders("Start: 03/04/2024, from 3 April 2024 to March 4, 2024") == ()
    assert written_orders("Start: 03/04/2024. Written on 5 May 2024.") == ()


def test_two_clocks_side_by_side_are_one_moment() -> None:
    """The second clock is kept beside the first, whichever marks stand between."""
    for text in (
        "10:00 PST / 18:00 UTC",
        "10:00 PST (18:00 UTC)",
        "10:00 PST = 18:00 UTC",
        "10:00 PST/18:00 UTC",
    ):
        (found,) = moments(text, UTC)
        assert (found.clock, found.zone and found.zone.written) == (time(10), "PST")
        assert found.beside is not None
        assert (found.beside[0], found.beside[1].written) == (time(18), "UTC")


def test_a_range_may_end_on_a_day_of_its_own() -> None:
    """The end's own day counts, with or without its year."""
    (found,) = moments("from Mar 22 19:30 to Mar 24 09:45", UTC)
    assert Calendar(UTC, ClockDoubts()).end_day(found, date(2017, 3, 22)) == date(2017, 3, 24)
    (found,) = moments("2024-02-28 23:00 - 01:00", UTC)
    assert Calendar(UTC, ClockDoubts()).end_day(found, date(2024, 2, 28)) == date(2024, 2, 29)


def test_a_zone_name_with_several_meanings_is_the_sources_own_or_none() -> None:
    """IST is India's where the source is Indian, and ambiguous elsewhere."""
    assert _read("10:00 IST")[4] is True
    assert _read("10:00 IST", TimeReading("Asia/Kolkata")) == (None, time(10), None, "IST", False)


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [
        ("All times in CET.", "Europe/Brussels", None),
        ("All times in PST (UTC-7)", None, -420),
        ("all times UTC", None, 0),
        ("Date and Time in CET", "Europe/Brussels", None),
        ("Times are in Pacific Time", "America/Los_Angeles", None),
        ("Time zone: Europe/London", "Europe/London", None),
        ("All times in GMT+2", None, 120),
        ("All times are Zurich time", "Europe/Zurich", None),
    ],
)
def test_a_sentence_gives_the_zone_of_the_times_below(
    text: str, name: str | None, offset: int | None
) -> None:
    """A zone is announced by a sentence about times; an offset beside a name wins."""
    zone = announced_zone(text, "UTC")
    assert zone is not None
    assert (zone.name, zone.offset) == (name, offset)


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [
        ("Time (UTC-05:00)", None, -300),
        ("Timeline (UTC+05:30)", None, 330),
        ("All timestamps are UTC-07:00.", None, -420),
        ("Timeline (all times Berlin)", "Europe/Berlin", None),
        ("Time (local time, Berlin)", "Europe/Berlin", None),
        ("All times are in the timezone of Sydney", "Australia/Sydney", None),
        ("All times in local time (CEST).", "Europe/Brussels", None),
        ("Time (local)", None, None),
        ("Time (IST)", None, None),
        ("All times are local.", None, None),
        ("All times in local time.", None, None),
        ("Times are in XYT", None, None),
        ("All times are UTC+25", None, None),
        ("All times are in Springfield time.", None, None),
    ],
)
def test_a_heading_or_label_names_its_zone_or_one_that_is_not_known(
    text: str, name: str | None, offset: int | None
) -> None:
    """What is announced and not understood is a zone that is not known, never the source's."""
    zone = announced_zone(text, "UTC", is_heading=True)
    assert zone is not None
    assert (zone.name, zone.offset, zone.is_known) == (name, offset, bool(name or offset))


def test_local_time_is_that_of_the_settings_where_they_name_a_zone() -> None:
    """A team that told us its zone means its own clock."""
    assert announced_zone("All times are local.", "Europe/London") is None


@pytest.mark.parametrize(
    "text",
    [
        "Slow response times in Sydney.",
        "Load times in local stores went up",
        "Connect times are in the logs",
        "Timeline (POST)",
        "Time (LIST)",
    ],
)
def test_times_that_are_measured_announce_no_zone(text: str) -> None:
    """A sentence on how slow a thing was says nothing of the clock."""
    assert announced_zone(text, "UTC", is_heading=True) is None


_PLACES = (
    "## Timeline ({})\n\n- 10:00 Outage starts",
    "## Timeline\n\nAll times are {}.\n\n- 10:00 Outage starts",
    "## Timeline\n\n| Time ({}) | Event |\n|---|---|\n| 10:00 | Outage starts |",
    "Start ({}): 10:00",
    "All times {}.\n\nStart: 10:00",
    "Time zone: {}\n\nStart: 10:00",
)


@settings(deadline=None)
@given(
    st.sampled_from(_PLACES),
    st.integers(-12 * 4, 14 * 4),
    st.sampled_from(["UTC{}{:02}:{:02}", "GMT{}{}:{:02}", "UTC{}{:02}{:02}"]),
)
def test_an_offset_is_that_of_the_times_wherever_it_is_announced(
    place: str, quarters: int, style: str
) -> None:
    """In a heading, a sentence, a column, a label: the instant is exact."""
    sign = "-" if quarters < 0 else "+"
    words = style.format(sign, *divmod(abs(15 * quarters), 60))
    text = f"# Postmortem: outage of 2024-05-05\n\n{place.format(words)}\n\n## Root cause\n\nA full disk.\n"
    (incident,) = parse_document(text, "x.md", Reading(today=date(2026, 1, 1))).incidents
    starts = [row.value for row in incident.evidence if row.field == "started_at"]
    assert starts == [f"{datetime(2024, 5, 5, 10) - timedelta(minutes=15 * quarters)}"]


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("zone", ["local time", "IST", "UTC+25"])
def test_times_of_a_zone_that_is_not_known_are_left_out(place: str, zone: str) -> None:
    """They are not read as UTC; the finding says which words are not clear."""
    text = f"# Postmortem: outage of 2024-05-05\n\n{place.format(zone)}\n\n## Root cause\n\nA full disk.\n"
    facts = parse_document(text, "x.md", Reading(today=date(2026, 1, 1)))
    starts = [row.value for row in facts.incidents[0].evidence if row.field == "started_at"]
    assert (starts, [f.rule for f in facts.findings if f.rule == "zone_unclear"]) == ([], ["zone_unclear"])


def test_midnight_may_be_the_end_of_a_day() -> None:
    """24:00 is 0:00 of the day after; no other minute has a 24th hour."""
    found = leading_moment("2024-02-02 24:00", UTC)
    assert found is not None
    assert (found.day, found.clock) == (date(2024, 2, 3), time(0))
    assert [m.clock for m in moments("24:01 and 25:00", UTC)] == []


@pytest.mark.parametrize(
    "text", ["The time was 10:00 CET", "Users in PST were affected", "Timeline", "All times in {{ zone }}"]
)
def test_other_words_announce_no_zone(text: str) -> None:
    """A zone that belongs to one time, or to people, is not the document's."""
    assert announced_zone(text, "UTC") is None


def test_a_zone_name_means_the_clock_of_its_region() -> None:
    """ "PST" in July is read on the Pacific clock, and told apart."""
    zone = Zone("PST", name="America/Los_Angeles")
    july, january = datetime(2024, 7, 1, 12), datetime(2024, 1, 1, 12)
    assert to_utc(july, zone) == (datetime(2024, 7, 1, 19), None)
    assert (zone.contradicts_calendar(july), zone.contradicts_calendar(january)) == (True, False)


def test_hours_when_the_clock_is_changed_are_told() -> None:
    """A time that does not exist, or exists twice, says so."""
    london = Zone("Europe/London", name="Europe/London")
    assert to_utc(datetime(2024, 3, 31, 1, 30), london)[1] == "gap"
    assert to_utc(datetime(2024, 10, 27, 1, 30), london) == (datetime(2024, 10, 27, 0, 30), "fold")


def test_a_year_is_completed_from_the_nearest_date() -> None:
    """The second of January beside a document of December is next year's."""
    assert complete_year((1, 2), date(2023, 12, 30)) == date(2024, 1, 2)
    assert complete_year((2, 30), date(2024, 1, 1)) is None


def test_a_path_may_hold_the_date() -> None:
    """Dates in file names and folders are found; other digits are not."""
    assert dates_in_path("2024/03/01/x.md") == [date(2024, 3, 1)]
    assert dates_in_path("inc-20240301.md") == [date(2024, 3, 1)]
    assert dates_in_path("PM2020-002 - x.md") == []


_DATES = st.dates(date(1990, 1, 1), date(2099, 12, 31))
_CLOCKS = st.times().map(lambda t: t.replace(microsecond=0))
_STYLES = (
    lambda d: f"{d:%Y-%m-%d %H:%M}",
    lambda d: f"{d:%Y-%m-%dT%H:%M:00}",
    lambda d: f"{d:%Y/%m/%d %H:%M}",
    lambda d: f"{d:%b} {d.day} {d:%Y %H:%M}",
    lambda d: f"{d:%B} {d.day}, {d:%Y at %H:%M}",
    lambda d: f"{d.day} {d:%B %Y, %H:%M}",
    lambda d: f"{d:%A} {d.day}th of {d:%B %Y} {d:%H:%M}",
    lambda d: f"{d:%H:%M} on {d.day} {d:%b %Y}",
    lambda d: f"{d:%Y-%m-%d %I:%M %p}",
)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.sampled_from(_STYLES))
def test_every_style_reads_back_what_was_written(moment: datetime, style: object) -> None:
    """A moment written in any style is read back to the minute."""
    assert callable(style)
    found = leading_moment(style(moment), UTC)
    assert found is not None
    assert (found.day, found.clock) == (moment.date(), time(moment.hour, moment.minute))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.integers(-12 * 4, 14 * 4))
def test_an_offset_is_taken_as_written(moment: datetime, quarters: int) -> None:
    """The instant of an ISO 8601 time with an offset is exact."""
    offset = timedelta(minutes=15 * quarters)
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(15 * quarters), 60)
    found = leading_moment(f"{moment:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}", UTC)
    assert found is not None
    assert found.zone is not None
    assert found.day is not None
    assert found.clock is not None
    local = datetime.combine(found.day, found.clock)
    assert to_utc(local, found.zone)[0] == moment.replace(microsecond=0) - offset


_ZONES = (
    ("UTC", "Etc/UTC"),
    ("(UTC)", "Etc/UTC"),
    ("GMT+2", 120),
    ("UTC-05:30", -330),
    ("+0530", 330),
    ("PST", "America/Los_Angeles"),
    ("ET", "America/New_York"),
    ("CEST", "Europe/Brussels"),
    ("Europe/London", "Europe/London"),
    ("(Sydney)", "Australia/Sydney"),
    ("Pacific Time", "America/Los_Angeles"),
    ("Tokyo time", "Asia/Tokyo"),
)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)),
    st.sampled_from(_STYLES),
    st.sampled_from(_ZONES),
)
def test_every_style_in_every_zone_is_the_same_instant(
    moment: datetime, style: object, named: tuple[str, str | int]
) -> None:
    """What is written in a zone is read back as the instant it names."""
    assert callable(style)
    words, zone = named
    tz = ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(minutes=zone))
    moment = moment.replace(second=0, microsecond=0)
    found = leading_moment(f"{style(moment)} {words}", UTC)
    assert found is not None
    assert found.zone is not None
    assert found.day is not None
    assert found.clock is not None
    expected = moment.replace(tzinfo=tz).astimezone(UTC_ZONE).replace(tzinfo=None)
    assert to_utc(datetime.combine(found.day, found.clock), found.zone)[0] == expected


@given(st.datetimes(datetime(2002, 1, 1), datetime(2032, 12, 31)))
def test_what_machines_write_is_the_same_instant(moment: datetime) -> None:
    """Seconds since 1970, their thousandths and the compact form of ISO 8601 are exact."""
    moment = moment.replace(microsecond=0)
    seconds = int(moment.replace(tzinfo=UTC_ZONE).timestamp())
    for text in (f"{seconds}", f"{seconds}000", f"{moment:%Y%m%dT%H%M%SZ}"):
        found = leading_moment(text, UTC)
        assert found is not None
        assert found.day is not None
        assert found.clock is not None
        assert (datetime.combine(found.day, found.clock), found.end) == (moment, len(text))


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)),
    st.sampled_from([zone for _, zone in _ZONES if isinstance(zone, str)]),
)
def test_two_zones_agree_or_the_time_is_left_out(moment: datetime, zone: str) -> None:
    """Written in a region's clock and in UTC, a moment is UTC's; an hour's difference leaves it out."""
    utc = moment.replace(second=0, microsecond=0)
    local = utc.replace(tzinfo=UTC_ZONE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for shift, expected in ((0, utc), (3, None)):
        doubts = ClockDoubts()
        beside = ((utc + timedelta(hours=shift)).time(), Zone("UTC", offset=0))
        read = Calendar(UTC, doubts).utc(local.date(), local.time(), Zone(zone, name=zone), 1, "x", beside)
        assert (read, list(doubts.met)) == (expected, [] if expected else ["zones_disagree"])


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1990, 2099))
def test_a_numeric_date_is_right_or_ambiguous(day: int, month: int, year: int) -> None:
    """Day and month in digits are never swapped: they are read right, or not at all."""
    found = leading_moment(f"{day:02}/{month:02}/{year}", UTC)
    assert found is not None
    if day > 12 or day == month:
        assert found.day == date(year, month, day)
    else:
        assert (found.day, found.is_ambiguous) == (None, True)


@given(st.text(max_size=120))
def test_any_text_is_read_without_raising(text: str) -> None:
    """Whatever is written, moments come in order and within the text."""
    for loose in (False, True):
        found = moments(text, UTC, loose=loose)
        assert [m.start for m in found] == sorted(m.start for m in found)
        assert all(0 <= m.start < m.end <= len(text) for m in found)
