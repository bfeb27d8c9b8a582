"""Categories of causes and triggers: the document's own word, else the taxonomy's phrases in its sentences.

What a phrase counts, and what a sentence must say for it to count, is told at the top of the taxonomy's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.documents.causes.causal_sentences import NOTHING, is_denied, weight_at
from pipeline.documents.names import hide_names
from pipeline.taxonomy import STRONG, Category, phrase_pattern, plain_words

#: The points a category needs, in a text on the cause and in one that tells the whole story.
_LEAST, _LEAST_IN_STORY = 2.0, 4.0
#: How far the best must be ahead of the next: in points, and as a part of its own.
_LEAD, _LEAD_SHARE = 1.0, 0.25
_MAX_TEXT = 6000
_TRIGGERED = re.compile(
    r"\b(?:(?:triggered|set off|sparked|kicked off) (?:by|when|after)|(?:the|a|immediate"
    r"|initial) trigger(?:ing event)? "
    r"(?:was|is|were|being)|trigger:)",
    re.IGNORECASE,
)
_TRIGGER_STEMS = ("trigger", "set off", "sparked", "kicked off")
_TRIGGER_END = re.compile(r"[.!?;](?=\s|$)|\n|,? (?:which|causing|leading|resulting)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that a text speaks for: its points, its words, and where in the text the first stands."""

    name: str
    points: float
    words: tuple[str, ...]
    position: int
    is_plain: bool  # by a strong phrase, or by two


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text speaks for. `chosen` is None when nothing leads clearly; then `candidates` says why."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]

    @property
    def confidence(self) -> float:
        """How sure (0–1), from the lead over the next."""
        if self.chosen is None:
            return 0.0
        others = [each.points for each in self.candidates if each.name != self.chosen.name]
        lead = self.chosen.points - max(others, default=0.0)
        return round(min(0.8, 0.4 + 0.1 * lead), 2)


def categorise(
    text: str, categories: tuple[Category, ...], services: tuple[str, ...] = (), *, is_story: bool = False
) -> Verdict:
    """What the words of `text` speak for among `categories`.

    `is_story` asks for more points, for a text that tells the whole story and not only the cause. Names of
    `services` are no words.
    """
    if not text:
        return Verdict(None, ())
    text = text[:_MAX_TEXT]
    lowered = hide_names(text, services).lower()
    if len(lowered) != len(text):  # a few letters grow in lower case; positions must hold
        lowered = text
    found = []
    for category in categories:
        candidate = _candidate(category, text, lowered)
        if candidate is not None:
            found.append(candidate)
    found.sort(key=lambda candidate: -candidate.points)
    if not found:
        return Verdict(None, ())
    best, second = found[0], found[1].points if len(found) > 1 else 0.0
    is_clear = (
        best.is_plain
        and best.points >= (_LEAST_IN_STORY if is_story else _LEAST)
        and best.points - second >= _LEAD
        and best.points - second >= _LEAD_SHARE * best.points
        # in a whole story one phrase is no more than any other that is as plain
        and not (is_story and len(best.words) < 2 and any(each.is_plain for each in found[1:]))
    )
    return Verdict(best if is_clear else None, tuple(found))


def what_triggered(text: str) -> str:
    """The words of `text` that name what set it off: from "triggered by" to the end of the sentence."""
    parts: list[str] = []
    folded = text.casefold()
    if not any(stem in folded for stem in _TRIGGER_STEMS):
        return ""
    for match in _TRIGGERED.finditer(text[:_MAX_TEXT]):
        stop = _TRIGGER_END.search(text, match.end())
        parts.append(text[match.end() : stop.start() if stop is not None else len(text)].strip())
    return "\n".join(parts)


def stated_category(words: str, categories: Iterable[Category]) -> str | None:
    """The category that a stated value such as "Config change" plainly means, or None.

    The value as a whole must be a category's name or alias: "Bug in the configuration" means no one category.
    """
    said = plain_words(words)
    for category in categories:
        if any(said == plain_words(each) for each in (category.name, *category.aliases)):
            return category.name
    return None


def _candidate(category: Category, text: str, lowered: str) -> Candidate | None:
    by_stem = category.rules_by_stem
    held = {position for stem in by_stem if stem in lowered for position in by_stem[stem]}
    if not held:
        return None
    points = 0.0
    taken: list[re.Match[str]] = []
    is_plain = False
    for position in sorted(held):
        weight, phrase, needed = category.rules[position]
        if not _holds(lowered, needed):
            continue
        if weight < 0 and not taken:
            return None
        match, said = _strongest(phrase_pattern(phrase), text, lowered, taken if weight > 0 else [])
        if match is None:
            continue
        points += weight * said
        if weight > 0:
            taken.append(match)
            is_plain = is_plain or weight == STRONG or len(taken) > 1
    if not taken or points <= 0:
        return None
    taken.sort(key=lambda match: match.start())
    words = tuple(
        dict.fromkeys(re.sub(r"\s+", " ", text[match.start() : match.end()]).strip() for match in taken)
    )
    return Candidate(category.name, points, words, taken[0].start(), is_plain)


def _holds(lowered: str, needed: tuple[tuple[str, ...], ...]) -> bool:
    for stems in needed:
        for stem in stems:
            if stem in lowered:
                break
        else:
            return False
    return True


def _strongest(
    pattern: re.Pattern[str], text: str, lowered: str, taken: list[re.Match[str]]
) -> tuple[re.Match[str] | None, float]:
    """Where a phrase stands that says most of the cause, outside of words already `taken`."""
    best, said = None, NOTHING
    for match in pattern.finditer(lowered):
        if any(match.start() < other.end() and other.start() < match.end() for other in taken):
            continue
        weight = weight_at(text, match.start())
        if weight > said and not is_denied(lowered, match.start()):
            best, said = match, weight
    return best, said
