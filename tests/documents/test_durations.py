"""Durations in words and units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.times.durations import is_bound, read_duration


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("4h 33m", 273),
        ("0h 07m", 7),
        ("673h 34m", 40414),
        ("1 hour and 48 minutes", 108),
        ("6 hours, 14 minutes", 374),
        ("1 day, 2 hours, 3 minutes", 1563),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("about 2 hours", 120),
        ("~2h", 120),
        ("PT1H32M", 92),
        ("P1DT1H", 1500),
        ("1:32:00", 92),
        ("90 min", 90),
        ("11 Days", 15840),
        ("279 minutes [^3]", 279),
        ("2.5 hours", 150),
        ("2,5 hours", 150),
        ("1,234 minutes", 1234),
        ("1h50m", 110),
        ("7h (during support hours 10:00-17:00)", 420),
        ("5 hours 26 minutes (10:45 - 16:11 UTC)", 326),
        ("five hours", 300),
        ("30 seconds", 0.5),
        ("1h30", 90),
        ("2h:15m", 135),
        ("2½ hours", 150),
        ("three and a half hours", 210),
        ("three quarters of an hour", 45),
        ("twenty-five minutes", 25),
        ("2 days, 3:04:30", 3064.5),
        ("1 hour, 5 min. and 3 sec", 65.05),
    ],
)
def test_a_stated_duration_is_read(text: str, minutes: float) -> None:
    """Numbers with units, words and ISO 8601 are read to the minute."""
    assert read_duration(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "?",
        "[???]",
        "XXX",
        "Xh Xm",
        "",
        "1:32",
        "10-30 minutes",
        "2 to 3 hours",
        "1 hour 5",
        "-5 minutes",
        "3 months",
        "45",
        "1.5.2 hours",
        "45 min / 60 min",
        "2 hours and 5",
        "8 hours/day",
        "12 minutes each",
        "5 business days",
        "3+ hours",
        "under 5 minutes",
        "less than a day",
        "more than an hour",
        "up to 30 minutes",
        "> 40 min",
        "well over 2 hours",
        "no longer than 3 hours",
        "30 minutes at most",
        "2 hours or more",
        "5 minutes (target)",
        "20 minutes on average",
        "1.500 minutes",
    ],
)
def test_what_is_not_clear_is_no_duration(text: str) -> None:
    """Blanks, ranges, bare numbers and clock forms without a unit state no duration."""
    assert read_duration(text) is None


def test_a_clock_form_is_read_when_hours_and_minutes_are_asked_for() -> None:
    """`1:32` is 92 minutes under a label that says h:mm."""
    assert read_duration("1:32", as_clock=True) == 92


_STYLES = (
    lambda h, m: f"{h}h {m}m",
    lambda h, m: f"{h}h{m:02}m",
    lambda h, m: f"{h} hours {m} minutes",
    lambda h, m: f"{h} hours and {m} minutes",
    lambda h, m: f"~{h} hrs, {m} mins",
    lambda h, m: f"approximately {h} hr {m} min.",
    lambda h, m: f"PT{h}H{m}M",
    lambda h, m: f"{h}:{m:02}:00",
    lambda h, m: f"{h * 60 + m} minutes",
    lambda h, m: f"{h}h:{m:02}m",
    lambda h, m: f"{h}h{m:02}",
    lambda h, m: f"{h // 24} days, {h % 24}:{m:02}:00",
    lambda h, m: f"{h // 24}d {h % 24}h {m}m",
    lambda h, m: f"roughly {h} hours, {m} minutes and 0 seconds (see the graph)",
)


@given(st.integers(0, 9999), st.integers(0, 59), st.sampled_from(_STYLES))
def test_every_style_reads_back_what_was_written(hours: int, minutes: int, style: object) -> None:
    """A duration written in any style is read back exactly."""
    assert callable(style)
    assert read_duration(style(hours, minutes)) == pytest.approx(hours * 60 + minutes)


_BOUNDS = (
    *("under {}", "over {}", "less than {}", "more than {}", "up to {}", "at least {}", "at most {}", "> {}"),
    *("<{}", ">= {}", "≤ {}", "well over {}", "no more than {}", "within {}", "max. {}", "{} or less", "{}+"),
    *("{} max", "{} (at most)", "{} and counting"),
)


@given(st.integers(1, 9999), st.integers(1, 59), st.sampled_from(_STYLES[:6]), st.sampled_from(_BOUNDS))
def test_a_bound_of_a_length_is_no_length(hours: int, minutes: int, style: object, bound: str) -> None:
    """Whatever the style, "under" or "or more" states no duration, and is known as a bound."""
    assert callable(style)
    text = bound.format(style(hours, minutes).lstrip("~").removeprefix("approximately "))
    assert (read_duration(text), is_bound(text)) == (None, True)


@given(st.text(max_size=60))
def test_any_text_is_read_without_raising(text: str) -> None:
    """Whatever is written, the answer is a number that is not negative, or None."""
    minutes = read_duration(text)
    assert minutes is None or minutes >= 0
