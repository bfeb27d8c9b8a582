"""How a document writes its numbers: "3.500" is three and a half in one, and 3,500 in another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

DecimalMark = Literal[".", ","]

_UNIT = (
    r"(?:\s?(?:%|‰|€|\$|£|(?:EUR|USD|GBP|CHF|percent|per cent|hours?|hrs?"
    r"|minutes?|mins?|seconds?|secs?|ms|days?|[KMGT]i?B|million|Mio|k)\b))"
)
_ALONE = r"(?<![\w.,:/-])"
#: Numbers that can be read in one way only; sums and shares, so that no version, address or list is taken.
_POINT = re.compile(
    rf"{_ALONE}\d{{1,3}}(?:,\d{{3}})+\.\d{{1,2}}(?![\w.,])|{_ALONE}\d{{1,3}}(?:,\d{{3}}){{2,}}(?![\w.,]\d)"
    rf"|{_ALONE}\d+\.\d{{1,2}}{_UNIT}"
)
_COMMA = re.compile(rf"{_ALONE}\d{{1,3}}(?:\.\d{{3}})+,\d{{1,2}}(?![\w.,])|{_ALONE}\d+,\d{{1,2}}{_UNIT}")
_SUM_WITH_POINT = re.compile(r"[€$£]\s?\d+\.\d\d(?![\w.,])")
_SUM_WITH_COMMA = re.compile(r"[€$£]\s?\d+,\d\d(?![\w.,])")
_PARTED = re.compile(r"\d(?<!\d\d)\d*[.,](?=\d)")  # how such a number begins, found faster
#: Thousands by their form ("12.345.678"), and what may be thousands or a fraction ("3.500", "12,500").
_DOTTED = re.compile(r"(?<![\w.,:/-])[1-9]\d{0,2}(?:\.\d{3}){2,4}(?![\w.]|,\d)")
_DOTTED_ONCE = re.compile(r"(?<![\w.,:/-])[1-9]\d{0,2}\.\d{3}(?![\w]|[.,]\d)")
_COMMA_ONCE = re.compile(r"(?<![\w.,:/-])\d{1,3},\d{3}(?![\w]|[.,]\d)")
_ANY_COMMA = re.compile(r"\d,\d")
_EUROPEAN = re.compile(r"(?<![\w.,:/-])(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,3})?(?![\w]|[.,]\d)")


@lru_cache(maxsize=2)  # asked for by each number of a document
def decimal_mark(text: str) -> DecimalMark | None:
    """What stands before the decimals in `text`; None when no number shows it, or they disagree."""
    parted = [number.start() for number in _PARTED.finditer(text)]
    has_comma = _shows(_COMMA, _SUM_WITH_COMMA, text, parted)
    if _shows(_POINT, _SUM_WITH_POINT, text, parted) == has_comma:
        return None
    return "," if has_comma else "."


def _shows(number: re.Pattern[str], amount: re.Pattern[str], text: str, parted: list[int]) -> bool:
    return any(number.match(text, at) for at in parted) or amount.search(text) is not None


def plain_numbers(words: str, text: str) -> str | None:
    """`words` with their numbers as "3500.5"; None when one of them can be read in two ways.

    How the whole `text` writes its numbers decides: beside "4,5 %" the dots of "3.500" part thousands. A dot
    before three digits is never taken for a decimal point.
    """
    if _PARTED.search(words) is None:
        return words
    is_dotted, is_comma = _DOTTED_ONCE.search(words) is not None, _ANY_COMMA.search(words) is not None
    words = _DOTTED.sub(lambda match: match.group().replace(".", ""), words)
    if not (is_dotted or is_comma):
        return words
    if decimal_mark(text) != ",":
        return None if is_dotted else words
    if _COMMA_ONCE.search(words) is not None:
        return None
    return _EUROPEAN.sub(lambda match: match.group().replace(".", "").replace(",", "."), words)
