"""Severity words → 1 (worst) to 5."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"(?:(?:sev|severity|s|p|prio|priority|level|tier)[\s\-_:#]{0,2}(?:level\s?)?)([1-5])(?![\d.])(?:\b|$)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\s*#?([1-5])\s*(?:$|[(/\-–—:,].*)", re.DOTALL)


def severity_number(label: str, words: dict[str, int]) -> int | None:
    """The severity that `label` means: by the settings' words, else as in SEV2, SEV-2, P2, "severity 2", 2.

    None when neither says.
    """
    said = re.sub(r"\s+", " ", label).strip().casefold()
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
