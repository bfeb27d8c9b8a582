"""What sentences state outright: "the outage lasted 45 minutes", "from 16:58 to 18:46 UTC"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.documents.blocks import Text, squeeze
from pipeline.documents.timelines.event_kinds import event_kind
from pipeline.documents.times.durations import read_duration
from pipeline.documents.times.moments import Moment, TimeReading, moments

_TROUBLE = (
    r"(?:outage|incident|disruption|downtime|interruption|degradation|issue|problem|"
    r"unavailab\w+|\bdie[sd]?\b|crash\w*|unreachable|inaccessible|down\b|fail(?:s|ed|ing|ures?)?\b|offline"
    r"|errors?|latency|timeouts?|slow\w*|degraded|delay(?:s|ed)|(?:could ?n.t|could not"
    r"|not) be (?:accessed|reached|used)|could(?: not|n.t)\b|(?:were|was|are)(?: not|n.t) able|unable"
    r"|prevent(?:ed|ing) (?:[\w-]+ ){0,3}?(?:users?|customers?|clients?|everyone|people) from\b"
    r"|congest\w+|instability|unusable|attack\w*|abuse[ds]?|bad actors?|breach\w*)"
)
_LASTED = re.compile(
    r"\b(?:outage|incident|disruption|downtime|interruption|degradation|issue|"
    r"problem|effect|event)s?\b[^.!?\n]{0,80}?\b(?:lasted|lasting|last|persisted|continued|went "
    r"on)\b\s+(?:for\s+)?(?:in total\s+)?",
    re.IGNORECASE,
)
_DOWN_FOR = re.compile(
    r"\b(?:(?:down|unavailable|unreachable|offline|inaccessible|unusable|degraded) (?:for|during) "
    r"|fail(?:ed|ing) to \w+ for )",
    re.IGNORECASE,
)
_PER_EVENT = re.compile(
    r"\b(?:each|every (?:\d+|few|other|time|second|minute|hour|day|night|week|month|morning|attack"
    r"|occurrence)"
    r"|usually|typically|periodic|multiple|several|would|could(?! ?n[o'’]t)|between|up to)\b",
    re.IGNORECASE,
)
#: "Total downtime: 90 minutes", "an outage of 45 minutes", "a 45-minute outage", "an outage for 45 minutes".
_OUTAGE = r"(?:outage|downtime|disruption|interruption|incident)"
_TOTAL = re.compile(
    rf"\btotal (?:service |customer )?{_OUTAGE}(?: time| duration)?\s*(?:was|of|:|is)?\s*(?=[~\w])"
    rf"|\b(?:an?|complete|total|full|the) (?:complete |total |full |service )*{_OUTAGE} (?:of|for) ",
    re.IGNORECASE,
)
_LONG_OUTAGE = re.compile(
    rf"\b(?:an?|the|this) (?:~|about |approximately "
    rf"|roughly )?(?P<length>[\w.½]{{1,8}}[- ](?:minutes?|hours?|min|h))[- ]"
    rf"(?:long )?(?:complete |total |full |service )*{_OUTAGE}\b",
    re.IGNORECASE,
)
#: "For 17 minutes between 13:58 and 14:15, users could not …"
_FOR = re.compile(
    r"\W{0,4}for (?:(?:about|around|approximately|roughly|some|almost|nearly|just) )*"
    r"(?P<length>[\w.,½~ ]{2,30}?),? (?=\(?(?:between|from|\d))",
    re.IGNORECASE,
)
#: "79 minutes of partial availability", "53 minutes of downtime"
_OF_DOWNTIME = re.compile(
    r"\b(?P<length>\d[\w.,½ ]{1,28}?) of (?:(?:partial|total|full|complete|service|limited|degraded) )*"
    r"(?:availability|unavailability|downtime|outage)\b",
    re.IGNORECASE,
)
#: "The total time to resolution was about 64 minutes".
_TIME_TO_END = re.compile(
    r"\btime to (?:resolution|resolve|recovery|restore service) (?:was|is|came to) (?:about |around "
    r"|approximately )?",
    re.IGNORECASE,
)
#: "was detected within three minutes by monitoring": how long it took, counted from the start.
_DETECTED_WITHIN = re.compile(
    r"\b(?:detected|noticed|discovered|alerted|(?:detected|noticed) (?:the|this) (?:incident|issue"
    r"|outage|problem))"
    r"(?: us| (?:the|this) (?:incident|issue|outage|problem))? (?:in|within|after) (?:about |around "
    r"|approximately )?",
    re.IGNORECASE,
)
_DETECTED_STEMS = ("took ", "detected", "noticed", "discovered", "alerted")
#: Another outage than this one.
_OTHER = re.compile(
    r"\b(?:previous|earlier|last|similar|second|another|potential|future|planned|scheduled|prior"
    r"|past|partial)\b",
    re.IGNORECASE,
)
#: A length that is only foreseen: "expect a downtime of 30 minutes", "worst case: an outage of 1 minute";
#: and said behind it: "a downtime of 30 minutes is expected".
_FORESEEN = re.compile(
    r"\b(?:expect\w*|anticipat\w+|estimat\w+|planned|planning|scheduled|worst[- ]case|at worst|if|unless"
    r"|will|should|shall|(?-i:may)|might|can)\b",
    re.IGNORECASE,
)
_IS_FORESEEN = re.compile(
    r"[^.,;:]{0,60}?\b(?:is|are|was|were) (?:expected|anticipated|planned|scheduled|possible)\b", re.I
)
#: What follows is the outcome: "they changed it between 10:00 and 10:20, causing an outage".
_OUTCOME = re.compile(
    r",? (?:resulting in|causing|leading to|which (?:caused|led|resulted)|that (?:caused|led)"
    r"|and (?:this )?caused)\b",
    re.IGNORECASE,
)
#: "…, resulting in an outage that lasted for two hours from 14:00 to 16:00": the outcome's own span.
_LASTING_OUTCOME = re.compile(
    rf" (?:in |to )?(?:an?|the) (?:[\w-]+ ){{0,3}}?{_OUTAGE}(?: (?:that|which))?(?: lasted| lasting)?"
    r"(?: for)?(?: (?:(?:about|approximately|around|roughly) )?[\w.]+ (?:minutes|hours?))?,? ?"
    r"(?:from|between)?\s*",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:lasted|persisted|continued|went)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
#: A length without one of these is no length; "half an hour" has no digit.
_UNIT_STEMS = ("minute", "hour", "day", "week", "sec")
#: What lasts, and how that is said: a sentence without these states no duration.
_OUTAGE_STEMS = ("outage", "downtime", "disruption", "interruption", "incident")
_LASTING_STEMS = (*_OUTAGE_STEMS, "degradation", "issue", "problem", "effect", "event", "time to ")
_LASTED_STEMS = ("last", "persisted", "continued", "went on")
_MENTIONS_TROUBLE = re.compile(_TROUBLE, re.IGNORECASE)
_PARTLY = re.compile(r"\bpartial\b", re.IGNORECASE)
#: Words of a usual case that here are none: a range of time, what was not possible, how much was hit.
_OF_ONE = re.compile(
    r"\bbetween\b|\bcould ?(?:not|n.t)\b|\b(?:multiple|several) (?:of )?(?:our |the )?(?:services?"
    r"|systems?|products?"
    r"|regions?|zones?|customers?|users?|servers?|components?|teams?|apis?|clusters?|nodes?|tenants?|pages?"
    r"|features?|areas?|sites?)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z]|\s*$)")
_MAX_TEXT = 8000


@dataclass(frozen=True, slots=True)
class Lasting:
    """A duration in minutes that a sentence states of the incident."""

    minutes: float
    line: int
    quote: str


@dataclass(frozen=True, slots=True)
class Span:
    """A start and an end in one sentence about the trouble; `moment` holds both."""

    moment: Moment
    end: Moment | None
    line: int
    quote: str


def sentences(text: Text) -> Iterator[Text]:
    """The sentences of some words, soft line breaks kept within them."""
    words = text.text[:_MAX_TEXT]
    start = 0
    for match in _SENTENCE_END.finditer(words):
        yield text.part(start, match.end())
        start = match.end()
    if start < len(words):
        yield text.part(start, len(words))


def _holds(folded: str, stems: tuple[str, ...]) -> bool:
    for stem in stems:  # noqa: SIM110  a loop is faster, and this is asked of every paragraph
        if stem in folded:
            return True
    return False


def stated_durations(text: Text, *, is_opening: bool = False) -> Iterator[Lasting]:
    """Durations of the whole incident; sentences about each of several, or the usual, state none.

    In the opening of a summary (`is_opening`) "the site was down for 40 minutes" speaks of the whole, too.
    """
    folded = text.text.casefold()
    if not is_opening and "for " not in folded and not _holds(folded, _LASTING_STEMS):
        return
    if not _holds(folded, _UNIT_STEMS) and _DIGIT.search(folded) is None:
        return
    for number, sentence in enumerate(sentences(text)):
        folded = sentence.text.casefold()
        found = list(_LASTED.finditer(sentence.text)) if _holds(folded, _LASTED_STEMS) else []
        if is_opening and number <= 2 and not found and not _PER_EVENT.search(sentence.text):
            found = list(_DOWN_FOR.finditer(sentence.text))[:1]
        if not found and (whole := _FOR.match(sentence.text)) is not None:
            is_whole = not _PER_EVENT.search(_OF_ONE.sub("", sentence.text))
            found = [whole] if is_whole and _MENTIONS_TROUBLE.search(sentence.text) else []
        if not found and is_opening and number == 0 and not _OTHER.search(_PARTLY.sub("", sentence.text)):
            told = list(_OF_DOWNTIME.finditer(sentence.text))
            found = told if len(told) == 1 else []
        if not found and _holds(folded, _OUTAGE_STEMS):
            found = list(_TOTAL.finditer(sentence.text))[:1] or list(_LONG_OUTAGE.finditer(sentence.text))[:1]
            if found and (_PER_EVENT.search(sentence.text) or _OTHER.search(sentence.text)):
                found = []
        if not found and "time to " in folded:
            found = list(_TIME_TO_END.finditer(sentence.text))[:1]
        for match in found:
            if _PER_EVENT.search(match.group()) or _is_foreseen(sentence.text, match):
                continue
            length = match.groupdict().get("length")
            minutes = read_duration(length if length else sentence.text[match.end() :])
            if minutes is not None:
                yield Lasting(minutes, sentence.line_at(match.start()), squeeze(sentence.text))


def length_of_impact(texts: list[Text]) -> Lasting | None:
    """How long an impact's words say that all was down; None where they tell another length besides.

    Of a part, of some, of each of several, or of what might have been, none is told.
    """
    told = {sentence.text.strip(): sentence for text in texts for sentence in sentences(text)}
    timed = [sentence for words, sentence in told.items() if _LENGTH.search(words) is not None]
    if len(timed) != 1:
        return None
    words = timed[0].text
    match = _WAS_DOWN_FOR.search(words)
    if match is None or _LENGTH.search(words[: match.start()] + words[match.end() :]) is not None:
        return None
    if any(unsaid.search(words) for unsaid in (_PER_EVENT, _OTHER, _FORESEEN, _IN_PART, _NOT)):
        return None
    minutes = read_duration(words[match.start("length") :])
    line = timed[0].line_at(match.start())
    return Lasting(minutes, line, squeeze(words)) if minutes is not None else None


_LENGTH = re.compile(r"\b(?:minutes?|hours?|days?|mins?|hrs?)\b", re.IGNORECASE)
_WAS_DOWN_FOR = re.compile(
    r"\b(?:was|were|went|being) (?:completely |entirely |fully )?(?:down|unavailable|unreachable|offline"
    r"|inaccessible|unusable) for (?:a total of )?(?P<length>(?:about |around |approximately |roughly |~)?"
    r"[\w.½-]{1,12} (?:minutes?|hours?)(?: and (?:a half|[\w-]{1,12} minutes?))?)\b",
    re.IGNORECASE,
)
_IN_PART = re.compile(
    r"\b(?:some|few|subset|most|part(?:s|ly|ially)?|intermittent\w*|sporadic\w*|one of|one (?:region"
    r"|customer|tenant|node|host)|single|only|staging|internal|admin|drill|exercise|simulat\w+)\b|%",
    re.IGNORECASE,
)


def stated_detection(text: Text) -> Iterator[Lasting]:
    """How long after its start the incident was seen, where a sentence says so."""
    if not _holds(text.text.casefold(), _DETECTED_STEMS):
        return
    for sentence in sentences(text):
        took = _TOOK_TO_SEE.search(sentence.text)
        if took is not None and (minutes := read_duration(took.group("length"))) is not None:
            yield Lasting(minutes, sentence.line_at(took.start()), squeeze(sentence.text))
            continue
        match = _DETECTED_WITHIN.search(sentence.text)
        if match is None or _FORESEEN.search(sentence.text[: match.start()]) or _NOT.search(sentence.text):
            continue
        minutes = read_duration(sentence.text[match.end() :])
        if minutes is not None:
            yield Lasting(minutes, sentence.line_at(match.start()), squeeze(sentence.text))


#: "It took about 45 minutes for us to notice".
_TOOK_TO_SEE = re.compile(
    r"\btook (?:us )?(?P<length>(?:about |around |approximately |roughly |~)?[\w.½]{1,8}[- ](?:minutes?"
    r"|hours?)) (?:for (?:us|the team|anyone|anybody) )?(?:before we noticed|to (?:notice|detect"
    r"|discover))\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no)\b|n't\b", re.IGNORECASE)


def _is_foreseen(sentence: str, match: re.Match[str]) -> bool:
    """Whether the length was not told of what was, but of what may be: said before it, or behind."""
    tells_of_the_past = _PAST.search(match.group()) is not None
    before = match.group() if tells_of_the_past else sentence[: match.end()]
    return bool(_FORESEEN.search(before) or _IS_FORESEEN.match(sentence, match.end()))


def stated_spans(text: Text, reading: TimeReading) -> Iterator[Span]:
    """Ranges of time in sentences that speak of the trouble."""
    for sentence in sentences(text):
        if _DIGIT.search(sentence.text) is None:
            continue
        outcome = _OUTCOME.search(sentence.text)
        told = sentence.text[: outcome.start()] if outcome else sentence.text
        is_told = _MENTIONS_TROUBLE.search(told) is not None
        if not (is_told or outcome) or _PER_EVENT.search(_OF_ONE.sub("", sentence.text)):
            continue
        found = [moment for moment in moments(sentence.text, reading) if moment.clock is not None]
        for moment in found:
            before = sentence.text[max(0, moment.start - 24) : moment.start]
            if moment.until is None or moment.is_ambiguous:
                continue
            if outcome and moment.start >= len(told):
                if _LASTING_OUTCOME.fullmatch(sentence.text, outcome.end(), moment.start) is None:
                    continue
            elif not is_told:
                continue
            within = sentence.text[moment.start : moment.end]
            if re.search(r"\b(?:from|between)\b", within) or re.search(
                r"(?:\bfrom|\bbetween|\()\s*(?:the (?:time|hours)(?: of)?\s+)?"
                r"(?:about|around|approximately|approx\.?|ca\.?|~|roughly)?\s*"
                r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s*)?$",
                before,
                re.IGNORECASE,
            ):
                yield Span(moment, None, sentence.line_at(moment.start), squeeze(sentence.text))
        if is_told:
            yield from _begun_and_ended(sentence, found)


_BEGUN = re.compile(
    r"\b(?:started|began|begun|starting|beginning|commenc(?:ed|ing)) (?:at|on|around|about|approximately"
    r"|~| )*$",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:ended|stopped|ending|conclud(?:ed|ing)|(?:was|were) (?:fully )?(?:resolved|restored|fixed)"
    r"|recovered|lasted until"
    r"|and lasted until) "
    r"(?:at|by|on|around|about|approximately|~| )*$",
    re.IGNORECASE,
)


def _begun_and_ended(sentence: Text, found: list[Moment]) -> Iterator[Span]:
    """ "The downtime started at 16:29 and ended at 19:27": two times of one sentence, each with its verb."""
    if len(found) != 2 or any(moment.is_ambiguous or moment.until is not None for moment in found):
        return
    first, second = found
    if _BEGUN.search(sentence.text[max(0, first.start - 30) : first.start]) and _ENDED.search(
        sentence.text[first.end : second.start]
    ):
        day_behind = not first.has_date and first.clock is not None and second.clock is not None
        day_behind = day_behind and first.clock < second.clock  # type: ignore[operator]
        whole = replace(
            first,
            end=second.end,
            day=second.day if day_behind else first.day,
            month_day=second.month_day if day_behind else first.month_day,
            until=second.clock,
            until_day=None if day_behind else second.day,
            until_month_day=None if day_behind else second.month_day,
            zone=first.zone or second.zone,
        )
        yield Span(whole, None, sentence.line_at(first.start), squeeze(sentence.text))


@dataclass(frozen=True, slots=True)
class Told:
    """A time that a sentence gives to what it says happened: its `kind`, and the `words` that say it."""

    kind: str
    words: str
    moment: Moment
    line: int
    quote: str


#: What may stand between a sentence's beginning and its time, and between its verb and its time.
_LEADS_IN = re.compile(
    r"\W*(?:(?:at|as of|on|around|about|approximately|by|then|shortly|just|after|before|from|initially"
    r"|starting"
    r"|beginn?ing)\W+)*",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(
    r"[\w ]{0,16}?\b(?:at|around|about|by|from)\s+(?:around |about |approximately |~)?", re.IGNORECASE
)
_HABITUAL = re.compile(
    r"\b(?:each|every (?:few|other|time|minute|hour|day|night|week|month|morning)|usually|typically"
    r"|periodic\w*)\b",
    re.IGNORECASE,
)
_OTHER_OCCASION = re.compile(
    r"\b(?:drill|exercise|rehearsal|simulat\w+|game ?day|similar (?:incident|outage|issue|problem)"
    r"|(?:previous|earlier|another) (?:incident|outage))\b",
    re.IGNORECASE,
)
_STARTING = re.compile(r"^\W*(?:starting|beginn?ing)\b", re.IGNORECASE)
#: "From 10:15 UTC, customers were unable to pay".
_FROM = re.compile(r"^\W*from\b", re.IGNORECASE)
_HITS = re.compile(
    r"(?:onwards?,? )?(?:all |our |the |many )*(?:users|customers|clients|visitors|members|students|requests"
    r"|calls|orders|payments|logins|site|website|service|system|platform|application|app|api|shop)"
    r" (?:were unable|could(?: not|n.t)(?! fail)|(?:was|were) (?:down|unavailable|unreachable|inaccessible"
    r"|failing)|failed(?! over)|timed out)\b",
    re.IGNORECASE,
)
_INEXACT = re.compile(r"\b(?:after|before)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;]|, | [-–—] | but | and (?=(?:then|was|were|we|the|they)\b)| until | while | when ")


def told_events(text: Text, reading: TimeReading, services: tuple[str, ...] = ()) -> Iterator[Told]:
    """What sentences with a single time say happened then: "At 14:36 UTC monitoring alerted us".

    The time opens the sentence, and the clause behind it says what happened; or it ends the clause that
    does: "the incident was resolved at 15:10".
    """
    if ":" not in text.text and _MERIDIEM.search(text.text) is None:
        return
    for sentence in sentences(text):
        found = [moment for moment in moments(sentence.text, reading) if moment.clock is not None]
        if any(moment.is_ambiguous or moment.until is not None for moment in found):
            continue
        if _OTHER_OCCASION.search(sentence.text) or _HABITUAL.search(sentence.text):
            continue
        if len(found) != 1:
            yield from _each_with_its_verb(sentence, found)
            continue
        moment, words = found[0], sentence.text
        before = words[: moment.start]
        if _LEADS_IN.fullmatch(before):
            if _INEXACT.search(before):
                continue
            clause = _CLAUSE.split(words[moment.end :].lstrip(" ,:–—-"))[0]
        else:
            clause = _CLAUSE.split(before)[-1]
        event = event_kind(clause, services)
        starting = _STARTING.search(before) or (_FROM.search(before) if _HITS.match(clause) else None)
        if starting and not _HABITUAL.search(words) and _MENTIONS_TROUBLE.search(words, moment.end):
            event = "started", starting.group().strip()
        if event is None:
            continue
        kind, said = event
        if clause in before:
            at = clause.find(said)
            if at < 0 or _LEADS_ON.fullmatch(clause, at + len(said)) is None:
                continue
        yield Told(kind, said, moment, sentence.line_at(moment.start), squeeze(words))


#: What an incident, or the whole that it hits, does at the time that follows.
_VERBS = re.compile(
    r"(?P<started>\b(?:started|began|commenced|went (?:down|offline)|became (?:unavailable|unreachable"
    r"|unresponsive|inaccessible)))"
    r"|(?P<detected>\bwas (?:first )?(?:detected|noticed|reported|discovered))"
    r"|(?P<mitigated>\b(?:was (?:fully )?(?:mitigated|restored)|came back (?:online|up)|recovered))"
    r"|(?P<resolved>\b(?:was )?(?:fully )?(?:resolved|fixed|ended))",
    re.IGNORECASE,
)
_WHOLE_SUBJECT = re.compile(
    r"\W*(?:the|this|our) (?:[\w-]+ ){0,3}?(?:incident|outage|issue|problem|disruption|downtime|site|website"
    r"|service|system|platform|application|app|api|shop|server|network) (?=started|began|commenced|went"
    r"|became|was)",
    re.IGNORECASE,
)
_TO_ITS_TIME = re.compile(r"(?: (?:at|by|on|around|about|approximately)| ~)* ?~?", re.IGNORECASE)
_BETWEEN_TIMES = re.compile(r"[\s,]*(?:and |but |then |it |service |access )*", re.IGNORECASE)


def _each_with_its_verb(sentence: Text, found: list[Moment]) -> Iterator[Told]:
    """ "The outage began at 10:15, was detected at 10:20 and resolved at 11:00": every time with its verb.

    One time without a verb of its own, or before the one in front of it, and none is told.
    """
    words = sentence.text
    subject = _WHOLE_SUBJECT.match(words)
    if subject is None or not 2 <= len(found) <= 4:
        return
    if any(unsaid.search(words) for unsaid in (_PER_EVENT, _OTHER, _FORESEEN, _IN_PART, _NOT)):
        return
    told: list[Told] = []
    position = subject.end()
    dated = next((moment for moment in found if moment.has_date), found[0])
    zone = next((moment.zone for moment in found if moment.zone is not None), None)
    clocks = [moment.clock for moment in found if moment.clock is not None]
    if clocks != sorted(clocks) and not all(moment.has_date for moment in found):
        return
    for moment in found:
        lead = _BETWEEN_TIMES.match(words, position)
        verb = _VERBS.match(words, lead.end() if lead else position)
        if verb is None or _TO_ITS_TIME.fullmatch(words, verb.end(), moment.start) is None:
            return
        whole = replace(moment, zone=moment.zone or zone)
        if not moment.has_date:
            whole = replace(whole, day=dated.day, month_day=dated.month_day)
        position = moment.end
        line = sentence.line_at(moment.start)
        told.append(Told(verb.lastgroup or "", verb.group(), whole, line, squeeze(words)))
    if len({row.kind for row in told}) == len(told):
        yield from told


_MERIDIEM = re.compile(r"\d\s?[AaPp]\.?[Mm]\b")
