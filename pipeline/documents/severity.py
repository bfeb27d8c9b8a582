"""Severity words → 1 (worst) to 5."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"(?:(?:sev|severity|s|p|prio|priority|level|tier)[\s\-_:#]{0,2}(?:level\s?)?)([1-5])(?![\d.])(?:\b|$)",
    re.IGNORECASE,
)
#: Every level that some words name; with its scale, so that "SEV-1 (P0)" names two scales, not two levels.
_LEVELS = re.compile(
    r"\b(?P<scale>sev(?:erity)?|s|p|prio(?:rity)?|level"
    r"|tier)(?:[\s\-_:#]{0,2}level)?[\s\-_:#]{0,2}(?P<level>[0-5])(?![\d.])\b",
    re.IGNORECASE,
)
#: "Sev 3/4", "P2-P3", "2 or 3", "SEV2 to 3"
_SEVERAL = re.compile(
    r"\b(?:sev(?:erity)?|s|p|prio(?:rity)?|level|tier)?[\s\-_:#]{0,2}[0-5]\s?(?:/|–|-|\bor\b|\bto\b)\s?"
    r"(?:sev(?:erity)?|s|p|level)?[\s-]{0,2}[0-5](?![\d.:])\b"
)
_COMMON = frozenset({"critical", "high", "major", "medium", "moderate", "minor", "low"})
_ALTERNATIVES = re.compile(r"\s*(?:/|\||\bor\b|,)\s*")
_DIGIT = re.compile(r"\s*#?([1-5])\s*(?:$|[(/\-–—:,].*)", re.DOTALL)


def severity_number(label: str, words: dict[str, int]) -> int | None:
    """The severity that `label` means: by the settings' words, else as in SEV2, SEV-2, P2, "severity 2", 2.

    None when neither says, or when two levels of one scale are named.
    """
    said = re.sub(r"\s+", " ", label).strip().casefold()
    levels: dict[str, set[str]] = {}
    for match in _LEVELS.finditer(said):
        levels.setdefault(match.group("scale")[0], set()).add(match.group("level"))
    if any(len(met) > 1 for met in levels.values()) or _SEVERAL.search(said):
        return None
    if said in words:
        return words[said]
    first = re.split(r"\s*[(\[,;:/–—]|\s-\s", said, maxsplit=1)[0].strip()
    if first in words:
        return words[first]
    plain = _PLAIN.match(said)
    if plain:
        return int(plain.group(1))
    digit = _DIGIT.match(said)
    return int(digit.group(1)) if digit else None


def is_choice(label: str, words: dict[str, int]) -> bool:
    """Whether several levels stand side by side, as a form offers them: "SEV1 / SEV2", "High | Low"."""
    parts = [
        part.strip(" []()<>*_`.\U0001f534\U0001f7e0\U0001f7e1\U0001f7e2").casefold()
        for part in _ALTERNATIVES.split(label)
    ]
    known = {part for part in parts if part in words or _LEVELS.fullmatch(part) or part in _COMMON}
    return len(known) >= 3 or (len(known) == 2 and len(parts) == 2)
