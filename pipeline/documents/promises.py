"""The words of one promise: who made it, and what it says without owner, key, date, priority and mark.

An owner is read from a label, a handle or brackets; a bare name before or behind a dash, or before "to", only
when the document names that person elsewhere or writes its other promises the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME_WORD = r"(?:[A-Z]\.|[A-ZÀ-ÖØ-Þ][\w'’-]{0,20})"
NAME = rf"{_NAME_WORD}(?:[ \t]{_NAME_WORD}){{0,2}}"
#: Where a bare name may stand: "Ana – add a test", "Ana to add a test", "Add a test — Ana".
_BARE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("before_dash", re.compile(rf"\W{{0,3}}(?P<name>{NAME})[ \t]+[-–—][ \t]+(?=\S+ \S)")),
    ("before_colon", re.compile(rf"\W{{0,3}}(?P<name>{NAME}):[ \t]+(?=\S+ \S)")),
    ("before_to", re.compile(rf"\W{{0,3}}(?P<name>{NAME})(?:[ \t]+will|[ \t]+to)[ \t]+(?=[a-z]+ \S)")),
    ("behind_dash", re.compile(rf"[ \t](?:[-–—]|--)[ \t]*(?P<name>{NAME})[ \t]*\.?[ \t]*$")),
)
#: Capitalised in a promise, but no people.
_NOT_NAMES = """
action add airflow akamai alerting alertmanager all amazon angular ansible anyone api apple april argocd
august auth0 automate aws azure backend backlog bash bitbucket blocked bug cassandra caution cd cdn
change check chef ci circleci cli closed cloudflare cloudwatch complete completed confluence consider
consul could create critical customers database datadog december design detect detection dev devops
disable django dns docker document documentation done draft e.g elasticsearch enable engineering ensure
envoy epic evaluate everyone example external fastly february fix fixed flask flink flux follow friday
frontend gcp git github gitlab go goal google grafana helm high how i.e ibm immediate impact implement
implemented important improve incident increase info infrastructure internal investigate issue istio it
january java jenkins jira july june kafka kotlin kubernetes laravel later leadership legal link linux
loki long low make management march may medium meta microsoft mitigate mitigation monday mongodb
monitoring month move must mysql network new next nginx nice no nobody node none note notion november
now october okta old ongoing open opensearch operations ops opsgenie option optional oracle outage owner
pagerduty pending people perl phase php pingdom plan planned platform postgres postmortem pr prevent
prevention process prod product production prometheus pulumi puppet python q1 q2 q3 q4 quarter rabbitmq
rails react recurring redis reduce remove repair required retro review ruby rust scala sdk security see
sentry september set shell short should slack someone soon spark spike spinnaker spring sprint sre ssl
staging status step story stretch stripe summary support swift task tba tbd team teams technical tempo
term terraform test that the these they this those thursday ticket tip tls today todo tomorrow traefik
travis tuesday twilio ui unassigned unknown update upgrade urgent us use users vault vue warning we
wednesday week what when where why windows wip write year yes yesterday zoom
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())
_OWNER_WORDS = r"(?:owners?|assignees?|assigned(?: to)?|owned by|responsible|dri|who|lead|poc)"
_ISSUE_WORDS = r"(?:jira|tickets?|issues?|bug|tracked(?: in| as| by| under)?|tracking|see|ref)"
_JOINT = r"[ \t]*(?:[,;·|→]|[-–—](?=[ \t])|(?<=[ \t])[-–—])?[ \t]*"
_SPACE = re.compile(r"\s+")
_EMPTY = re.compile(r"[(\[]\s*(?:[,;/&]|and)*\s*[)\]]")
_TRAILING_DUE = re.compile(r"[\s,;(\[–—-]+(?:due|by|eta)\b[^-–—]{0,12}\d[^–—]{0,20}$", re.IGNORECASE)
_LOOSE_END = re.compile(r"\s*[(\[]+\s*$|\s+[-–—:,;|]+\s*\.?\s*$")
_PRIORITY = r"(?:P[0-5]|highest|high|medium|low|lowest|critical|urgent)"
_PRIORITY_MARK = re.compile(
    rf"^\W{{0,3}}{_PRIORITY}\s*(?:[:\])]|[-–—](?=\s))\s*"
    rf"|[ \t]*[(\[]\s*(?:prio(?:rity)?\s*[:=]?\s*)?{_PRIORITY}"
    rf"(?:\s+prio(?:rity)?)?\s*[)\]]|{_JOINT}\bprio(?:rity)?\s*[:=]?\s*{_PRIORITY}\b\.?"
    rf"|(?:[,;]|\s[-–—])\s*{_PRIORITY}\s*$",
    re.IGNORECASE,
)
_LEADING_URL = re.compile(r"^\W{0,3}https?://\S+\s+[-–—:]\s+(?=\S)|^\W{0,3}https?://\S+:\s+(?=\S)")
_TRAILING_URL = re.compile(
    rf"{_JOINT}[(\[]?\s*(?:{_ISSUE_WORDS}\s*:?\s*)?https?://[^\s)\]]+\s*[)\]]?\s*\.?$", re.IGNORECASE
)


def bare_owner(words: str, habits: frozenset[str], people: frozenset[str]) -> str | None:
    """The name that stands bare in a promise, when its form is a habit here or the person is known."""
    for form, name in _bare_names(words):
        is_habit = form in habits and form != "before_colon"  # a colon follows catchwords, too
        if is_habit or name.casefold() in people or name.split()[0].casefold() in people:
            return name
    return None


def habits_of(promises: Iterable[str]) -> frozenset[str]:
    """The forms in which at least two promises, and half of all, carry a bare name."""
    written = list(promises)
    counts: dict[str, int] = {}
    for words in written:
        for form, _ in _bare_names(words):
            counts[form] = counts.get(form, 0) + 1
    return frozenset(form for form, count in counts.items() if count >= 2 and count * 2 >= len(written))


def _bare_names(words: str) -> Iterable[tuple[str, str]]:
    words = _TRAILING_DUE.sub("", words)
    for form, pattern in _BARE:
        match = pattern.search(words) if form == "behind_dash" else pattern.match(words)
        if match is not None and is_name(match.group("name")):
            yield form, match.group("name")


def is_name(name: str) -> bool:
    """Whether capitalised words may be people: no technology, no ordinary word, no abbreviation."""
    parts = re.split(r"[\s,&/]+", name)
    return all(part.casefold().strip(".") not in NOT_NAMES for part in parts) and not _looks_technical(name)


def _looks_technical(name: str) -> bool:
    if any(character.isdigit() or character == "_" for character in name):
        return True
    if re.search(r"[a-z][A-Z]", name) and not re.match(r"(?:Mc|Mac|De|Di|Le|La|O)[A-Z]", name):
        return True
    return any(re.fullmatch(r"[A-Z]{2,}", word) is not None for word in re.split(r"[\s,&/]+", name))


def plain_description(
    words: str, *, owner: str | None, keys: Iterable[str], due: str | None, has_priority: bool, has_url: bool
) -> str:
    """What is promised: `words` without the owner, keys, due date and priority that were read from them.

    What stands in the middle of a sentence stays, since the sentence needs it.
    """
    patterns = [pattern for key in keys for pattern in _around(re.escape(key), _ISSUE_WORDS)]
    if owner:
        name = rf"@?{re.escape(owner)}"
        patterns += _around(name, _OWNER_WORDS)
        patterns += [
            re.compile(rf"^\W{{0,3}}{name}(?:[ \t]+(?:to|will)[ \t]+|[ \t]*[-–—:,][ \t]+)(?=\S)"),
            re.compile(rf"{_JOINT}\**\b{_OWNER_WORDS}\b\**\s*[:=]?\**\s*{name}\.?", re.IGNORECASE),
        ]
    if due:
        patterns.append(
            re.compile(rf"{_JOINT}[(\[]?\s*{re.escape(due)}\s*(?:[)\]]|\.?\s*$|(?=\s*[,;.(\[@]))")
        )
    if has_priority:
        patterns.append(_PRIORITY_MARK)
    if has_url:
        patterns += [_LEADING_URL, _TRAILING_URL]
    text = words
    for _ in range(3):
        before = text
        for pattern in patterns:
            shorter = _tidy(pattern.sub(" ", text))
            text = shorter if len(shorter) >= 3 else text
        if text == before:
            break
    return _tidy(text)[:1000]


def _around(value: str, label: str) -> list[re.Pattern[str]]:
    """A value at the beginning, in brackets anywhere, or at the end of a promise, with its label."""
    return [
        re.compile(
            rf"^\W{{0,3}}{value}(?![\w-])\s*[\])]?\s*(?:[:,]|[-–—](?=\s))\s*|^[(\[]\s*{value}\s*[)\]]\s*:?\s*"
        ),
        re.compile(rf"{_JOINT}[(\[]\s*(?:{label}\s*[:=]?\s*)?{value}\s*[)\]]", re.IGNORECASE),
        re.compile(rf"{_JOINT}(?:\b{label}\b\s*[:=]?\s*)?(?<![\w/-]){value}\s*\.?\s*$", re.IGNORECASE),
    ]


def _tidy(words: str) -> str:
    text = _SPACE.sub(" ", _EMPTY.sub(" ", words))
    text = _LOOSE_END.sub("", text).strip(" -–—:,;|")
    return re.sub(r" +([.,;])", r"\1", text)
