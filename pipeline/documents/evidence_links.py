"""Links to evidence: graphs, logs, chat, tickets, changes and documents that an account of an incident gives.

The host and path of an address say what it leads to, else the words it is set on. What neither tells is
kept as `other` only within the account itself; a link of a promise belongs to the promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from pipeline.documents.blocks import Text, squeeze, walk
from pipeline.documents.facts import EvidenceLink, LinkKind
from pipeline.documents.outline import Section
from pipeline.documents.statements import Statement

_URL = re.compile(r"https?://[^\s<>\"'`|\])}]+")
_MAX_LINKS = 300
#: Where an address that nothing explains still belongs to what is told.
_ACCOUNT = frozenset(
    {
        "timeline",
        "summary",
        "impact",
        "root_cause",
        "trigger",
        "contributing_factors",
        "detection",
        "resolution",
    }
)
_KEY = r"[A-Z][A-Z0-9_]{1,30}-[1-9]\d{0,8}"

#: Kind ← host and path together (`host/path?query`), the first that matches.
_PLACE_WORDS: tuple[tuple[LinkKind, str], ...] = (
    (
        "chat",
        r"(?:[\w-]+\.)?slack\.com/(?:archives|client|messages|team|app_redirect|files)"
        r"|teams\.(?:microsoft|live)\.com/|(?:[\w-]+\.)?discord(?:app)?\.com/channels/"
        r"|chat\.google\.com/|(?:[\w-]*\.)?mattermost\.[\w.-]+/|[\w.-]*zulip(?:chat)?\.[\w.-]+/"
        r"|(?:[\w-]+\.)?zoom\.us/(?:j|rec)/|meet\.google\.com/|matrix\.to/|gitter\.im/|t\.me/"
        r"|[\w.-]*rocket\.?chat[\w.-]*/"
        r"|[\w.-]*irc[\w.-]*/|(?:www\.)?webex\.com/",
    ),
    (
        "change",
        r"[^/]+/[^?]*/(?:pull|pulls|merge_requests|pull-requests|pullrequest)/\d+"
        r"|[^/]+/[^?]*/(?:commit|commits|compare|changeset|diff)/[\w.^~/-]+"
        r"|[^/]*gerrit[^/]*/|[^/]+/(?:c|\#/c)/[\w/.-]+/\+/\d+|(?:phab|phabricator)[^/]*/[DR]\d+"
        r"|[^/]+/[^?]*/releases?/tag/|[^/]*(?:argocd|spinnaker|octopus|launchdarkly|harness)[^/]*/",
    ),
    (
        "ticket",
        r"[^/]+/[^?]*/(?:issues|work_items|epics|discussions)/\d+|[^/]+/browse/" + _KEY + r"|linear\.app/"
        r"|app\.asana\.com/|trello\.com/c/|[^?]+show_bug\.cgi|bugzil\.la/|(?:phab|phabricator)[^/]*/T\d+"
        r"|[^/]+/[^?]*/_workitems/|[^/]*(?:pagerduty|opsgenie|victorops|splunkoncall|xmatters"
        r"|squadcast)[^/]*/"
        r"|(?:app\.)?(?:incident\.io|firehydrant\.(?:io|com)|rootly\.com)/|[^/]*zendesk[^/]*/"
        r"|[^/]*servicenow[^/]*/"
        r"|[^/]*service-now\.com/|[^/]*freshdesk[^/]*/|app\.(?:shortcut|clubhouse)\.\w+/"
        r"|[^/]*youtrack[^/]*/"
        r"|[^/]*intercom\.com/|[^/]+/servicedesk/|github\.com/[^?]*/security/advisories/",
    ),
    (
        "log",
        r"[^/]*(?:kibana|splunk|loggly|papertrail|logz\.io|sumologic|logdna|mezmo|graylog|sentry"
        r"|bugsnag|rollbar"
        r"|airbrake|honeybadger|logtail|coralogix|humio|crashlytics)[^/]*/(?!.*dashboard)"
        r"|[^/]+/.*(?:/logs?[/?\#]|logsV2|logs-insights|/logs?$|/discover[\#?/]|/explore\?.*loki"
        r"|/actions/runs/\d+"
        r"|/builds?/\d+|/pipelines?/\d+|/jobs?/\d+|/job/.+/\d+/console)"
        r"|[^/]*datadog[^/]*/(?:logs|apm/trace|event)|sal\.toolforge\.org/|logs?\.[^/]+/"
        r"|[^/]*(?:jaeger|zipkin)[^/]*/",
    ),
    (
        "graph",
        r"[^/]*(?:grafana|datadog|ddog-gov|newrelic|nr-?assets|prometheus|thanos|graphite|chronograf"
        r"|librato"
        r"|signalfx|honeycomb|lightstep|appdynamics|dynatrace|pingdom|statuscake|uptimerobot|velodrome"
        r"|zabbix|nagios|wavefront|instana|cloudwatch|kibana|splunk|netdata|checkly|updown|perfdash"
        r"|testgrid"
        r"|monitoring|metrics|dashboards?)[^/]*/"
        r"|[^/]+/.*(?:/dashboards?(?:[/?\#]|$)|/metrics-explorer|cloudwatch/home|/monitoring/"
        r"|/graph\?|/charts?/)"
        r"|(?:monitor|grafana|prometheus|metrics)(?::\d+)?/",
    ),
    (
        "document",
        r"(?:docs|drive)\.google\.com/|[^/]*(?:confluence|notion|coda|quip|sharepoint|dropbox)[^/]*/"
        r"|[^/]+\.atlassian\.net/wiki/|[^/]*(?:statuspage|instatus|statusio|betteruptime"
        r"|betterstack)[^/]*/"
        r"|(?:www\.)?status\.[^/]+/|[^/]*\bstatus\.[\w-]+\.\w+/|[^/]*status\.io/|hackmd\.io/"
        r"|[^/]*gist\.[^/]+/"
        r"|[^/]*pastebin[^/]*/|[^/]+/[^?]*(?:post-?mortems?|incident-reports?)[/_.-][^?]*\w"
        r"|(?:www\.)?loom\.com/",
    ),
)
_PLACES = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PLACE_WORDS)
_LABEL_WORDS: tuple[tuple[LinkKind, str], ...] = (
    (
        "graph",
        r"graphs?|charts?|dash-?boards?|metrics?|grafana|datadog|latency (?:plot|spike)|iops"
        r"|(?:cpu|memory|disk|traffic|error rate|request rate|throughput|connections?) (?:usage"
        r"|utili[sz]ation"
        r"|spike|graph|over time|count|load)|monitoring (?:data|screenshot|panel|view)|time ?series",
    ),
    (
        "log",
        r"logs?|log (?:lines?|entries|output|excerpt)|stack ?traces?|kibana|splunk|sentry|traces?"
        r"|core dump",
    ),
    (
        "chat",
        r"slack|(?:chat|discussion|slack|teams) (?:thread|channel|log|message|room)|thread|war ?room|irc",
    ),
    (
        "ticket",
        r"(?:jira|support|incident|github|gitlab|tracking) (?:ticket|issue|case)|tickets?|bug report"
        r"|pagerduty",
    ),
    (
        "change",
        r"prs?|pr ?#?\d+|pull requests?|merge requests?|mrs?|commits?|patch(?:es)?|hot ?fix|changesets?"
        r"|deploy(?:ment)?s?"
        r"|revert(?:ed|s)?|fix pr|diff",
    ),
    (
        "document",
        r"post-?mortem|incident (?:report|doc(?:ument)?|page|notes?)|status ?page|rca|root cause analysis"
        r"|incident review|meeting notes",
    ),
)
_LABELS = tuple((kind, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in _LABEL_WORDS)
#: Pictures whose name or caption says that they show measurements.
_PICTURED = re.compile(
    r"graph|chart|metric|latenc|throughput|dashboard|grafana|datadog|\bcpu\b|\bmemory\b|\bmem\b|iops"
    r"|usage|spike"
    r"|error[-_ ]?rate|\brps\b|\bqps\b|traffic|load[-_ ]average|histogram|timeseries|utili[sz]ation"
    r"|over[-_ ]time"
    r"|throttl|p9[059]|restart[-_ ]?count|connections?\b",
    re.IGNORECASE,
)
_PICTURED_OTHERWISE: tuple[tuple[LinkKind, re.Pattern[str]], ...] = (
    ("chat", re.compile(r"slack|chat|thread|discord|tweet", re.IGNORECASE)),
    ("log", re.compile(r"\blogs?\b|stack-?trace|console|sentry|error[-_ ]message", re.IGNORECASE)),
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp)(?:[?#]|$)", re.IGNORECASE)
#: Manuals, questions and answers, and dictionaries: they explain, and are no evidence.
_REFERENCE = re.compile(
    r"(?:docs?|developers?|learn|help|support|blog|man)\.|[^/]*(?:stackoverflow|stackexchange|wikipedia"
    r"|readthedocs"
    r"|medium|serverfault|youtube|youtu|vimeo|slideshare|speakerdeck|amazon)\.|[^/]+/(?:[^?]*/)?(?:docs?"
    r"|documentation|manual|blog)/",
    re.IGNORECASE,
)
#: Addresses that a message quotes: no page that a reader could open.
_INTERNAL = re.compile(
    r"[^.]*$|localhost|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$|.*\.(?:svc|local|cluster\.local)(?::\d+)?$",
    re.IGNORECASE,
)
_MANUAL = re.compile(
    r"\b(?:documentation|docs?|guide|tutorial|manual|reference|blog|readme|website|homepage)\b", re.I
)


def evidence_links(sections: list[Section], front: list[Statement]) -> tuple[EvidenceLink, ...]:
    """The links of an incident's sections and front matter in order, each address once."""
    found: dict[str, EvidenceLink] = {}
    for statement in front:
        for value in statement.values or (statement.value,):
            if statement.method == "front_matter" and value.startswith(("http://", "https://")):
                kind = _kind(value, statement.label, in_account=False)
                if kind is not None:
                    found.setdefault(value, EvidenceLink(kind, value, statement.label, statement.line))
    for section in sections:
        if section.role in ("action_items", "people"):
            continue
        in_account = section.role in _ACCOUNT
        for text in _texts(section):
            if text.links or "://" in text.text:
                for link in _links(text, in_account=in_account):
                    if link.url not in found:
                        found[link.url] = link
                    if len(found) >= _MAX_LINKS:
                        return tuple(found.values())
    return tuple(found.values())


def link_kind(url: str, label: str) -> LinkKind:
    """What an address leads to that is given as evidence: `other` when neither it nor its label tells."""
    return _kind(url, label, in_account=True) or "other"


def _texts(section: Section) -> Iterator[Text]:
    if section.heading is not None:
        yield section.heading
    for block in walk(section.blocks):
        if block.kind == "table":
            for row in block.rows:
                yield from row
        elif block.kind != "code":
            yield block.text


def _links(text: Text, *, in_account: bool) -> Iterator[EvidenceLink]:
    seen = set()
    for link in text.links:
        seen.add(link.url)
        line = text.line_at(max(0, link.start))
        label = squeeze(link.label, 200)
        if link.is_image or _PICTURE.search(link.url):
            kind = _pictured(link.url, label)
        else:
            kind = _kind(link.url, label, in_account=in_account)
        if kind is not None:
            yield EvidenceLink(kind, link.url, label, line)
    for match in _URL.finditer(text.text):
        url = match.group().rstrip(".,;:!?*_")
        if url in seen:
            continue
        seen.add(url)
        before = text.text[max(0, match.start() - 60) : match.start()].rpartition("\n")[2]
        label = before.strip(" \t-*•:>([").rpartition(". ")[2]
        kind = (
            _pictured(url, label)
            if _PICTURE.search(url)
            else _kind(url, label if before.rstrip().endswith(":") else "", in_account=in_account)
        )
        if kind is not None:
            yield EvidenceLink(kind, url, url, text.line_at(match.start()))


def _pictured(url: str, label: str) -> LinkKind | None:
    name = url.rpartition("/")[2] if len(url) < 500 else ""
    words = f"{label} {name}".replace("_", " ")
    if _PICTURED.search(words):
        return "graph"
    return next((kind for kind, pattern in _PICTURED_OTHERWISE if pattern.search(words)), None)


def _kind(url: str, label: str, *, in_account: bool) -> LinkKind | None:
    """What the address leads to; None when it is no evidence."""
    if not url.startswith(("http://", "https://")):
        return _labelled(label) if re.match(r"[\w./-]+\.(?:log|txt|json|csv|pdf)$", url) else None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    place = _place(parts)
    if not place:
        return None
    for kind, pattern in _PLACES:
        if pattern.match(place):
            return kind
    if _is_front_door(parts):
        return None
    said = _labelled(label)
    explains = _REFERENCE.match(place) is not None
    if said is not None:
        return said if said == "document" or not explains else None
    is_told = in_account and not _MANUAL.search(label) and not explains
    return "other" if is_told and _INTERNAL.match(parts.netloc) is None else None


def _labelled(label: str) -> LinkKind | None:
    if label.startswith(("http://", "https://")) or _MANUAL.search(label):
        return None
    return next((kind for kind, pattern in _LABELS if pattern.search(label)), None)


def _place(parts: SplitResult) -> str:
    """Host, path, query and fragment as the patterns read them."""
    if "." not in parts.netloc and ":" not in parts.netloc and not parts.path.strip("/"):
        return ""
    rest = parts.path or "/"
    query = f"?{parts.query[:500]}" if parts.query else ""
    fragment = f"#{parts.fragment[:300]}" if parts.fragment else ""
    return f"{parts.netloc.rpartition('@')[2]}{rest[:500]}{query}{fragment}"


def _is_front_door(parts: SplitResult) -> bool:
    """A service's own address, or somebody's profile: named in passing, no evidence."""
    steps = [step for step in parts.path.split("/") if step]
    host = parts.netloc.casefold().removeprefix("www.")
    if not steps and not parts.query:
        return True
    return len(steps) <= 2 and host in ("github.com", "gitlab.com", "x.com", "twitter.com", "linkedin.com")
