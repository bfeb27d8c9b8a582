"""The words of one promise: what is promised, and the owner, date, priority, mark and issue around it.

A promise is peeled from both ends: a key, a priority, brackets that hold nothing but such facts, a name
behind a dash, "due 5 May", "DONE". What is peeled was understood; what stands in the middle of the sentence
stays, since the sentence needs it. Facts under labels ("Owner: Ana") are read wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.documents.blocks import Text, squeeze
from pipeline.documents.promises.marks import (
    DONE_SENTENCE,
    DONE_WORDS,
    MARK_FIRST,
    MARK_LAST,
    Facts,
    mark,
    state,
    status,
)
from pipeline.documents.promises.owners import (
    HANDLES,
    HANDLES_AT_END,
    HANDLES_OPENING,
    NAME,
    People,
    each_name,
    handles_taking_part,
    is_name,
    may_be_initials,
    named_owner,
    owner_of,
)
from pipeline.documents.promises.trackers import KEY, OTHER, Reference, Trackers, may_be_project
from pipeline.documents.promises.words import opens_with_verb
from pipeline.documents.statements import is_value
from pipeline.documents.times.calendar import Calendar
from pipeline.documents.times.moments import Moment, moments

_LIMIT = 1000  # characters of a description
_READ = 4000  # characters of a promise that are looked at
_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r"[ \t]+")


# --- labels

_LABELS: dict[str, str] = {
    "owner": r"(?:action )?owners?|assignees?|assigned(?: to)?|responsible(?: (?:party|person|team))?|dri|who"
    "|lead"
    r"|owned by|owning team|poc|point of contact|accountable|champion",
    "due": r"due(?: date| by| on)?|deadline|eta|target(?: completion)?(?: date)?|by when|complete by"
    "|completion target"
    r"|expected(?: completion)?(?: date)?|when|planned(?: for)?|timeline|timeframe",
    "priority": r"prio(?:rity)?|urgency|importance",
    "status": r"status|state|progress",
    "kind": r"(?:action )?(?:type|kind|category|class)",
    "ticket": r"(?:jira|github|gitlab|linear|tracking|tracker)?[ ]?(?:tickets?|issues?|bugs?|story|task id"
    "|link)"
    r"|jira|tracked in|tracking|tracker|bug|ref|github|linear",
    "what": r"action(?: item)?|task|description|what|item|follow[ -]?up(?: action)?|summary|step",
    "aside": r"estimate[ds]?(?: time| effort)?|effort|notes?|acceptance(?: criteria)?|success (?:criteria"
    "|metrics?)|definition of done"
    r"|done when|verification|evidence|rationale|why|reason|impact|files?|component|comments?|details|context"
    r"|goal"
    r"|outcome|expected outcome|stakeholders?|reviewers?|dependencies|blockers?",
}
#: Labels that are also ordinary words open a fact only behind a mark or on a line of their own.
_SURE = ("owner", "due")
_LABEL = re.compile(
    r"(?P<lead>^|[\n,;|(\[·•→]|[.!?][ \t]|[ \t][-–—]|[ \t](?="
    + "|".join(rf"(?:{_LABELS[name]})" for name in _SURE)
    + r"))[ \t]*[-*•_]{0,3}[ \t]*(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")[ \t]*[*_]{0,2}[ \t]*[:=](?<!when=)[*_]{0,2}(?!/)[ \t]*",  # when=x is a setting more often
    re.IGNORECASE,
)
_VALUE_END = re.compile(r"\n|[;|·•→]|[ \t][-–—][ \t]|(?<![A-Z])(?<!\bSt)\.(?=\s|$)|$")

# --- facts without labels

_PRIORITY_WORD = r"P[0-5]|highest|high|medium|med|low|lowest|critical|urgent|major|minor|blocker"
_PRIORITY = re.compile(
    rf"(?:[🔴🟠🟡🟢⚡]\ufe0f?[ \t]*)?(?:prio(?:rity)?[ \t]*[:=]?[ \t]*)?(?P<p>{_PRIORITY_WORD}|prio(?:rity)?"
    rf" [1-5])(?:[ \t]+prio(?:rity)?)?",
    re.IGNORECASE,
)
_PRIORITY_FIRST = re.compile(
    rf"\W{{0,3}}(?P<p>(?-i:P[0-5])|{_PRIORITY_WORD})(?:[ \t]+prio(?:rity)?)?[ \t]*(?:[:|]|[-–—](?=\s))[ \t]*"
    rf"(?=\S)",
    re.IGNORECASE,
)
_BOLD_PRIORITY = re.compile(r"\W?P[0-5]\W?")
_KIND_WORD = (
    r"prevent(?:ion|ive|ative|ing)?|detect(?:ion|ive|ing)?|mitigat(?:e|ion|ive|ing)|process|repair|corrective"
)
_KIND_FIRST = re.compile(
    rf"\W{{0,3}}(?P<kind>{_KIND_WORD})[ \t]*(?::|[-–—](?=\s))[ \t]*(?=\S)", re.IGNORECASE
)
_PRIORITY_LAST = re.compile(
    rf"(?:[,;|]|[ \t][-–—])[ \t]*(?:prio(?:rity)?[ \t]*[:=]?[ \t]*)?(?P<p>{_PRIORITY_WORD})(?:[ \t]+prio"
    rf"(?:rity)?)?[ \t]*\.?$"
    r"|[ \t]+(?P<p2>(?-i:P[0-5]))$",
    re.IGNORECASE,
)
_DUE_SURE = (
    r"due(?: date| by| on)?|deadline|eta|target(?: date)?|complete by|to be (?:done|completed?|finished) by"
)
_DUE = re.compile(
    rf"\b(?P<word>{_DUE_SURE}|by|before)\b[ \t]*[:=–-]?[ \t]*(?:(?:the )?end of |eod |cob |the )?(?=\S)",
    re.IGNORECASE,
)
_DUE_LAST = re.compile(
    r"\b(?:due|by|before|until|since|on|from|of|after|deadline|eta|done)\W*$", re.IGNORECASE
)
_PARTICIPLE = re.compile(r"(?:\w{2,}ed|caused|made|seen|sent|built|done|written|given)\s*$", re.IGNORECASE)
_OWNER_SENTENCE = re.compile(
    rf"[-–—,;(]\s*(?:[Oo]wner|[Aa]ssignee|[Aa]ssigned to|[Oo]wned by|DRI)\s+(?P<who>@?{NAME}|@[\w.-]+)"
)
_OWNER_LAST = re.compile(
    rf"(?:^|[.;,(]|[ \t][-–—])[ \t]*(?i:assigned to|owned by|owner is|owner will be)[ \t]+(?P<who>@[\w.-]+\w"
    rf"|{NAME})[ \t]*\.?$"
)
_TODO_OF = re.compile(r"\W{0,3}(?:TODO|FIXME)\((?P<who>@?[\w.-]{2,40})\)[ \t]*[:–—-]?[ \t]*(?=\S)")
_DAY_LAST = re.compile(r"[ \t]+(?P<day>\d{4}-\d\d-\d\d)\.?$")
_HANDLE_LAST = re.compile(r"[ \t]@[\w.-]{2,40}$")
_OWNER_WORD = re.compile(r"[ \t.,;(]{1,3}\b(?:owner|assignee|assigned to|dri)$", re.IGNORECASE)
_DASH_LAST = re.compile(r"[ \t](?:[-–—]|--|→|[-=]>)[ \t]*$")
_NAME_LAST = re.compile(rf"[ \t](?:[-–—]|--|→|[-=]>)[ \t]*(?P<who>{NAME})[ \t]*\.?$")
_SEGMENT_LAST = re.compile(r"(?:[,;|]|[ \t][-–—])[ \t]*(?P<day>[\w./, -]{6,24})\.?$")
_TEAM_WILL = re.compile(
    r"(?:the )?(?P<who>(?:[\w&-]{2,24} ){1,2}(?:team|squad))[ \t]+(?:will|to|is going to|plans to|shall)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"[ \t]*(?:[-–—:,]|to\b|will\b)[ \t]*")
_BRACKET_FIRST = re.compile(r"\W{0,2}?[(\[{](?P<inside>[^()\[\]{}\n]{1,120})[)\]}][ \t]*[:–—-]?[ \t]*(?=\S)")
_BRACKET_LAST = re.compile(r"[ \t]*[-–—:,|]?[ \t]*[(\[{](?P<inside>[^()\[\]{}\n]{1,120})[)\]}][ \t]*[.!]?$")
_BRACKET = re.compile(r"[ \t]*[(\[{](?P<inside>[^()\[\]{}\n]{1,120})[)\]}]")
_PIECES = re.compile(r"[ \t]*(?:[,;|·•→]|/(?!\d)|[ \t][-–—])[ \t]*")
_NUMBERING = re.compile(r"^\s*(?:[•◦▪‣–—]\s+|\(?\d{1,2}[.)]\s+|\(?[a-z]\)\s+)")
_ISSUE_LABEL = (
    r"(?:(?:jira|tickets?|issues?|bug|tracked(?: in| as| by| under)?|tracking|see|ref|pr|via)"
    r"(?:[ \t]+(?:tickets?|issues?|no\b\.?|key|number))?)"
)
#: How an issue is called, at the beginning of a link's words; other words of a link tell what is promised.
_ISSUE_NAME = re.compile(
    r"(?:[A-Z][A-Z0-9_]{1,30}-\d+|(?:[\w.-]+/)?[\w.-]*[#!]\d+|\d{1,9}|[TD]\d+|(?:(?:bug|issue|ticket|pr|mr"
    r"|pull request) ?#?\d+))(?![\w-])",
    re.IGNORECASE,
)
_FORM_REST = re.compile(r"\{\{|\}\}|\[(?:link to|insert)[^\]\n]{0,40}\]")
_POINTER = re.compile(
    r"(?:link to )?(?:github |gitlab |jira )?(?:issue|pr|pull request|merge request|mr|ticket|bug|card|link)",
    re.I,
)
_POINTERS = re.compile(
    r"(?:[ \t,:–—-]{1,3}(?:https?://\S{1,500}(?!\S)|(?i:link|ticket|issue|card)\b)){1,3}\.?"
)
_URL_FIRST = re.compile(
    r"\W{0,3}https?://\S+?(?:[ \t]+[-–—:][ \t]+(?=\S)|:[ \t]+(?=\S)|[ \t]+(?=[^\W\d_]{2})"
    r"(?!(?:and|or|for|is|was|are|has|to|which|that|should|will|needs?|in|on|by|as|with)\b))"
)
_URL_LAST = re.compile(
    rf"[ \t]*(?:[-–—:,;|→]|[(\[])?[ \t]*"
    rf"(?:{_ISSUE_LABEL}[ \t]*:?[ \t]*)?https?://[^\s)\]]+[ \t]*[)\]]?[ \t]*\.?$",
    re.IGNORECASE,
)
#: A key of no known project: an issue's where it stands behind an owner, a day or a mark.
_KEY_LAST = re.compile(
    rf"(?:[ \t][-–—][ \t]+|[,;|→][ \t]*|[ \t][(\[][ \t]*|(?<=[)\]])[ \t]+)(?P<key>{KEY})"
    rf"(?:[ \t]*(?:,|&|and)[ \t]*{KEY}){{0,4}}[ \t]*[)\]]?\.?$"
)
#: When, without a day that could be told.
_SOON_LAST = re.compile(
    r"[ \t,(–—-]{1,3}(?:(?:due|by|before|until|till|eta)\b:?[ \t]+)?(?:eod|eow|eom|eoq|eoy|asap"
    r"|end of (?:the )?(?:day|week|month|quarter|year)|(?:next|this) (?:week|month|quarter|sprint|year)"
    r"|Q[1-4](?:[ \t]\d{4})?)\)?\.?$",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"(?:(?:due|by|before|until|till|eta)\b:?[ \t]+)?(?:eod|eow|eom|eoq|eoy|asap|soon|tbd|(?:the )?(?:end"
    r"|start|beginning|middle) of [a-z]{3,9}|(?:early|mid|late)[ -][a-z]{3,9}|(?:next|this) [a-z]{3,9}"
    r"|Q[1-4](?:[ \t]\d{4})?)",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?P<word>until|till)[ \t]+", re.IGNORECASE)
_ASKS_FOR_MORE = re.compile(
    r"\b(?:about|for|of|in|to|see|via|with|off|from|on|by|and|or|the|a|as|at|use|read|than|is|are|do"
    r"|track)\W*$",
    re.I,
)
_ISSUE_ALONE = re.compile(
    r"(?:jira |github |gitlab )?(?:ticket|issue|jira|link|bug|pr|mr|card|story|task)", re.IGNORECASE
)
_ISSUE_LABEL_FIRST = re.compile(rf"^{_ISSUE_LABEL}[ \t:]*(?:no\b\.?|key)?[ \t:]*", re.IGNORECASE)
_KIND_ALONE = re.compile(_KIND_WORD, re.IGNORECASE)
_OWNER_FIRST = re.compile(r"(?:owner|assignee|assigned to|owned by|dri)[ \t]+(?=[@A-Z])", re.IGNORECASE)
_SPACE_BEFORE_MARK = re.compile(r" +([.,;])(?=\s|$)")
_EDGES = " \t\n,;|–—-:·•*_"
_LOOSE_END = re.compile(r"\s*[(\[{]+\s*$|\s+[-–—:,;|]+\s*\.?\s*$")


@dataclass(slots=True)
class Promise:
    """One promise as read: its description, its facts, and the issues it names."""

    description: str
    facts: Facts
    references: list[Reference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PromiseReader:
    """Reads promises with a document's calendar, trackers and people."""

    calendar: Calendar
    trackers: Trackers
    people: People

    def read(
        self,
        text: Text,
        below: Iterable[Text] = (),
        *,
        checked: bool | None = None,
        given: Facts | None = None,
    ) -> Promise:
        """The promise that `text` makes, with what is told below it.

        `checked`: whether its box is ticked; where it is not, as in a wiki's task list, a day at the end
        is when the promise is due. `given`: what is known of it already, such as the cells beside it.
        """
        details = list(below)
        words = _NUMBERING.sub("", _BLANKS.sub(" ", self._set_apart(text).strip()[:_READ]))
        words = _FORM_REST.sub(" ", words).strip() if "{{" in words else words
        references = self._references(text, details)
        words = _without_pointer(words, text) if references else words
        named = {name.group() for ref in references if ref.words and (name := _ISSUE_NAME.match(ref.words))}
        named |= {reference.key for reference in references if reference.key}
        facts = given or Facts()
        rest = self._take_brackets(words, text.line, facts, frozenset(named))
        for _ in range(2):  # a label may stand behind the value of another, without a mark between them
            rest = self._take_labels(rest, text.line, facts)
        for detail in details:
            self._take_detail(detail, facts)
        if DONE_SENTENCE.search(rest[:200]):
            facts.is_done = True if facts.is_done is None else facts.is_done
        is_over = bool(checked) or any(start <= 1 for start, _ in text.struck)
        for _ in range(2 if checked is False else 1):  # a day may stand before an issue, or behind it
            if checked is False and facts.due_on is None:
                rest = self._take_day(rest, text.line, facts)
            rest = self._peel(
                rest, text.line, facts, frozenset(named), has_url=bool(references), is_over=is_over
            )
        self._take_inner(rest, text.line, facts)
        if facts.is_declined:
            facts.is_done = None
        if facts.key is not None and not references:
            references.append(Reference(OTHER, None, None, facts.key))
        description = _tidy(facts.what or rest) or _tidy(words)
        return Promise(description[:_LIMIT], facts, references)

    def _set_apart(self, text: Text) -> str:
        """The words, with a colon behind a priority or a person that bold sets apart: "**P1** Add it"."""
        if not text.bold or text.bold[0][0] > 1 or text.is_bold:
            return text.text
        stop = text.bold[0][1]
        first, rest = text.text[:stop].strip(), text.text[stop:]
        is_person = re.fullmatch(NAME, first) is not None and self.people.may_be(first)
        if _BOLD_PRIORITY.fullmatch(first) or (
            is_person and self.people.is_surely(first) and opens_with_verb(rest.lstrip())
        ):
            return f"{first}: {rest.lstrip(' :')}"
        return text.text

    def facts_alone(self, text: Text) -> Facts | None:
        """The facts of a line that states nothing else, such as "Owner: Ana"; None for other words."""
        words = text.text.strip()
        if not words or len(words) > 600 or not _LABEL.match(words):
            return None
        facts = Facts()
        rest = self._take_labels(words, text.line, facts, only_known=False)
        return facts if not rest.strip(_EDGES + ".") else None

    def is_aside(self, text: Text) -> bool:
        """Whether a line is labelled as a detail of a promise: its estimate, its acceptance, its files."""
        match = _LABEL.match(text.text.strip()[:200])
        return match is not None and match.group("what") is None

    def due_in(self, words: str, line: int, *, is_open_ended: bool = False) -> date | None:
        """The date of a column or a label; None when none or several are written.

        `is_open_ended`: the head does not say that it is a due date, so only a day that lies ahead counts.
        """
        found = [m for m in moments(words[:80], self.calendar.reading) if m.has_date or m.is_ambiguous]
        if len(found) != 1 or re.search(rf"\b(?:{DONE_WORDS})\b", words, re.IGNORECASE):
            return None
        day = self._day(found[0], words, line)
        if is_open_ended and (day is None or self.calendar.day is None or day < self.calendar.day):
            return None
        return day

    def _take_day(self, words: str, line: int, facts: Facts) -> str:
        match = _DAY_LAST.search(words)
        day = self.due_in(match.group("day"), line, is_open_ended=True) if match is not None else None
        if match is None or day is None or _DUE_LAST.search(words[: match.start()]):
            return words
        facts.due_on = day
        return words[: match.start()]

    # --- labels

    def _take_brackets(self, words: str, line: int, facts: Facts, named: frozenset[str]) -> str:
        """The words without brackets that hold labelled facts and nothing else: "(P1, Owner: Ana)"."""
        if "(" not in words and "[" not in words:
            return words
        cuts: list[tuple[int, int]] = []
        for match in list(_BRACKET.finditer(words))[:8]:
            inside = match.group("inside")
            if ":" not in inside or ("," not in inside and ";" not in inside):
                continue
            said = self._pieces(inside, line, named)
            if said is not None and facts.is_free(said):
                facts.take(said)
                cuts.append(match.span())
        return _without(words, cuts)

    def _take_labels(self, words: str, line: int, facts: Facts, *, only_known: bool = True) -> str:
        """The words without their labelled facts, which go into `facts`."""
        if ":" not in words and "=" not in words:
            return words
        matches = [match for match in _LABEL.finditer(words) if match.lastgroup != "lead"]
        cuts: list[tuple[int, int]] = []
        for position, match in enumerate(matches):
            name = next(key for key in _LABELS if match.group(key) is not None)
            stop = matches[position + 1].start() if position + 1 < len(matches) else len(words)
            if name == "what":
                if position == 0 and not words[: match.start()].strip(_EDGES):
                    cuts.append((match.start(), match.end()))
                continue
            end = self._goes_on(name, words, match.end(), _value_end(words, match, stop, name))
            value = words[match.end() : end].strip(" \t*_,(")
            said = self._labelled(name, value, line)
            if said is None and only_known and (name != "aside" or not _on_own_line(words, match)):
                continue
            if said is not None:
                facts.take(said)
            opened = match.group("lead") in ("(", "[")
            if opened and words[end : end + 1] in (")", "]"):
                end += 1
            cuts.append((match.start(), end))
        return _without(words, cuts)

    def _goes_on(self, name: str, words: str, start: int, end: int) -> int:
        """Where a label's value ends when the promise follows it unmarked: "Owner: Ana Rotate the keys"."""
        value = words[start:end]
        if name == "owner":
            for match in list(re.finditer(r"[ \t]+(?=[A-Z][a-z])", value[:60]))[:3]:
                before = value[: match.start()].strip(" *_")
                rest = value[match.end() :]
                if re.fullmatch(NAME, before) and self.people.is_surely(before) and _asks(rest):
                    return start + match.start()
        elif name == "ticket":
            issue = re.match(rf"(?:{KEY}|[#!]\d{{1,9}}|https?://\S{{1,500}})[ \t]+", value)
            if issue is not None and _asks(value[issue.end() :]):
                return start + issue.end()
        elif name == "due":
            day = next(iter(moments(value[:40], self.calendar.reading)), None)
            rest = value[day.end :].lstrip() if day is not None and not value[: day.start].strip() else ""
            if day is not None and (_asks(rest) or _LABEL.match(rest) is not None):
                return start + day.end
        return end

    def _labelled(self, name: str, value: str, line: int) -> Facts | None:
        """What a label's value states; None when it is not of the label's kind."""
        if name == "owner":
            if not value or not is_value(value):
                return Facts()
            owner = named_owner(value)
            if owner is None or ":" in owner or len(owner) > 60 or len(owner.split()) > 8:
                return Facts() if len(value) <= 60 else None
            return Facts(owner=owner)
        if name == "due":
            day = self.due_in(value, line)
            return Facts(due_on=day) if day is not None or len(value) <= 30 else None
        if name == "priority":
            match = _PRIORITY.match(value)
            return Facts(priority=match.group("p") if match else value) if 0 < len(value) <= 30 else None
        if name == "status":
            return state(value) if len(value) <= 60 else None
        if name == "kind":
            return Facts(kind=value or None) if len(value) <= 60 else None
        if name == "ticket":
            return (
                Facts(names_issue=True)
                if len(value) <= 200 and (" " not in value or _short_issue(value))
                else None
            )
        return None

    def _take_detail(self, detail: Text, facts: Facts) -> None:
        for part in detail.lines():
            said = self.facts_alone(part)
            if said is not None:
                facts.take(replace(said, what=None))
                continue
            words = part.text.strip()
            if facts.is_done is None and len(words) <= 80 and words.isupper() | (len(words) <= 12):
                marked = status(words)
                facts.is_done = marked.is_done if marked is not None else None

    # --- peeling

    def _peel(
        self, words: str, line: int, facts: Facts, named: frozenset[str], *, has_url: bool, is_over: bool
    ) -> str:
        rest = _SPACE.sub(" ", words).strip()
        for _ in range(24):
            for shorter, said in self._ends(rest, line, named, has_url):
                if not facts.is_free(said) or (said.may_describe and not is_over):
                    continue
                facts.take(said)
                shorter = shorter.strip(_EDGES if not shorter.endswith("--") else " ")
                if len(shorter) >= 3 and re.search(r"[^\W\d_]{2}", shorter) is not None:
                    rest = shorter
                    break
            else:
                return rest
        return rest

    def _ends_with_fact(self, words: str, line: int, named: frozenset[str], has_url: bool) -> bool:
        return any(
            rest and words.startswith(rest) and (said.owner or said.due_on or said.is_done is not None)
            for rest, said in self._ends(words, line, named, has_url, is_inner=True)
        )

    def _ends(
        self, words: str, line: int, named: frozenset[str], has_url: bool, *, is_inner: bool = False
    ) -> Iterator[tuple[str, Facts]]:
        """Every way to take one fact from an end of the words: what remains, and the fact."""
        if words[:1] in "([{" or words[1:2] in "([{":
            match = _BRACKET_FIRST.match(words)
            said = self._pieces(match.group("inside"), line, named) if match is not None else None
            if (
                match is not None
                and said is not None
                and (said.owner is None or self.people.is_sure(match.group("inside")))
            ):
                yield words[match.end() :], said
        if words.rstrip(".! ")[-1:] in (")", "]", "}"):
            match = _BRACKET_LAST.search(words)
            if match is not None and (said := self._pieces(match.group("inside"), line, named)) is not None:
                yield words[: match.start()], said
        match = _TODO_OF.match(words)
        if match is not None:
            yield words[match.end() :], Facts(owner=match.group("who").lstrip("@"), is_done=False)
        match = MARK_FIRST.match(words)
        if match is not None:
            yield words[match.end() :], mark(match)
        match = MARK_LAST.search(words)
        if match is not None:
            yield words[: match.start()], mark(match)
        match = _OWNER_LAST.search(words)
        if match is not None and ("@" in match.group("who") or is_name(match.group("who"))):
            yield words[: match.start()], Facts(owner=match.group("who").lstrip("@"))
        match = _PRIORITY_FIRST.match(words)
        if match is not None:
            yield words[match.end() :], Facts(priority=match.group("p"))
        match = _KIND_FIRST.match(words)
        if match is not None:
            yield words[match.end() :], Facts(kind=match.group("kind"))
        match = _PRIORITY_LAST.search(words)
        if match is not None:
            yield words[: match.start()], Facts(priority=match.group("p") or match.group("p2"))
        for name in named:
            yield from _named_issue(words, name)
        if has_url and "://" in words:
            for pattern, keep_behind in ((_URL_FIRST, True), (_URL_LAST, False)):
                match = pattern.match(words) if keep_behind else pattern.search(words)
                if match is None:
                    continue
                rest = words[match.end() :] if keep_behind else words[: match.start()]
                if keep_behind or _stands(rest, match.group()):
                    yield rest, Facts()
        if "@" in words:
            yield from self._handles(words)
        match = _SOON_LAST.search(words[-60:])
        if match is not None:
            rest = words[: len(words) - len(words[-60:]) + match.start()]
            ends_with_owner = rest[-1:] == ")" or _HANDLE_LAST.search(rest) or _NAME_LAST.search(rest)
            if ends_with_owner:
                yield rest, Facts()
        if not is_inner and "-" in words[-200:] and (match := _KEY_LAST.search(words[-200:])) is not None:
            rest = words[: len(words) - len(words[-200:]) + match.start()].rstrip()
            if may_be_project(match.group("key")) and self._ends_with_fact(rest, line, named, has_url):
                yield rest, Facts(key=match.group("key"))
        yield from self._due_at_end(words, line)
        yield from self._dated_owner(words, line)
        yield from self._bare_name(words)

    def _handles(self, words: str) -> Iterator[tuple[str, Facts]]:
        match = HANDLES_OPENING.match(words)
        if match is not None:
            yield words[match.end() :], Facts(owner=owner_of(match.group("who")))
        match = HANDLES_AT_END.search(words)
        if match is not None and (match.group("mark") or not handles_taking_part(match.group("before"))):
            before = match.group("before") or ""
            if "/" in match.group("who") and not match.group("mark"):
                return  # "@scope/package" is no team
            if not match.group("mark") and " " not in words[: match.start("who")].strip() and before:
                return  # "Remove @Transactional": its object
            cut = match.start() + len(before)
            yield (
                re.sub(r"[ \t(]*\b(?:owner|assigned to|assignee)$", "", words[:cut], flags=re.IGNORECASE),
                Facts(owner=owner_of(match.group("who"))),
            )

    def _dated_owner(self, words: str, line: int) -> Iterator[tuple[str, Facts]]:
        """A day that lies ahead, behind an owner: "Add a test – @ana – 2024-05-01"."""
        match = _SEGMENT_LAST.search(words)
        found = _whole_date(match.group("day"), self.calendar) if match is not None else None
        if match is None or found is None:
            return
        rest = words[: match.start()]
        handle = HANDLES_AT_END.search(rest)
        if (handle is None or not handle.group("mark")) and self.people.bare_owner(rest) is None:
            return
        day = self._day(found, words, line)
        if day is not None and (self.calendar.day is None or day >= self.calendar.day):
            yield rest, Facts(due_on=day)

    def _due_at_end(self, words: str, line: int) -> Iterator[tuple[str, Facts]]:
        for match in list(_DUE.finditer(words))[-2:]:
            found = self._date_behind(words, match)
            if found is None or words[match.end() + found.end :].strip(" .)!"):
                continue
            if found.is_ambiguous and match.group("word").casefold() == "due":
                self._day(found, words[match.end() :], line)
                yield words[: match.start()].rstrip(" ,;(–—-"), Facts()
            day = self._day(found, words[match.end() :], line)
            if day is not None:
                yield words[: match.start()].rstrip(" ,;(–—-"), Facts(due_on=day)

    def _bare_name(self, words: str) -> Iterator[tuple[str, Facts]]:
        names = self.people.bare_owner(words)
        if names is None:
            return
        owner = ", ".join(each_name(names))
        if re.match(rf"\W{{0,3}}{re.escape(names)}", words):
            start = words.index(names) + len(names)
            match = _WILL.match(words, start)
            if match is not None:
                yield words[match.end() :], Facts(owner=owner)
        rest = words.rstrip(" \t.")
        before = rest.removesuffix(names.rstrip("."))
        match = _DASH_LAST.search(before[-8:]) if before != rest else None
        if match is not None:
            yield _OWNER_WORD.sub("", before[: -len(match.group())]), Facts(owner=owner)

    def _pieces(self, inside: str, line: int, named: frozenset[str]) -> Facts | None:
        """The facts that a bracket holds, when it holds nothing else."""
        alone = self._piece(inside.strip(), line, named, has_company=False)
        if alone is not None:
            return alone
        parts = [part for part in _PIECES.split(inside.strip()) if part]
        if len(parts) < 2:
            return None
        facts = Facts()
        owners: list[str] = []
        has_initials = False
        for part in parts:
            said = self._piece(part, line, named, has_company=True)
            if said is None and may_be_initials(part):
                said = Facts(owner=part)
                has_initials = True
            if said is None or (said.owner is None and not facts.is_free(said)):
                return None
            if said.owner is not None:
                owners.append(said.owner)
                said = replace(said, owner=None)
            facts.take(said)
        if has_initials and facts.due_on is None:
            return None  # beside a day capitals are initials, elsewhere mostly something else
        facts.owner = ", ".join(owners) or None
        if facts.key is not None and facts.owner is None and facts.due_on is None:
            return None
        return facts

    def _piece(self, words: str, line: int, named: frozenset[str], *, has_company: bool) -> Facts | None:
        words = words.strip(" .*_")
        if not words:
            return Facts()
        said = status(words)
        if said is not None:
            return said
        if _ISSUE_ALONE.fullmatch(words):
            return Facts(names_issue=True)
        if _KIND_ALONE.fullmatch(words):
            return Facts(kind=words)
        priority = _PRIORITY.fullmatch(words)
        if priority is not None:
            return Facts(priority=priority.group("p"))
        bare = _ISSUE_LABEL_FIRST.sub("", words)
        if bare in named or words in named or re.fullmatch(r"https?://\S+", bare):
            return Facts(names_issue=True)
        if has_company and re.fullmatch(KEY, words) and may_be_project(words):
            return Facts(key=words)
        label = _LABEL.match(words)
        if label is not None:
            name = next(key for key in _LABELS if label.group(key) is not None)
            if _LABEL.search(words, label.end()) is not None:
                return None
            said = self._labelled(name, words[label.end() :], line)
            return said if said is not None and said != Facts() else None
        match = _OWNER_FIRST.match(words)
        owner = self.people.in_brackets(words[match.end() :] if match else words)
        if owner is not None:
            return Facts(owner=owner)
        if has_company and _SOON.fullmatch(words):
            return Facts()
        due = _DUE.match(words) or (_UNTIL.match(words) if has_company else None)
        if due is not None or (has_company and words[:1].isdigit() | words[:3].istitle()):
            found = self._date_behind(words, due) if due else _whole_date(words, self.calendar)
            if found is not None and (due is None or not words[due.end() + found.end :].strip()):
                day = self._day(found, words, line)
                ahead = day is not None and (self.calendar.day is None or day >= self.calendar.day)
                return Facts(due_on=day) if due is not None or ahead else None
        return None

    # --- the middle

    def _take_inner(self, words: str, line: int, facts: Facts) -> None:
        """Facts that stand inside the sentence: read, not cut."""
        if facts.owner is None:
            match = _OWNER_SENTENCE.search(words)
            if match is not None and ("@" in match.group("who") or is_name(match.group("who"))):
                facts.owner = match.group("who").lstrip("@")
        team = _TEAM_WILL.match(words)
        if facts.owner is None and team is not None:
            facts.owner = re.sub(r"^(?:our|the) ", "", team.group("who"), flags=re.IGNORECASE)
        if facts.owner is None and "(" in words:
            for match in list(_BRACKET.finditer(words))[:6]:
                inside = match.group("inside").strip()
                is_last = _POINTERS.fullmatch(words, match.end()) is not None
                if HANDLES.fullmatch(inside):
                    facts.owner = owner_of(inside)
                elif is_last:
                    facts.owner = self.people.in_brackets(inside)
                if facts.owner is not None:
                    break
        if facts.due_on is None:
            facts.due_on = self._due_inside(words, line)

    def _due_inside(self, words: str, line: int) -> date | None:
        for match in list(_DUE.finditer(words))[:8]:
            found = self._date_behind(words, match)
            if found is None:
                continue
            sure = re.fullmatch(_DUE_SURE, match.group("word"), re.IGNORECASE) is not None
            behind = words[match.end() + found.end :].lstrip(" ")
            if sure or (
                match.group("word").casefold() == "by"
                and behind[:1] in (".", ",", ";", ")", "(", "")
                and not _PARTICIPLE.search(words[: match.start()][-30:])
            ):
                return self._day(found, words[match.end() :], line)
        return None

    def _date_behind(self, words: str, match: re.Match[str]) -> Moment | None:
        rest = words[match.end() : match.end() + 40]
        found = moments(rest, self.calendar.reading)
        if not found or not (found[0].has_date or found[0].is_ambiguous):
            return None
        before = re.sub(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?", "", rest[: found[0].start])
        if before.strip(" *_("):
            return None
        if match.group("word").casefold() in ("by", "before") and _PARTICIPLE.search(
            words[: match.start()][-30:]
        ):
            return None
        return found[0]

    def _day(self, moment: Moment, words: str, line: int) -> date | None:
        if moment.is_ambiguous:
            self.calendar.doubts.note("date_ambiguous", line, squeeze(words, 40))
            return None
        day = self.calendar.date_of(moment)
        reference = self.calendar.day
        if day is not None and moment.day is None and reference is not None and day < reference:
            try:  # a promise lies ahead: "by 15 January" in a document of December is next year's
                day = day.replace(year=reference.year + 1)
            except ValueError:
                return None
        return day

    def _references(self, text: Text, details: list[Text]) -> list[Reference]:
        found: list[Reference] = []
        for part in (text, *details):
            for reference in self.trackers.references(part):
                if all((reference.key, reference.url) != (known.key, known.url) for known in found):
                    found.append(reference)
        return found


_PRIORITY_NAMED = re.compile(
    rf"\b(?P<p>{_PRIORITY_WORD})[ \t-]+prio(?:rity)?\b|\bprio(?:rity)?[ \t]*[:=]?[ \t]*"
    rf"(?P<p2>{_PRIORITY_WORD}|[1-5]\b)"
    rf"|^\W{{0,4}}(?P<p3>(?-i:P[0-5])\b|(?:critical|high|medium|low)(?=\W*(?:$|\()))",
    re.IGNORECASE,
)


def priority_of(words: str) -> str | None:
    """The priority that a heading or a label names: "High priority", "P1 – must do", "Priority: critical"."""
    match = _PRIORITY_NAMED.search(words[:80])
    return next((group for group in match.groups() if group), None) if match is not None else None


def _named_issue(words: str, name: str) -> Iterator[tuple[str, Facts]]:
    if name not in words:
        return
    value = re.escape(name)
    said = Facts(names_issue=True)
    match = re.match(
        rf"\W{{0,3}}{value}(?![\w-])[ \t]*[\])]?[ \t]*(?:[:,|]|[-–—](?=\s)|(?=\()|(?<=\s)(?=[A-Z@]))[ \t]*",
        words,
    )
    if match is not None:
        yield words[match.end() :], said
    match = re.match(rf"\W{{0,2}}[(\[][ \t]*{value}[ \t]*[)\]][ \t]*:?[ \t]*", words)
    if match is not None:
        yield words[match.end() :], said
    match = re.search(
        rf"[ \t]*(?:[-–—:,;|→][ \t]*)?[(\[]?[ \t]*(?:\b{_ISSUE_LABEL}\b[ \t]*(?:no\b\.?|key"
        rf"|number)?[ \t]*[:=]?[ \t]*)?(?<![\w/-]){value}"
        rf"(?P<more>(?:[ \t]*(?:,|&|and)[ \t]*[A-Z][A-Z0-9_]+-\d+)*)[ \t]*[)\]]?[ \t]*\.?$",
        words,
        re.IGNORECASE,
    )
    if match is not None and match.start() > 0 and _stands(words[: match.start()], match.group()):
        yield words[: match.start()], said
    for match in re.finditer(
        rf"[ \t]*[(\[][ \t]*(?:{_ISSUE_LABEL}[ \t]*[:=]?[ \t]*)?{value}[ \t]*[)\]]", words, re.IGNORECASE
    ):
        yield words[: match.start()] + words[match.end() :], said
        return


def _stands(rest: str, cut: str) -> bool:
    """Whether a sentence stands without the issue at its end: "See OPS-3" does not, "Add alerts OPS-3""
    " does."""
    if cut.lstrip()[:1] in "([-–—:,;|→" and len(rest.split()) >= 2:
        return True
    return len(rest.split()) >= 2 and _ASKS_FOR_MORE.search(rest) is None


def _value_end(words: str, match: re.Match[str], stop: int, name: str) -> int:
    opened = {"(": ")", "[": "]"}.get(match.group("lead").strip()[:1])
    if opened is not None:
        closing = words.find(opened, match.end(), stop)
        if closing >= 0:
            return closing
    end = _VALUE_END.search(words, match.end(), stop)
    edge = end.start() if end is not None else stop
    if name in ("owner", "priority", "status", "kind", "due"):
        bracket = re.search(r"[ \t][(\[]", words[match.end() : edge])
        if bracket is not None:
            edge = match.end() + bracket.start()
    who = HANDLES.match(words, match.end(), edge) if name == "owner" else None
    if who is not None and re.match(r"[ \t]+(?!and\b)[^\W\d_]", words[who.end() : edge]):
        return who.end()  # "Owner: @ana Rotate keys"
    if name == "owner" and "@" not in words[match.end() : edge]:
        comma = re.search(
            rf",(?![ \t]*(?:{NAME})(?:[ \t]*[,&.;|)\n]|[ \t]+and\b|$))", words[match.end() : edge]
        )
        if comma is not None:
            edge = match.end() + comma.start()
    return edge


def _on_own_line(words: str, match: re.Match[str]) -> bool:
    return match.group("lead") == "\n" or match.start() == 0


def _asks(words: str) -> bool:
    """Whether words by themselves say what is to be done."""
    return words[:1].isupper() and len(words.split()) >= 3 and opens_with_verb(words)


def _short_issue(value: str) -> bool:
    return bool(re.fullmatch(r"[^\n]{1,60}", value)) and bool(
        re.search(r"\d|tbd|tba|none|n/a", value, re.IGNORECASE)
    )


def _without_pointer(words: str, text: Text) -> str:
    """The words without a link at their end that is called "issue" or "PR" and no more."""
    for link in text.links[-1:]:
        label = link.label.strip()
        cut = len(words.rstrip(" .")) - len(label)
        if _POINTER.fullmatch(label) and words[cut : cut + len(label)] == label:
            rest = words[:cut].rstrip()
            return rest if _stands(rest, "") and rest[-1:] not in "([" else words
    return words


def _whole_date(words: str, calendar: Calendar) -> Moment | None:
    found = moments(words, calendar.reading)
    if (
        len(found) == 1
        and found[0].has_date
        and not (words[: found[0].start] + words[found[0].end :]).strip()
    ):
        return found[0]
    return None


def _without(words: str, cuts: list[tuple[int, int]]) -> str:
    rest: list[str] = []
    start = 0
    for begin, end in cuts:
        rest.append(words[start:begin])
        start = max(start, end)
    rest.append(words[start:])
    return " ".join(part for part in (part.strip(" \t") for part in rest) if part) if cuts else words


def _tidy(words: str) -> str:
    text = _SPACE.sub(" ", words)
    text = _LOOSE_END.sub("", text).lstrip(_EDGES).rstrip(_EDGES + "=>")
    return _SPACE_BEFORE_MARK.sub(r"\1", text)
