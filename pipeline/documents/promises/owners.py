"""Who owns a promise: people, handles and teams, told from technologies, catchwords and ordinary words.

A bare name counts only when the document names that person elsewhere, when it is a given name, or where a
list makes a habit of it; and never when its words also stand in lower case somewhere in the document, as a
person's do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.documents.promises.marks import DONE_WORDS
from pipeline.documents.promises.proper_nouns import GIVEN_NAMES, NO_NAMES, PLACES, PLACES_OPEN
from pipeline.documents.statements import is_value

_NAME_WORD = r"(?:[A-Z]\.|[A-ZÀ-ÖØ-Þ][\w'’-]{0,20})"
NAME = rf"{_NAME_WORD}(?:[ \t]{_NAME_WORD}){{0,2}}"
_HANDLE = r"@[A-Za-z][\w.-]{0,38}\w(?:/[\w.-]{1,40}\w)?"
_AND = r"[ \t]*(?:(?:,|&|\+|/|;|\band\b)[ \t]*)+"
#: Handles own at the opening, in brackets, behind a mark or at the end of a promise; else they take part.
_HANDLES = (
    rf"(?<![\w@/.]){_HANDLE}(?:(?:[ \t,&+/;]|\band\b){{1,8}}{_HANDLE}){{0,5}}(?![\w@]*\.(?:com|org|net|io)\b)"
)
HANDLES = re.compile(_HANDLES)
HANDLES_OPENING = re.compile(
    rf"(?P<who>{_HANDLES})(?:[ \t]*[:–—-][ \t]+|[ \t]*:[ \t]*|[ \t]+(?:to|will)[ \t]+|[ \t]+)(?=\S)"
)
HANDLES_AT_END = re.compile(
    rf"(?P<before>\S+)?(?P<mark>[ \t]*[:–—,;|→-])?[ \t]+(?P<who>{_HANDLES})[ \t]*\.?$"
)
#: "follow up with @ana" asks Ana; it does not name the owner.
_TAKES_PART = re.compile(
    r"\W*(?:with|from|for|via|using|about|and|by|than|of|or|ask|tell|ping|thanks?|cc)\W*", re.IGNORECASE
)
_TEAM = re.compile(
    r"(?:the )?(?:[A-Z0-9][\w&/+.-]{0,24}|[a-z][\w-]{1,20})(?: (?:[\w&/+.-]{1,20})){0,2} (?:team|squad|guild"
    r"|group|crew|tribe)s?",
    re.IGNORECASE,
)
_TEAM_SHORT = re.compile(r"(?:SRE|DevOps|SecOps|NetOps|Ops|QA|DBA|DBRE|Infra|Platform)s?", re.IGNORECASE)
_NAMES = rf"{NAME}(?:(?:[ \t]?[,&+/][ \t]?|[ \t]and[ \t]){NAME}){{0,3}}"
#: Where bare names may stand: "Ana – add a test", "Ana to add a test", "Add a test — Ana".
_BARE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("before_dash", re.compile(rf"\W{{0,3}}(?P<name>{_NAMES})[ \t]+[-–—][ \t]+(?=\S+ \S)")),
    ("before_colon", re.compile(rf"\W{{0,3}}(?P<name>{_NAMES}):[ \t]+(?=\S+ \S)")),
    ("before_to", re.compile(rf"\W{{0,3}}(?P<name>{_NAMES})(?:[ \t]+will|[ \t]+to)[ \t]+(?=[a-z]+ \S)")),
    ("behind_dash", re.compile(rf"[ \t](?:[-–—]|--|[-=]>)[ \t]*(?P<name>{_NAMES})[ \t]*\.?[ \t]*$")),
)
#: What may stand behind a bare name: "Add a test - Ana - DONE".
_TAIL = re.compile(
    rf"(?:[ \t][-–—]|[,;|])[ \t]*(?:due\b[^–—;|]{{0,30}}|{DONE_WORDS}|to ?do|open|in progress|wip|P[0-5]"
    rf"|\d{{4}}-\d\d-\d\d|[A-Z][A-Z0-9]{{1,9}}-\d{{1,6}})[.!]?\s*$",
    re.IGNORECASE,
)
#: What people do in an account, and programs do not.
_ACTS = re.compile(
    r"(?:join(?:s|ed)|notice[sd]|suspect(?:s|ed)"
    r"|reali[sz]e[sd]|investigate[sd]|declare[sd]|ack(?:s|ed)|acknowledge[sd] the|(?:is|was|gets|got) paged"
    r"|remember(?:s|ed)|suggest(?:s|ed)|volunteer(?:s|ed))\b"
)
_INITIALS = re.compile(r"[A-Z]{2,3}")
_LOWER_WORD = re.compile(r"(?<![\w@./-])[a-zß-öø-ÿ]{3,21}(?![\w@/-]|\.[a-z])")
#: How people are called where they log in: "ana.silva", "ana@example.com".
_LOGIN = re.compile(
    r"(?P<first>[a-zß-öø-ÿ]{3,20})(?:[._][a-zß-öø-ÿ]{1,25})?"
    r"|[\w.+-]{1,40}@[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,20}){1,4}"
)
_NO_OWNER = re.compile(
    r"\W*(?:(?:full |your |the )?(?:names?|owners?|persons?|people|assignees?|teams?|engineers?|engineer name"
    r"|users?"
    r"|handles?|someone|anyone|nobody|no one|everyone|person responsible|who)(?: names?| here)?|un-?assigned"
    rf"|{DONE_WORDS}|open|to ?do|in progress|pending"
    r"|unowned|unknown|to be .{1,30}|not (?:yet )?(?:assigned|decided|set).{0,20}|x+|me)\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\W*\d[\d\W]*")
#: Capitalised in a promise, but no people.
_NOT_NAMES = """
access action actions add airflow akamai alerting alertmanager alerts all amazon analytics android angular
ansible any anyone api apis app apple application april architecture argocd assess audit august auth auth0
authentication automate automated automation availability aws azure backend backlog backup backups bash
bitbucket blocked bug bugs build business cache caching capacity cassandra caution cd cdn change changes
chaos check chef ci circleci cleanup cli client cloud cloudflare cloudwatch cluster code comms communication
communications complete completed compliance config configuration confluence consider consul core could
create critical culture customer customers data database databases datadog december dependencies deploy
deployment deployments design detect detection dev devops disable django dns docker docs document
documentation done draft e.g edge elasticsearch email enable end engineering ensure envoy epic error errors
escalation evaluate everyone evidence example external fastly feature february firewall fix fixed flask
flink flux follow friday frontend future gateway gcp git github gitlab go goal google governance grafana
hardening hardware helm high hotfix how i.e iam ibm immediate impact implement implemented important improve
improvement improvements incident increase info infra infrastructure ingress internal investigate ios issue
issues istio it january java jenkins jira july june kafka kernel kotlin kubernetes laravel later latency
leadership legal lessons link linux load logging logs loki long low maintenance make management march may
medium memory meta metrics microsoft migrate migration migrations mitigate mitigation mobile monday mongodb
monitor monitoring month move must mysql network networking new next nginx nice no nobody node nodes none
note notes notification notion november now observability october off okta old on ongoing open opensearch
operations ops opsgenie optimisation optimization option optional oracle outage owner packages pagerduty
partner partners patch payment payments pending people performance perl permissions phase php pingdom
pipeline plan planned platform policy postgres postmortem pr prevent prevention priority process processes
prod product production prometheus proxy pulumi puppet python q1 q2 q3 q4 quality quarter queue rabbitmq
rails rate rca react recovery recurring redis reduce regression release releases reliability remediation
remove repair required resilience resource resources responder response retro review reviews risk roles
rollback rollout root router routing ruby runbook runbooks rust safety scala scaling schedule scheduler
schema scope sdk search security see sentry september server servers service services set setup shell short
should slack smoke someone soon spark spike spinnaker spring sprint sre ssl stability staging standard
status step storage store story stretch stripe summary support swift system systems tasks task tba tbd team
teams tech technical tempo term terraform test testing tests that the these they this those thursday ticket
tip tls today todo tomorrow tooling tools tracing traefik training travis tuesday twilio ui unassigned
unknown update updates upgrade upgrades urgent us use user users validation vault vendor version visibility
vpn vue warning we web website wednesday week what when where why windows wip worker workers workflow write
year yes yesterday zoom
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())
_IN_BRACKETS = re.compile(r"[\[<{(].*[\]>})]")
_BETWEEN_OWNERS = re.compile(r"\s*(?:,|&|\+|;|\band\b)\s*")
_BETWEEN_NAMES = re.compile(r"[\s,&/]+")
_CAPITALS = re.compile(r"[A-Z]{2,}")
_CAMEL = re.compile(r"[a-z][A-Z]")
_WHOLE_NAME = re.compile(NAME)
#: No name that stands alone ends like this.
_NOUN_ENDING = re.compile(
    r"(?:tion|sion|ment|ity|ness|ance|ability|ware|base|work|ups|tional|able|less|ful|ous|ics|ism|ward"
    r"|file|hub|script|stack|flow|box|shop|desk|server|cloud|sql|ql|ing)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class People:
    """Who the document knows: `known` names and first names in lower case, and all that it says, `told`."""

    known: frozenset[str] = frozenset()
    told: str = ""
    habits: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()

    @classmethod
    def of(cls, known: frozenset[str], texts: Iterable[str]) -> People:
        """From names found elsewhere, and all that the document says."""
        initials = {
            "".join(part[0] for part in parts).upper()
            for name in known
            for parts in (name.split(), re.split(r"[\s-]+", name))
            if 2 <= len(parts) <= 3 and all(parts)
        }
        return cls(known, "\n".join(texts), frozenset(), frozenset(initials))

    def with_habits(self, promises: Iterable[str]) -> People:
        """Also the forms in which at least two promises, and half of all, carry a bare name."""
        written = list(promises)
        counts: dict[str, int] = {}
        for words in written:
            for form, _ in self._bare_names(_without_tail(words)):
                counts[form] = counts.get(form, 0) + 1
        habits = {form for form, count in counts.items() if count >= 2 and count * 2 >= len(written)}
        return replace(self, habits=frozenset(habits - {"before_colon"}))  # a colon follows catchwords, too

    def bare_owner(self, words: str) -> str | None:
        """The names that stand bare in a promise, as written, when their form is a habit or they surely are
        some."""
        for form, names in self._bare_names(words):
            if form in self.habits or all(map(self.is_surely, each_name(names))):
                return names
        return None

    def knows(self, name: str) -> bool:
        """Whether the document names this person elsewhere, or tells what only people do."""
        parts = name.casefold().split()
        if not parts or name.casefold() in self.known or parts[0] in self.known:
            return bool(parts)
        first = name.split()[0]
        at = self.told.find(f"{first} ")
        while at >= 0:
            if _ACTS.match(self.told, at + len(first) + 1) is not None and self.told[at - 1 : at] in (
                "",
                " ",
                "\n",
            ):
                return not (_names_no_person(parts[:1]) or self._is_word(parts[0]))
            at = self.told.find(f"{first} ", at + 1)
        return False

    def is_surely(self, name: str) -> bool:
        """Whether capitalised words are a person for certain: one of the document's, or a given name."""
        return self.knows(name) or name.split()[0].casefold() in GIVEN_NAMES

    def may_be(self, name: str) -> bool:
        """Whether capitalised words may be a person: no place, time or technology, no word that the document
        uses as one."""
        if not is_name(name):
            return False
        parts = name.replace("’", "'").casefold().split()
        return self.knows(name) or not (_names_no_person(parts) or any(map(self._is_word, parts)))

    def _is_word(self, part: str) -> bool:
        """Whether the document uses it as a word in lower case."""
        at = self.told.find(part)
        while at >= 0:
            match = _LOWER_WORD.match(self.told, at)
            is_set_apart = at > 0 and self.told[at - 1] in "(<{[" and part in GIVEN_NAMES  # a handle
            if match is not None and match.group() == part and not is_set_apart:
                return True
            at = self.told.find(part, at + 1)
        return False

    def in_brackets(self, words: str) -> str | None:
        """The owner that brackets hold alone: a name, handles, a team, or initials of someone known."""
        words = words.strip(" .")
        if HANDLES.fullmatch(words):
            return owner_of(words)
        login = _LOGIN.fullmatch(words)
        if is_team(words) or (login is not None and ("@" in words or login.group("first") in GIVEN_NAMES)):
            return words
        parts = re.split(_AND, words)
        if len(words) > 80 or not all(parts):
            return None
        if all(part in self.initials or self._is_full(part) for part in parts):
            return _joined(parts)
        return None

    def is_sure(self, inside: str) -> bool:
        """Whether an owner that opens a promise in brackets is one, and no part of a system: "[Basket]"."""
        names = re.findall(NAME, inside)
        return bool(HANDLES.search(inside) or is_team(inside.strip()) or "owner" in inside.casefold()) or any(
            self.is_surely(name) or name in self.initials for name in names
        )

    def is_owner_alone(self, words: str) -> bool:
        """Whether a label above promises is nothing but their owner, for certain."""
        words = words.strip(" :.*")
        if HANDLES.fullmatch(words) or _TEAM.fullmatch(words):
            return True
        return _WHOLE_NAME.fullmatch(words) is not None and is_name(words) and self.knows(words)

    def may_own(self, words: str) -> bool:
        """Whether a label may be an owner, where all beside it may be, too."""
        words = words.strip(" :.*")
        if self.is_owner_alone(words):
            return True
        return (
            re.fullmatch(rf"{_NAME_WORD}(?:[ \t]{_NAME_WORD})?", words) is not None
            and self.may_be(words)
            and not _NOUN_ENDING.search(words)
            and not (" " not in words and words.casefold().endswith("ing"))
        )

    def _is_full(self, part: str) -> bool:
        return _WHOLE_NAME.fullmatch(part) is not None and self.may_be(part)

    def _bare_names(self, words: str) -> Iterable[tuple[str, str]]:
        for form, pattern in _BARE:
            match = pattern.search(words[-200:]) if form == "behind_dash" else pattern.match(words)
            if match is not None and all(map(self.may_be, each_name(match.group("name")))):
                yield form, match.group("name")


def _names_no_person(parts: list[str]) -> bool:
    if any(part.strip(".") in NO_NAMES for part in parts) or parts[0] in PLACES_OPEN:
        return True
    is_one = len(parts) == 1 and parts[0] not in GIVEN_NAMES and _NOUN_ENDING.search(parts[0]) is not None
    return is_one or all(part in PLACES for part in parts)


def named_owner(value: str) -> str | None:
    """The owner that a label or a column states, tidied; None for placeholders and for anything but a"
    " name."""
    value = " ".join(value.split()).strip(" \t*_.,;:|")
    bracketed = _IN_BRACKETS.fullmatch(value)
    inside = value.strip("[]<>{}() ")
    if not inside or not is_value(value) or _NO_OWNER.fullmatch(value) or _NUMBER.fullmatch(inside):
        return None
    if bracketed is not None and "@" not in value and not _WHOLE_NAME.fullmatch(inside):
        return None
    if bracketed is not None and value[0] in "<{":
        return None
    if bracketed is not None and not is_name(inside) and "@" not in value:
        return None  # "[Engineer]" is the form's
    value = inside if bracketed else value
    value = re.sub(r"(?<![\w.])@(?=\w)", "", value)
    value = re.sub(r"\s*(?:,|&|\+|;|\band\b)\s*(?=\S)", ", ", value) if _is_list(value) else value
    return value if len(value) <= 80 else None


def may_be_initials(words: str) -> bool:
    """Whether capitals may be somebody's initials: no abbreviation that is in common use."""
    return (
        _INITIALS.fullmatch(words) is not None
        and words.casefold() not in NOT_NAMES
        and words.casefold() not in NO_NAMES
        and words.casefold() not in PLACES
    )


def _without_tail(words: str) -> str:
    rest = words[-300:]
    for _ in range(4):
        match = _TAIL.search(rest[-60:])
        if match is None:
            break
        rest = rest[: len(rest) - len(rest[-60:]) + match.start()]
    return words[:-300] + rest


def each_name(names: str) -> list[str]:
    """The names of "Ana, Bo and Cy"."""
    return [name for name in re.split(r"[ \t]?[,&+/][ \t]?|[ \t]and[ \t]", names) if name]


def handles_taking_part(before: str | None) -> bool:
    """Whether the word before a handle only lets its person take part."""
    return before is not None and _TAKES_PART.fullmatch(before) is not None


def is_team(words: str) -> bool:
    """Whether words name a team: "Platform team", "SRE"."""
    return _TEAM.fullmatch(words) is not None or _TEAM_SHORT.fullmatch(words) is not None


def is_name(name: str) -> bool:
    """Whether capitalised words may be people: no technology, no ordinary word, no abbreviation."""
    parts = _BETWEEN_NAMES.split(name)
    return all(part.casefold().strip(".") not in NOT_NAMES for part in parts) and not _looks_technical(name)


def owner_of(who: str) -> str:
    """Handles, one or several, as an owner."""
    return _joined(re.findall(_HANDLE, who))


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part.strip().lstrip("@") for part in parts)


def _is_list(value: str) -> bool:
    parts = _BETWEEN_OWNERS.split(value)
    return len(parts) > 1 and all(
        re.fullmatch(rf"@?(?:{NAME}|[\w.-]+)(?: \([^)]*\))?", part) for part in parts
    )


def _looks_technical(name: str) -> bool:
    if any(character.isdigit() or character == "_" for character in name):
        return True
    if _CAMEL.search(name) and not re.match(r"(?:Mc|Mac|De|Di|Le|La|O)[A-Z]", name):
        return True
    return any(_CAPITALS.fullmatch(word) is not None for word in _BETWEEN_NAMES.split(name))
