"""What a timeline row says happened, by the rules of `event_rules`.

What a rule matched is kept as the quote. A row that does not say it in words says nothing, nor does one of
mixed meaning: a denial, a hope, an end for some, a way back, a task that has the words of an end.
"""

from __future__ import annotations

import re

from pipeline.documents.blocks import squeeze
from pipeline.documents.names import hide_names
from pipeline.documents.timelines.event_rules import ENDS, MEASURES, NOTICED, RULES, VETOES, expanded

#: Each rule with its stems: a text that holds none of them does not match it, and that is found faster.
_COMPILED = tuple((rule.kind, rule.stems, re.compile(rule.expression, re.IGNORECASE)) for rule in RULES)
_ALL_STEMS = frozenset(stem for _, stems, _ in _COMPILED for stem in stems)
_COMPILED_VETOES = tuple((veto.kinds, veto.where, re.compile(veto.pattern, re.IGNORECASE)) for veto in VETOES)
#: The label of a link on a line of its own above what happened.
_CAPTION = re.compile(r"\W*(?:\w{1,20} )?(?:links?|threads?|graphs?|screenshots?)\W*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
#: A row that opens with trouble found tells its end, if at all, of a later moment than its own.
_TELLS_TROUBLE = re.compile(
    r"\b(?:report\w*|(?:is|are|was|were|goes|went) (?:down|unavailable|broken|not)|"
    r"fail(?:s|ed|ing)?|drops?|investigat\w+|discover\w*|notic\w+|alert\w*|"
    r"detect\w*|aware|begins?|began|start(?:s|ed) (?!up)|aren't|isn't|doesn't|don't)\b",
    re.IGNORECASE,
)
_RELAPSE = re.compile(
    r"\b(?:(?:going|goes|went|gone) (?:wrong|down)|fail\w*|down|broken?|not work\w*|n't "
    r"work\w*|trouble|problems?|outage|errors?|degrad\w*|slow)\b.{0,30}\bagain\b"
    r"|\bagain\b.{0,30}\b(?:going wrong|down|fail\w*|broken?|degrad\w*|unavailable|not working|slow)\b"
    r"|n't working again\b|\b(?:issue|problem|outage|incident|errors?|symptoms?) "
    r"(?:recurs?|recurred|returns?|returned|reappear\w*|resurface\w*|comes? back|came "
    r"back)\b",
    re.IGNORECASE,
)
_RELAPSE_WORDS = ("again", "recur", "return", "reappear", "resurface", "back")
_MAX_LENGTH = 1500


def event_kind(text: str, services: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """The kind of event that a row states, and the words that state it; None when it states none.

    Kinds: started, detected, acknowledged, declared, mitigated, resolved. A row that states an end states
    that; of detection and declaration the first said counts. Only the first sentence may tell of a start,
    a detection or a declaration, since what follows is often told about other moments. Names of `services`
    say nothing.
    """
    text = text[:_MAX_LENGTH]
    hidden = hide_names(text, services)
    sentences = [s for s in _SENTENCE.split(hidden) if s.strip()]
    if len(sentences) > 1 and _CAPTION.fullmatch(sentences[0]):
        del sentences[0]
    found: dict[str, str] = {}
    tells_trouble = bool(sentences) and _TELLS_TROUBLE.search(sentences[0]) is not None
    for number, sentence in enumerate(sentences):
        lowered = sentence.lower()
        met = {stem for stem in _ALL_STEMS if stem in lowered}
        for kind, stems, pattern in _COMPILED if met else ():
            if kind in found or stems.isdisjoint(met):
                continue
            if number > 0 and (kind not in ENDS or tells_trouble):
                continue
            for match in pattern.finditer(sentence):
                if _is_denied(sentence, match, kind):
                    continue
                at = hidden.find(sentence) + match.start()
                found[kind] = text[at : at + len(match.group())].strip()
                break
    for kind in ("resolved", "mitigated", "declared", "started", "acknowledged", "detected"):
        if kind in found:
            return kind, found[kind]
    return None


_UPDATE = re.compile(r"(?P<state>[A-Za-z][a-z-]+(?: progress)?) – ")


def update_kind(text: str, services: tuple[str, ...] = ()) -> tuple[str | None, str]:
    """What an update of a status page states, "Monitoring – A fix has been rolled out": its kind and words.

    The state it names decides: "Resolved" alone is the end; "Investigating" says to all that there is an
    incident, which began before; and of the others only words that tell that service is back state anything.
    """
    match = _UPDATE.match(text)
    state = match.group("state").lower() if match else ""
    if match is not None and state in ("resolved", "completed"):
        return "resolved", match.group("state")
    if match is not None and state == "investigating":
        return "declared", match.group("state")
    if match is not None and state in ("mitigated", "acknowledged"):
        return state, match.group("state")
    if state in ("monitoring", "update", "recovering", "verifying", "observing"):
        found = event_kind(text[match.end() if match else 0 :], services)
        if found is not None and found[0] in ENDS:
            return "mitigated", found[1]
    return None, ""


def with_match(quote: str, words: str) -> str:
    """A quote with the words in it by which a rule gave it its kind, so that a reader sees why."""
    return f"{squeeze(quote, 200)} [matched: “{squeeze(words, 80)}”]"


def is_only_noticed(words: str) -> bool:
    """Whether a detection's words tell of somebody who saw trouble, not of the alert or the first report."""
    return _NOTICED.match(words) is not None


_NOTICED = re.compile(expanded(NOTICED), re.IGNORECASE)
_UNDER_WAY = re.compile(
    r"\b(?:investigat\w+|acknowledg\w+|declare[sd]?|roll(?:s|ed|ing)? back|restart\w*|mitigat\w+|on-?call"
    r"|paged?|"
    r"alert\w*|alarm\w*|report\w*|joins?|joined|escalat\w+|incident channel|war ?room|notified"
    r"|complain\w*)\b",
    re.IGNORECASE,
)


def is_weak_end(words: str) -> bool:
    """Whether an end is told of the record that was closed, or of a measure: another row tells it better."""
    return _CLOSED.search(words) is not None or _LEVEL.match(words) is not None


_CLOSED = re.compile(r"^clos|closed\s*$", re.IGNORECASE)
_LEVEL = re.compile(MEASURES, re.IGNORECASE)


def tells_response(text: str) -> bool:
    """Whether a row tells of people at work on the incident, so that it was detected before."""
    return _UNDER_WAY.search(text[:_MAX_LENGTH]) is not None


def tells_relapse(text: str) -> bool:
    """Whether a row says that what had ended is back: then no row above it was the end."""
    lowered = text[:_MAX_LENGTH].lower()
    return any(word in lowered for word in _RELAPSE_WORDS) and _RELAPSE.search(lowered) is not None


_CLAUSE_MARK = re.compile(r"[,;:–—]")
_PART_MARK = re.compile(r"[;:–—]| - ")


def _is_denied(sentence: str, match: re.Match[str], kind: str) -> bool:
    """Whether a veto takes back what a rule of `kind` matched."""
    before = sentence[: match.start()]
    for kinds, where, pattern in _COMPILED_VETOES:
        if kind not in kinds:
            continue
        if where == "within":
            found = pattern.search(match.group())
        elif where == "after":
            found = pattern.match(sentence, match.end())
        elif where == "rest":
            found = pattern.search(sentence, match.end())
        elif where == "before":
            found = pattern.search(sentence[: match.end()])
        elif where == "sentence":
            found = pattern.search(sentence)
        else:
            found = pattern.search((_CLAUSE_MARK if where == "clause" else _PART_MARK).split(before)[-1])
        if found:
            return True
    return False
