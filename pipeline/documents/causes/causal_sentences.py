"""Which words of a text name what went wrong, and which deny it, only suspect it, tell the effect or the fix.

"The outage was caused by a full disk, which made logins fail" speaks of the disk as the cause and of the
logins as the effect. "We first suspected the network" and "fixed by adding nodes" say nothing of the cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

CAUSE, PLAIN, EFFECT, NOTHING = 2.0, 1.0, 0.5, 0.0
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')\]]{1,3}[^\sa-z]|\s*$)|\n")
#: A label that opens the part on the fix, and one that ends it.
_FIX_LABEL = re.compile(
    r"[\s*#>•–-]{0,8}(?:permanent |short[- ]term |long[- ]term |temporary |immediate )?"
    r"(?:resolution|recovery|fix|mitigation|remediation|remedy|workaround|solution|corrective"
    r"|preventi\w+|preventa\w+|"
    r"action items?|next steps?|follow[- ]?ups?|lessons?|improvements?)\b[^:\n]{0,40}:",
    re.IGNORECASE,
)
_CAUSE_LABEL = re.compile(
    r"[\s*#>•–-]{0,8}(?:root causes?|causes?|triggers?|reasons?|contributing \w+|why)\b[^:\n]{0,40}:",
    re.IGNORECASE,
)
#: A sentence that is about the fix, the future, a suspicion or what was excluded, as a whole.
_ASIDE = re.compile(
    r"^[\s*#>•–-]{0,8}(?:in order )?to (?:resolve|fix|mitigate|prevent|address|remedy|avoid|correct"
    r"|recover|restore|solve|improve)\b"
    r"|\b(?:we|they|the team|it|i)(?:'ll| will| shall| plan to| are going to| intend to| should"
    r"| need to| want to"
    r"|(?:'ve| have| has)(?: since| now| also| already)? (?:added|implemented|fixed|deployed|introduced"
    r"|improved"
    r"|increased|updated|changed|put|restored|created|raised|enabled|disabled|moved|reverted))\b"
    r"|\b(?:going forward|in (?:the )?future|to prevent (?:this|it|a recurrence|such|similar)"
    r"|would have (?:prevented|caught|avoided|helped))\b"
    r"|\b(?:hot-?fix|work-?around|post-?fix)\b.{0,40}\b(?:deployed|applied|rolled|released|implemented"
    r"|put)\b"
    r"|\b(?:deployed|applied|rolled out|released|implemented|shipped) (?:a|the|an) (?:\w+ )?(?:hot-?fix"
    r"|fix|patch|work-?around)\b"
    r"|\bteam (?:wrote|fixed|restored|corrected|restarted|increased|reverted|rolled)\b"
    r"|\b(?:suspect(?:ed|ing)|suspicion|ruled out|ruling out|rule out|red herring|misled|misleading"
    r"|initial(?:ly)? (?:thought|assum\w+|believ\w+|attribut\w+|blam\w+|looked|focus\w*|investigat\w+)"
    r"|(?:thought|assumed|believed) (?:at first|initially)|first (?:thought|assumed|believed|looked))\b",
    re.IGNORECASE,
)
#: A sentence that only guesses says nothing, whatever it names.
_GUESS = re.compile(
    r"\b(?:possibl[ey]|possibility|perhaps|maybe|(?:may|might|could) (?:well )?have|potentially"
    r"|(?:it|this|that|cause) (?:may|might|could) (?:well )?be"
    r"|hypothes[ei]\w+|theor(?:y|ies)|presumably|supposedly|looks? like|seems? (?:to|that|like)|hints? at"
    r"|(?:evidence|logs?|everything|signs?|all|data|metrics) (?:all )?points? (?:to|at)|unproven"
    r"|unconfirmed|(?:we|they|i|engineers|the team) (?:think|believe|assume|guess)"
    r"|(?:not|never) (?:yet )?(?:confirmed|proven)|(?:cannot|can't|could not|couldn't) (?:be )?(?:prov\w+"
    r"|confirm\w*)|(?:un)?likely (?:due|because|caused)"
    r"|(?:most |very )?(?:likely|probable|potential|suspected) (?:root )?(?:cause|culprit|reason|trigger)s?"
    r"|(?:was|were|is|are|had|has) (?:most |very )?(?:likely|probably|apparently))\b|^\W*(?:most |very )?"
    r"(?:likely|probably|apparently)\b|\bpossible (?!to\b|for\b)\w|\?\W*$",
    re.IGNORECASE,
)
#: What follows is told of another incident, up to the words that come back to this one.
_ANOTHER = re.compile(
    r"\b(?P<within>(?:in|during|for|behind) (?:(?:an?|the|our|one|some) )?)?(?:previous|earlier|prior"
    r"|past|similar|last|preceding|related|(?:january|february|march|april|may"
    r"|june|july|august|september|october|november|december|(?:19|20)\d\d)(?:'s|’s)"
    r"|last (?:\w+)(?:'s|’s)|yesterday(?:'s|’s))"
    r" (?:\w+ ){0,2}?(?:incident|outage|disruption|downtime|post-?mortem)s?\b",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:this (?:one|time|incident|outage)|(?:today|tonight)(?:'s|’s)|in this case)\b", re.IGNORECASE
)
#: From here on a sentence tells the fix.
_FIX = re.compile(
    r"\b(?:(?:was|were|is|been|got|be)(?: \w+ly| then)? (?:resolved|fixed|mitigated|restored|remediated"
    r"|corrected|recovered|addressed"
    r"|repaired|reverted|rolled back|remedied|solved)|rolled back|rolling back|reverted|reverting"
    r"|manually (?:removing|restarting|restored|restarting|failing)"
    r"|(?:we|engineers|operators|the team|on-?call) (?:then )?(?:restored|restarted|mitigated|fixed"
    r"|resolved|added|increased|raised))\b",
    re.IGNORECASE,
)
#: What follows is denied, up to a "but".
_DENIED = re.compile(
    r"(?:\bnot|n't)\b[^.;]{0,60}?\b(?:caused|due to|related|result of|because|triggered|responsible"
    r"|the cause|the result|attributable|in connection)\b"
    r"|\b(?:cause|reason|culprit) (?:was|is)(?:n't| not)\b|\b(?:no (?:evidence|sign|signs|indication"
    r"|suggestion) (?:of|that)|unrelated to|rather than|instead of"
    r"|nothing to do with|independent of|unless|in case of|in the event of|risk of|could have been)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r";|[,.]? ?\bbut\b|\binstead\b|\brather\b(?! than)", re.IGNORECASE)
#: Before one match: "no data was lost".
_NO = re.compile(r"\b(?:no|without|nor|neither|never|free of)(?: \w+){0,2} $")
#: The cause follows these; it stands before those.
_CUE = re.compile(
    r"(?P<follows>\b(?:caused|triggered|brought (?:on|about)|provoked|introduced|set off|induced) by\b"
    r"|\bdue(?: to)?\b|\bbecause(?: of)?\b"
    r"|\bas a (?:result|consequence) of\b|\b(?:a |the )?(?:result|consequence) of\b|\bresult(?:ed|ing"
    r"|s) from\b|\bstem(?:s|med|ming) from\b"
    r"|\bowing to\b|\b(?:trac|attribut)\w+ (?:back )?to\b|\b(?:identified|determined) (?:as|to be"
    r"|to have been)\b"
    r"|\b(?:causes?|reasons?|culprit|source|fault|problem|trigger)\b(?: \w+){0,6} (?:was|were|is"
    r"|are)(?: that)?\b"
    r"|\broot causes?:)"
    r"|(?P<precedes>\b(?:caus(?:ed|es|ing)|le(?:a?d|ads|ading) to|result(?:ed|ing|s) in|took down"
    r"|brought down|trigger(?:ed|s|ing)"
    r"|prevent(?:ed|ing|s)|meaning|therefore|ultimately|so that|which meant|made)\b)"
    r"|(?P<worsens>\b(?:exacerbated|worsened|compounded|aggravated|amplified|revealed|noticed|detected"
    r"|found|reported) by\b|\bdespite\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text and how much its words say of the cause."""

    start: int
    end: int
    weight: float


def clauses(text: str) -> Iterator[Clause]:
    """The stretches of `text`, in order and without gaps."""
    for sentence in _sentences(text):
        yield from _clauses_of(text, *sentence)


def weight_at(text: str, position: int) -> float:
    """How much the words of `text` at `position` say of the cause."""
    for start, end, tells_fix in _sentences(text):
        if start <= position < end:
            within = _clauses_of(text, start, end, tells_fix)
            return next(clause.weight for clause in within if clause.start <= position < clause.end)
    return NOTHING


@lru_cache(maxsize=4)  # asked for again by each phrase that is met
def _sentences(text: str) -> tuple[tuple[int, int, bool], ...]:
    """Where each sentence begins and ends, and whether it stands in the part on the fix."""
    found = []
    start = 0
    in_fix = False
    while start < len(text):
        match = _SENTENCE_END.search(text, start)
        end = match.end() if match is not None else len(text)
        sentence = text[start:end]
        if _FIX_LABEL.match(sentence):
            in_fix = True
        elif _CAUSE_LABEL.match(sentence):
            in_fix = False
        found.append((start, end, in_fix))
        start = end
    return tuple(found)


@lru_cache(maxsize=64)
def _clauses_of(text: str, start: int, end: int, tells_fix: bool) -> tuple[Clause, ...]:
    sentence = text[start:end]
    if tells_fix or _ASIDE.search(sentence) or _GUESS.search(sentence):
        return (Clause(start, end, NOTHING),)
    another = _ANOTHER.search(text, start, end)
    if another is None:
        return tuple(_within(text, start, end))
    back = _THIS.search(text, another.end(), end)
    resumed = back.start() if back is not None else end
    first = start if another.group("within") else another.start()
    before = _within(text, start, first) if start < first else ()
    after = _within(text, resumed, end) if resumed < end else ()
    return (*before, Clause(first, resumed, NOTHING), *after)


def _within(text: str, start: int, end: int) -> Iterator[Clause]:
    fix = _FIX.search(text, start, end)
    told = fix.start() if fix is not None else end
    denied = _DENIED.search(text, start, told)
    if denied is not None:
        resumed = _BUT.search(text, denied.end(), told)
        stop = resumed.end() if resumed is not None else told
        yield from _by_cues(text, start, denied.start())
        yield Clause(denied.start(), stop, NOTHING)
        yield from _by_cues(text, stop, told)
    else:
        yield from _by_cues(text, start, told)
    if told < end:
        yield Clause(told, end, NOTHING)


def _by_cues(text: str, start: int, end: int) -> Iterator[Clause]:
    if start >= end:
        return
    at, weight, is_first = start, PLAIN, True
    for cue in _CUE.finditer(text, start, end):
        if cue.lastgroup == "precedes":
            before, after = (CAUSE if is_first else weight), EFFECT
        elif cue.lastgroup == "follows":
            before, after = (PLAIN if is_first else weight), CAUSE
        else:
            before, after = weight, EFFECT
        yield Clause(at, cue.start(), before)
        at, weight, is_first = cue.start(), after, False
    yield Clause(at, end, weight)


def is_denied(text: str, position: int) -> bool:
    """Whether the words right before `position` say that there was none of it."""
    return _NO.search(text[max(0, position - 40) : position].lower()) is not None
