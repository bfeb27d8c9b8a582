"""Lengths of time as people write them → minutes."""

from __future__ import annotations

import re

_UNITS = {
    "d": 1440.0,
    "h": 60.0,
    "m": 1.0,
    "s": 1 / 60,
    "w": 10080.0,
}
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_TENS |= {"ninety": 90}
_WORDS = {"a": 1.0, "an": 1.0} | {word: float(number) for number, word in enumerate(_ONES)}
_WORDS |= {ten: float(number) for ten, number in _TENS.items()}
_WORDS |= {
    f"{ten}-{one}": float(number + digit)
    for ten, number in _TENS.items()
    for digit, one in enumerate(_ONES[1:10], start=1)
}
_FRACTIONS = {"half": 0.5, "quarter": 0.25, "three quarters": 0.75, "½": 0.5, "¼": 0.25, "¾": 0.75}
_FRACTIONS |= {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75}

_NUMBER = r"\d{1,7}(?:[.,]\d{1,3})?"
_UNIT = r"(?P<unit>weeks?|wks?|days?|hours?|hrs?|hr|minutes?|mins?|seconds?|secs?|[dhmsw])(?![A-Za-z])"
_WORD = "|".join(sorted((word.replace("-", "[- ]") for word in _WORDS), key=len, reverse=True))
#: One number with its unit: "4h", "2.5 hours", "2½ hours", "two and a half days", "half an hour".
_PART = re.compile(
    rf"(?:(?P<number>{_NUMBER})(?:\s?(?P<mark>[½¼¾]|(?<=\s)[13]/[24]))?\s?-?\s?|(?P<lone>[½¼¾])\s?"
    rf"|(?P<part>half|(?:a )?quarter|three quarters)(?:\s+of)?\s+an?\s+"
    rf"|(?P<word>{_WORD})(?P<and_half>\s+and\s+a\s+half)?\s+|(?P<digits>\d{{1,4}})\s+and\s+a\s+half\s+)"
    rf"{_UNIT}\.?",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(r"\s+and\s+a\s+half\b(?!\s+(?:an?\s+)?\w*(?:hour|day|minute))", re.IGNORECASE)
_GLUE = re.compile(r"\s*(?:,\s*and\b|[,;:]|and\b|&|\+)?\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"\s*[\"'(]*\s*(?:(?:about|approx(?:imately|\.)?|around|roughly|circa|ca\.?|nearly|"
    r"almost|just (?:over|under)|only|some|total(?: of)?|a total of|~|≈|±)\s*)*",
    re.IGNORECASE,
)
#: What makes a length a bound of it: "under 5 minutes" may be one minute, or four.
_BOUND = re.compile(
    r"\W{0,4}(?:(?:well|a little|slightly|a bit|much) )?(?:over|under|(?:no |not )?(?:less|more|longer|fewer"
    r"|shorter) than|up to|at (?:least|most)|max(?:imum|\.)?(?: of)?|min(?:imum|\.)(?: of)?|within|below"
    r"|above|<|>|≤|≥)(?:\s|=|(?=\d))\s*",
    re.IGNORECASE,
)
_BOUND_BEHIND = re.compile(
    r"\s*[(\[,]?\s*(?:\+|or (?:less|more|longer|shorter|fewer)\b|max(?:imum)?\b|minimum\b"
    r"|at (?:most|least)\b|tops\b|and counting\b)",
    re.IGNORECASE,
)
#: What makes it no length of this incident: "5 minutes (target)", "3 h on average".
_AIM_BEHIND = re.compile(
    r"\s*[(\[,]?\s*(?:is |was |as )?(?:(?:our |the )?(?:target|goal|objective|sl[oa]|budget)|on average"
    r"|average|avg|median)\W*$",
    re.IGNORECASE,
)
#: 1.500 hours are a thousand and a half to some readers.
_UNCLEAR_NUMBER = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_ISO = re.compile(
    r"P(?=\d|"
    r"T\d)(?:(?P<d>\d{1,5})D)?(?:T(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,7})M)?(?:(?P<s>\d{1,8})(?:\.\d+)?S)?)?(?![A-Za-z0-9])"
)
_CLOCK = re.compile(r"(?P<h>\d{1,4}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:])")
#: Behind a length: another ("10-30 minutes", "45 min / 60 min"), or what makes it one of many.
_RANGE = re.compile(
    r"\s*(?:(?:-|–|—|/|to\b|or\b)\s*~?(?:\d|half|one|two|three)|(?:/|per|a|an)\s?(?:day|week|month|hour|user)\b"
    r"|each\b|apiece\b|longer\b|(?:more|less) than\b|at a time\b|per \w)",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:\s+|\s+and\s+)\d+\s*$")  # "1 hour 5": of what?
#: Minutes without their unit behind hours: "1h30"; a clock behind days, as programs write it.
_HOURS_ONLY = re.compile(r"(?P<m>[0-5]\d)(?![\w:.,])")
_DAYS_CLOCK = re.compile(r"[,\s]\s?(?P<h>[0-2]?\d):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?![\d:])")
_ORDER = "wdhms"


def read_duration(text: str, *, as_clock: bool = False) -> float | None:
    """The minutes that `text` begins with, or None when it states none or is not clear.

    `about 2 hours` is 120, `4h 33m (during support hours)` is 273, `PT1H32M` is 92. `1:32` is only read when
    `as_clock` says that hours and minutes are meant (with three parts, `1:32:05`, it is plain). A range
    ("10-30 minutes"), a bound ("under 5 minutes"), an aim ("5 minutes (target)"), `N/A` and `?` are no value.
    """
    text = text[:400]
    start = _LEAD.match(text).end()  # type: ignore[union-attr]
    iso = _ISO.match(text, start)
    if iso:
        return _iso_minutes(iso)
    clock = _CLOCK.match(text, start)
    if clock:
        if (
            clock.group("s") is None
            and not as_clock
            and not re.match(r"\s?(?:h\b|hrs?\b|hours?\b)", text[clock.end() :])
        ):
            return None
        return _clock_minutes(clock)
    found = duration_at(text, start)
    if found is None:
        return None
    minutes, end = found
    if any(behind.match(text, end) for behind in (_RANGE, _BARE_NUMBER, _BOUND_BEHIND, _AIM_BEHIND)):
        return None
    return minutes


def is_bound(text: str) -> bool:
    """Whether `text` begins with a bound of a length, and so with no length: "up to 30 minutes"."""
    bound = _BOUND.match(text[:400])
    found = duration_at(text, bound.end() if bound else _LEAD.match(text).end())  # type: ignore[union-attr]
    return found is not None and (bound is not None or _BOUND_BEHIND.match(text, found[1]) is not None)


def duration_at(text: str, position: int) -> tuple[float, int] | None:
    """The minutes of the duration in words or units that stands at `position`, and where it ends."""
    total, end, last = 0.0, position, -1
    while True:
        part = _PART.match(text, end if last < 0 else _GLUE.match(text, end).end())  # type: ignore[union-attr]
        if part is None:
            break
        unit = part.group("unit")[0].lower()
        rank = _ORDER.index(unit)
        if rank <= last:
            break  # units go from large to small: "2 hours, 3 hours" is two values
        if (
            last < 0
            and text[max(0, position - 1) : position] in (".", ",")
            and position > 1
            and text[position - 2].isdigit()
        ):
            return None
        if _UNCLEAR_NUMBER.fullmatch(part.group("number") or ""):
            return None
        total += _amount(part) * _UNITS[unit]
        end, last = part.end(), rank
        rest = _DAYS_CLOCK.match(text, end) if unit == "d" else None
        if rest:
            return total + _clock_minutes(rest), rest.end()
        bare = _HOURS_ONLY.match(text, end) if part.group("unit") in ("h", "H") else None
        if bare:
            return total + int(bare.group("m")), bare.end()
        half = _AND_A_HALF.match(text, end)
        if half:
            total += _UNITS[unit] / 2
            end = half.end()
    return None if last < 0 else (total, end)


def after_duration(text: str) -> str:
    """What follows the length that `text` begins with, words as "about" before it; else the whole text."""
    found = duration_at(text, _LEAD.match(text).end())  # type: ignore[union-attr]
    return text[found[1] :] if found is not None else text


def _clock_minutes(match: re.Match[str]) -> float:
    return int(match.group("h")) * 60 + int(match.group("m")) + int(match.group("s") or 0) / 60


def _amount(part: re.Match[str]) -> float:
    if part.group("number"):
        number: str = part.group("number")
        whole = re.fullmatch(r"\d{1,3},\d{3}", number) is not None
        amount = float(number.replace(",", "" if whole else "."))
        return amount + (_FRACTIONS[part.group("mark")] if part.group("mark") else 0)
    if part.group("lone") or part.group("part"):
        return _FRACTIONS[(part.group("lone") or part.group("part")).lower().removeprefix("a ")]
    if part.group("digits"):
        return float(part.group("digits")) + 0.5
    word = "-".join(part.group("word").lower().split())
    return _WORDS[word] + (0.5 if part.group("and_half") else 0)


def _iso_minutes(match: re.Match[str]) -> float | None:
    if not any(match.group(unit) for unit in "dhms"):
        return None
    return sum(int(match.group(unit) or 0) * _UNITS[unit] for unit in "dhms")
