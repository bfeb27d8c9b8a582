"""Names of time zones as people write them → zones.

A name such as "PST" is read as the civil time of its region: people write "PST" in July and mean the clock
on the wall. An explicit offset ("UTC+2", "-07:00") is taken as written. A name that means different zones
to different readers is only understood when it is the source's own zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as a document names it: `name` for ZoneInfo, or `offset` in minutes east of UTC.

    With neither it is announced in words that are not understood, and its times name no moment.
    """

    written: str
    name: str | None = None
    offset: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is understood which zone is meant."""
        return self.name is not None or self.offset is not None

    @property
    def tzinfo(self) -> tzinfo:
        """The zone for datetime."""
        if self.offset is not None:
            return timezone(timedelta(minutes=self.offset))
        if self.name is None:
            raise ValueError(f"{self.written} is no known zone")
        return ZoneInfo(self.name)

    def contradicts_calendar(self, moment: datetime) -> bool:
        """Whether `written` names the other half of the year, as "PST" does in July.

        `moment` is naive civil time.
        """
        if self.name is None or self.written.upper() not in _SEASONAL:
            return False
        return moment.replace(tzinfo=self.tzinfo).tzname() not in _SEASONAL[self.written.upper()]


_REGIONS = {
    "Etc/UTC": "UTC Z ZULU UCT GMT",
    "America/Los_Angeles": "PST PDT PT PACIFIC US/PACIFIC UC/PACIFIC",
    "America/Denver": "MST MDT MT MOUNTAIN US/MOUNTAIN",
    "America/Chicago": "CST CDT CT CENTRAL US/CENTRAL",
    "America/New_York": "EST EDT ET EASTERN US/EASTERN",
    "Europe/London": "BST UK LONDON",
    "Europe/Lisbon": "WET WEST",
    "Europe/Brussels": "CET CEST MEZ MESZ",
    "Europe/Helsinki": "EET EEST",
    "Europe/Moscow": "MSK",
    "Asia/Tokyo": "JST",
    "Asia/Seoul": "KST",
    "Asia/Singapore": "SGT",
    "Asia/Hong_Kong": "HKT",
    "Asia/Jerusalem": "IDT",
    "Australia/Sydney": "AEST AEDT AET",
    "Pacific/Auckland": "NZST NZDT NZT",
    "Africa/Johannesburg": "SAST",
    "Africa/Lagos": "WAT",
    "Africa/Nairobi": "EAT",
    "Africa/Maputo": "CAT",
    "America/Anchorage": "AKST AKDT",
    "America/Argentina/Buenos_Aires": "ART",
    "America/Bogota": "COT",
    "America/Santiago": "CLT CLST",
    "Asia/Bangkok": "ICT",
    "Asia/Jakarta": "WIB",
    "Asia/Kathmandu": "NPT",
    "Asia/Kuala_Lumpur": "MYT",
    "Asia/Manila": "PHT PHST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Perth": "AWST",
    "Europe/Istanbul": "TRT",
    "Pacific/Honolulu": "HST",
    "America/Sao_Paulo": "BRT",
}
_NAMES = {word: zone for zone, words in _REGIONS.items() for word in words.split()}
#: Written abbreviation → what the civil clock must be called for the two to agree.
_SEASONAL = {
    name: {name, {"MEZ": "CET", "MESZ": "CEST"}.get(name, name)}
    for name in [
        "PST",
        "PDT",
        "MST",
        "MDT",
        "CST",
        "CDT",
        "EST",
        "EDT",
        "BST",
        "WET",
        "WEST",
        "CET",
        "CEST",
        "MEZ",
        "MESZ",
        "EET",
        "EEST",
        "NZST",
        "NZDT",
    ]
}
#: Indian, Irish and Israel Standard Time; Sydney has no one name in Queensland; and so on.
_AMBIGUOUS = {"IST", "AST", "ADT", "AMT", "BDT", "BOT", "BTT", "CDST", "ECT", "GST", "PKT", "SST", "VST"}

_HOURS = r"(?P<sign>[+\-−–])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?"
#: Behind "UTC" it may end a label, as in "10:15 UTC+2: the shop is down"; alone, "10:00-11:" is a range.
_OFFSET = rf"(?:(?P<named>UTC\s?|GMT\s?)?{_HOURS}(?(named)(?!\d|[:.\-]\d)|(?![\d:.\-])))"
_BARE_OFFSET = r"(?:(?:UTC|GMT)\s?)?[+\-−–]\d{1,2}(?::?[0-5]\d)?(?![\d:.\-])"
_AREA = (
    r"(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific|US|UC|"
    r"Etc)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?"
)
_SPOKEN = {
    "PACIFIC": "America/Los_Angeles",
    "EASTERN": "America/New_York",
    "MOUNTAIN": "America/Denver",
    "CENTRAL EUROPEAN": "Europe/Brussels",
    "CENTRAL": "America/Chicago",
    "EASTERN EUROPEAN": "Europe/Helsinki",
    "AUSTRALIAN EASTERN": "Australia/Sydney",
    "BRITISH": "Europe/London",
    "COORDINATED UNIVERSAL": "Etc/UTC",
    "GREENWICH MEAN": "Etc/UTC",
    "INDIAN": "Asia/Kolkata",
    "INDIA": "Asia/Kolkata",
    "JAPAN": "Asia/Tokyo",
    "SINGAPORE": "Asia/Singapore",
    "EAST AFRICA": "Africa/Nairobi",
    "EAST AFRICAN": "Africa/Nairobi",
    "WEST AFRICA": "Africa/Lagos",
    "WEST AFRICAN": "Africa/Lagos",
}
_WORDS = "|".join(name.title() for name in sorted(_SPOKEN, key=len, reverse=True))
_ABBREVIATIONS = "|".join(
    sorted(
        (w for w in [*_NAMES, *_AMBIGUOUS] if w.isalpha() and w not in ("UK", "Z") and len(w) < 6),
        key=len,
        reverse=True,
    )
)
#: A zone directly behind a time; `Z` only directly behind a digit.
ZONE = re.compile(
    rf"[ \t]?[(\[]?[ \t]?(?:"
    rf"(?P<numeric>{_OFFSET})"
    rf"|(?P<area>{_AREA})\b"
    rf"|(?P<abbreviation>{_ABBREVIATIONS})(?![A-Za-z])(?![ "
    rf"\t]?(?:{_BARE_OFFSET}))"
    rf"|(?P<words>{_WORDS})(?:[ \t](?:Standard|Daylight|Summer))?[ \t][Tt]ime\b"
    rf"|(?P<bare>Pacific|Eastern|Mountain|Central)(?=[ \t]*(?:[-–—:,.;)\]\n]|$))"
    rf"|(?P<lower>utc|gmt|cet|cest|pst|pdt|est|edt|bst)\b"
    rf")(?:[ \t]?[)\]])?"
)
_CITY = r"[A-Z][a-z]{2,15}(?:[ _][A-Z][a-z]{2,15})?"
#: A city behind a time, when it says that it stands for its clock: "(Sydney)", "Denver time".
_PLACE_TIME = re.compile(
    rf"[ \t]?(?:[(\[](?:in[ \t])?(?P<in_brackets>{_CITY})(?:[ \t](?:local[ \t])?[Tt]ime)?[)\]]"
    rf"|(?P<before_time>{_CITY})[ \t](?:local[ \t])?[Tt]ime\b)"
)
#: What is built like a zone's name and stands like one, but is none that is known here.
_UNKNOWN = re.compile(
    r"[ \t]?[(\[]?(?!(?:GET|NOT|PUT|OUT|BUT|SET|LET|ACT|POST|TEST|REST|LAST|LIST|HOST)\b)"
    r"(?:[A-Z]{1,3}[SD]T|[A-Z]{2,3}T)(?![A-Za-z0-9])[)\]]?(?=[ \t]*(?:[-–—:|]|$))"
)
_ZULU = re.compile(r"Z(?![A-Za-z0-9])")
#: Words that announce the zone of the times below: "All times in CET", "Timezone: UTC", "Timeline (UTC)".
_ANNOUNCEMENT = re.compile(
    r"\b(?:times?|timestamps?|dates?|time ?zones?|timeline|tz|chronology|events)\b", re.IGNORECASE
)
_REACH = 60  # characters from the announcing word to the zone
_TIME_OF_DAY = re.compile(r"(?<![+\-−–\d])\d{1,2}[:.h]\d\d")  # and no offset: UTC-05:00
#: Before the announcing word, where it speaks of the times below: "load times in Sydney" does not.
_OF_THE_TIMES = re.compile(
    r"(?:^|[(\[{|*_:;,.–—-])\s*$|\b(?:all|local|the|these|following|listed|below|our|date|and|event|display(?:ed)?"
    r"|start|end|given)\s+$",
    re.IGNORECASE,
)
#: A city whose clock the times below show: "all times Berlin", "timezone of Sydney", "local time, Berlin".
_OF_CITY = re.compile(
    r"[\s,:]*(?:(?:are|is|all|in|of|the|local|at|as|given|shown|listed|for)\s+)*"
    r"(?P<city>[A-Z][a-z]+(?:[ _][A-Z][a-z]+)?)(?:'s)?(?:\s+(?:local\s+)?[Tt]ime(?:\s?zone)?)?"
    r"\s*(?:[)\],.]|$)"
)
#: Words that name a zone, but not which: "local time", "in IST", "UTC+25", "XYT", "in Springfield time".
_UNCLEAR = re.compile(
    r"\b(?P<local>local)\b"
    r"|(?P<offset>\b(?:UTC|GMT)\s?[+\-−–]\s?\d+)"
    r"|(?<![\w/-])(?P<name>(?:[A-Z]{1,3}[SD]T|[A-Z]{2,3}T)\b(?=\s*(?:$|[)\],.;|(])))"
    r"|\b(?:in|are)\s+(?P<place>[A-Z][a-z]+(?: [A-Z][a-z]+)?)\s+(?:local\s+)?(?:time\b|$)"
)


def zone_at(
    text: str, position: int, default: str, *, after_iso: bool = False
) -> tuple[Zone | None, int] | None:
    """The zone that stands directly at `position`, and where it ends; None when none stands there.

    A name that is understood to mean several zones yields `(None, end)`. `default` is the source's zone.
    `after_iso` says that a full ISO 8601 time stands before, so that `-07:00` is no end of a range.
    """
    if position and text[position - 1].isdigit():
        zulu = _ZULU.match(text, position)
        if zulu:
            return Zone("Z", name="Etc/UTC"), zulu.end()
    match = ZONE.match(text, position)
    if match is None:
        return _unnamed_zone(text, position)
    if not _is_offset(match, after_iso):
        return None
    return _zone(match, default), match.end()


def _unnamed_zone(text: str, position: int) -> tuple[Zone | None, int] | None:
    """The zone of a city that stands at `position`; (None, end) for what looks like a zone's name."""
    if text[position : position + 3].lstrip(" \t([")[:1].isupper():
        place = _PLACE_TIME.match(text, position)
        zone = zone_of_place(place.group("in_brackets") or place.group("before_time")) if place else None
        if place and zone is not None:
            return zone, place.end()
        unknown = _UNKNOWN.match(text, position)
        if unknown:
            return None, unknown.end()
    return None


def _is_offset(match: re.Match[str], after_iso: bool) -> bool:
    """False for digits behind a bare sign that may be the end of a range: the "-13:45" of 13:30-13:45."""
    if not match.group("numeric") or match.group("numeric")[0] in "UG":
        return True
    if not match.group("minutes"):
        return False
    return match.group("sign") == "+" or after_iso or ":" not in match.group("numeric")


def announced_zone(text: str, default: str, *, is_heading: bool = False) -> Zone | None:
    """The zone that a sentence, heading or column title gives to the times below it.

    One that is named and not understood is returned, too (`Zone.is_known`): its times are not those of
    another zone. `is_heading` lets "(UTC)" stand without a word that announces it.
    """
    return _announced_zone(text[:2000], default, is_heading)


@lru_cache(maxsize=2048)  # the same headings and sentences announce to all that stands below them
def _announced_zone(text: str, default: str, is_heading: bool) -> Zone | None:
    unclear: Zone | None = None
    for announcement in _ANNOUNCEMENT.finditer(text):
        end = min(len(text), announcement.end() + _REACH)
        for stop in (".", "\n", ";"):
            found = text.find(stop, announcement.end(), end)
            end = found if found >= 0 else end
        span = text[announcement.end() : end]
        if _TIME_OF_DAY.search(span):
            continue  # "the time was 10:00 CET" speaks of one time
        zone = _zone_within(span, default)
        if zone is not None:
            return zone
        before = text[max(0, announcement.start() - 12) : announcement.start()]
        if _OF_THE_TIMES.search(before) is None:
            continue
        place = _OF_CITY.match(span)
        city = zone_of_place(place.group("city")) if place is not None else None
        if city is not None:
            return city
        around = span if not before.lower().rstrip().endswith("local") else f" local{span}"
        unclear = unclear or _unclear_zone(around, default)
    if is_heading:
        bracketed = re.search(r"[(\[]([^()\[\]]{2,40})[)\]]", text)
        if bracketed and not _TIME_OF_DAY.search(bracketed.group(1)):
            within = bracketed.group(1)
            return _zone_within(within, default) or unclear or _unclear_zone(within, default, is_alone=True)
    return unclear


def _unclear_zone(words: str, default: str, *, is_alone: bool = False) -> Zone | None:
    """The zone that a few words name without saying which; `is_alone`: they must say nothing else."""
    match = _UNCLEAR.search(words) if not is_alone else _UNCLEAR.fullmatch(words.strip())
    if match is None or (match.group("local") and default not in ("UTC", "Etc/UTC")):
        return None  # the local time of a source is the one that its settings name
    name = match.group("name")
    if name is not None and (name in _NO_ZONES or _is_own(name, default)):
        return None
    return Zone("local time" if match.group("local") else match.group().strip(" ,:;()[]"))


#: Words in capitals that end like a zone's name.
_NO_ZONES = frozenset(
    (
        *("GET", "NOT", "PUT", "OUT", "BUT", "SET", "LET", "ACT", "POST", "TEST", "REST", "LAST", "LIST"),
        *("HOST", "JIT", "VAT", "BOT", "NAT", "FAT", "EXIT", "DRAFT"),
    )
)


def _zone_within(text: str, default: str) -> Zone | None:
    """The zone in a few words; a numeric offset there is preferred: "PST (UTC-7)"."""
    best: Zone | None = None
    for match in ZONE.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if match.start() and before.isalnum() and text[match.start()].isalnum():
            continue
        zone = _zone(match, default) if _is_offset(match, True) else None
        if zone is not None and zone.offset is not None and match.group("numeric"):
            return zone
        best = best or zone
    return best


def _zone(match: re.Match[str], default: str) -> Zone | None:
    written = match.group().strip(" \t()[]")
    if match.group("numeric"):
        minutes = int(match.group("hours")) * 60 + int(match.group("minutes") or 0)
        if minutes > 14 * 60:
            return None
        return Zone(written, offset=minutes if match.group("sign") == "+" else -minutes)
    spoken = match.group("words") or match.group("bare")
    if spoken:
        return Zone(written, name=_SPOKEN[spoken.upper()])
    if match.group("area"):
        name = match.group("area")
        known = _NAMES.get(name.upper())
        if known:
            return Zone(written, name=known)
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            return None
        return Zone(written, name=name)
    return _abbreviation(written, default)


def _abbreviation(written: str, default: str) -> Zone | None:
    name = written.upper()
    if _is_own(name, default):
        return Zone(written, name=default)
    if name in ("UTC", "GMT"):
        return Zone(written, offset=0)
    if name in _AMBIGUOUS:
        return None
    return Zone(written, name=_NAMES[name])


@lru_cache(maxsize=256)
def _is_own(name: str, default: str) -> bool:
    """Whether the source's own zone calls itself so in winter or summer: IST in Dublin, CST in Shanghai."""
    zone = ZoneInfo(default)
    return name in {datetime(2024, month, 1, tzinfo=zone).tzname() for month in (1, 7)} and name not in (
        "UTC",
        "GMT",
    )


@lru_cache(maxsize=256)
def literal_offset(zone: Zone, year: int) -> timedelta | None:
    """What a seasonal name means by itself: "PST" is eight hours behind UTC, whatever the date."""
    if zone.offset is not None or zone.written.upper() not in _SEASONAL:
        return None
    for month in (1, 7):
        moment = datetime(year, month, 1, tzinfo=zone.tzinfo)
        if moment.tzname() in _SEASONAL[zone.written.upper()]:
            return moment.utcoffset()
    return None


@lru_cache(maxsize=512)
def zone_of_place(place: str) -> Zone | None:
    """The zone of a city that the time zone database names: "Denver", "Sao Paulo"."""
    name = _cities().get(place.strip().replace(" ", "_").casefold())
    return Zone(place, name=name) if name else None


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    cities: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.rpartition("/")
        if area and area.partition("/")[0] not in ("Etc", "SystemV", "posix", "right", "US"):
            cities[city.casefold()] = name
    return cities


def to_utc(moment: datetime, zone: Zone) -> tuple[datetime, str | None]:
    """`moment` (naive, in `zone`) as naive UTC, and `gap` or `fold` when the clock was changed just then.

    Raises OverflowError at the ends of the calendar.
    """
    local = moment.replace(tzinfo=zone.tzinfo)
    offset = local.utcoffset() or timedelta()
    utc = moment - offset
    problem = None
    if zone.offset is None:
        later = moment.replace(tzinfo=zone.tzinfo, fold=1).utcoffset() or timedelta()
        if later != offset:
            problem = "fold" if later < offset else "gap"
    return utc, problem


def day_of(moment: datetime, zone: Zone) -> date:
    """The civil date in `zone` of `moment` (naive UTC)."""
    return moment.replace(tzinfo=UTC).astimezone(zone.tzinfo).date()
