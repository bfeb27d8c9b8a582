"""Who found the incident: an alert, a customer or staff, from the words that tell how it was noticed."""

from __future__ import annotations

import re

_SEEN = (
    r"(?:notic|report|observ|discover|detect|saw|found|reali[sz]|spott|alert|notif|told|"
    r"complain|contact|rais|open|ask)\w*"
)
_CUSTOMERS = r"(?:customers?|(?:end[- ])?users?|clients?|merchants?|students?|subscribers?|guests?)"
_STAFF = (
    r"(?:engineers?|team members?|developers?|staff|colleagues?|employees?|operators?|on-?call"
    r"|administrators?"
    r"|admins?|maintainers?|\w{2,20} teams?|we|(?-i:I))"
)
_TOOLS = (
    r"(?:pager ?duty|pingdom|opsgenie|datadog|prometheus|alertmanager|sentry|statping|nagios|icinga|zabbix"
    r"|uptime ?robot|cloudwatch|stackdriver|grafana alert\w*|new relic|victorops|dead man'?s (?:snitch"
    r"|switch))"
)
#: Who found it → in a sentence, and as the short value of a label.
_DETECTION: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "alert",
        re.compile(
            rf"\b{_TOOLS}\b|\balert(?:s|ing)?\b|\balarms?\b|\bmonitor(?:ing|s)\b"
            r"(?! dashboards?| graphs?| charts?| page)"
            r"|\b(?:were|was|been|got|is|are|gets?) (?:\w+ly )?(?:alerted|paged)\b(?! (?:to|by|of"
            r"|that|about)\b)"
            rf"|\balerted (?:to|by|of|that|about)\b.{{0,60}}"
            rf"\b(?:{_TOOLS}|grafana|monitoring|alerts?|alarms?)\b"
            r"|\bhealth ?checks?\b|\b(?:automated|automatic|synthetic) (?:\w+ )?(?:tests?|checks?"
            r"|probes?|detection|system)\b"
            r"|\bpaged (?:the |our )?on-?call\b|\bpages? (?:fired|went out|was sent|were sent)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:alert\w*|alarm\w*|monitor\w*|automat\w*|synthetic\w*|pager\w*|paging)\b", re.IGNORECASE
        ),
    ),
    (
        "customer",
        re.compile(
            rf"\b{_CUSTOMERS}\b.{{0,30}}\b{_SEEN}|\b{_SEEN} (?:by|from|of) .{{0,25}}\b{_CUSTOMERS}\b"
            r"|\b(?:customer|user|support|community) (?:reports?|tickets?|complaints?)\b"
            r"|\b(?:support|community) requests?\b"
            r"|\btwitter\b"
            r"|\bcommunity members?\b|\bsocial media\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{_CUSTOMERS}|support|external)\b", re.IGNORECASE),
    ),
    (
        "staff",
        re.compile(
            rf"\b{_STAFF}\b(?! (?:hear|heard|receive|received|got|get)\b).{{0,30}}"
            rf"\b(?:notic|observ|discover|saw|found|reali[sz]|spott|report)(?!s of|s that|ers)\w*"
            rf"|\b(?:notic|observ|discover|found|spott|detect|report)\w* by .{{0,25}}\b{_STAFF}\b"
            r"|\b(?:notic|observ|discover|found|spott|detect)\w* manually\b|\bmanually (?:notic|observ"
            r"|discover"
            r"|spott|detect)\w*|\bmanual (?:check|review|test\w*|evaluat\w+|inspection)\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{_STAFF}|team|internal\w*|manual\w*|by chance)\b", re.IGNORECASE),
    ),
)

#: What was overtaken found nothing: "a customer told us before any alert".
_CAME_LATER = re.compile(
    r"\b(?:before|ahead of|earlier than|sooner than)\s+(?:(?:any|our|the|an|a|its|of)\s+){0,2}(?:own\s+)?"
    r"(?:alert\w*|alarms?|monitor\w*|pager|pages?|health ?checks?)\b[^,.;]{0,60}"
    # what did not find it: "by customers rather than by our monitoring"
    r"|\b(?:rather than|instead of|and not|but not) (?:by |through |via |from )?[^,.;]{0,60}",
    re.IGNORECASE,
)
#: What was seen, behind who saw it: "We notice that launches do not happen".
_SEEN_THAT = re.compile(
    r"(?<=notice )that\b|(?<=noticed )that\b|(?<=noticing )that\b|(?<=reali[sz]e )that\b"
    r"|(?<=reali[sz]ed )that\b"
    r"|(?<=saw )that\b|(?<=found )that\b|(?<=observed )that\b|(?<=report )that\b|(?<=reported )that\b",
    re.IGNORECASE,
)
#: A row or sentence on something else: "Alert fires on staging (unrelated)".
_ELSEWHERE = re.compile(
    r"\((?:[^()]{0,60}\b)?(?:unrelated|ignored|dismissed|false (?:alarm|positive))\b"
    r"|\b(?:unrelated|ignored|false|staging|test) (?:alert|alarm|page)s?\b"
    r"|\b(?:alert|alarm|page)\w*\b[^.;,]{0,40}\b(?:staging|unrelated|ignored|dismissed|false)\b",
    re.IGNORECASE,
)
#: Who is paged does not find it: "on-call is paged", "page received by the on-call engineer".
_PAGED = re.compile(
    r"\b(?:on-?call|engineers?|team|staff|operators?|we|I)\b(?: \w+){0,2}? (?:is|are|was|were|gets?|got)"
    r" (?:\w+ly )?paged\b(?! (?:to|by|of|that|about)\b)"
    r"|\bpages? (?:is |are |was |were )?(?:received|sent|delivered|goes out|went out) ?(?:by|to)?"
    r"(?: (?:the |our )?(?:on-?call|engineers?|team|staff)\b)?",
    re.IGNORECASE,
)


#: Who is told does not find it: "I was notified by a user".
_TOLD_US = re.compile(r"^\W*(?:I|[Ww]e) (?=(?:was|were|got)\b)")


def detection_method(text: str) -> tuple[str, str, int] | None:
    """Who found the incident (`alert`, `customer`, `staff`), the words that say so, and where.

    Only the first sentence counts; None unless it speaks of just one of them.
    """
    first = re.split(r"(?<=[.!?])\s", text.strip()[:600])[0]
    if _ELSEWHERE.search(first):
        return None
    seen = _SEEN_THAT.search(first)
    first = _CAME_LATER.sub(lambda match: " " * len(match.group()), first[: seen.start()] if seen else first)
    if re.search(
        r"\b(?:no|not|never|nobody|none|without|did ?n.t|could|should|would)\b", first, re.IGNORECASE
    ):
        return None
    first = _TOLD_US.sub(lambda match: " " * len(match.group()), first)
    is_short = len(first) <= 40
    met: list[tuple[str, re.Match[str]]] = []
    paged = _PAGED.search(first)
    if paged is not None:
        met.append(("alert", paged))
        first = first[: paged.start()] + " " * len(paged.group()) + first[paged.end() :]
    for name, sentence, value in _DETECTION:
        match = (value if is_short else sentence).search(first) or sentence.search(first)
        if match is not None and not (paged is not None and name == "alert"):
            met.append((name, match))
    if len(met) != 1:
        return None
    name, match = met[0]
    return name, match.group(), match.start()


_SPOKEN_OF = re.compile(
    rf"\b(?:{_CUSTOMERS}|{_STAFF}|{_TOOLS}|alert\w*|alarms?|monitor\w*|paged?|noticed?)\b", re.IGNORECASE
)


#: A sentence whose point is how the incident was found, wherever in an account it stands.
_TELLS = re.compile(
    r"\b(?:incident|issue|outage|problem|disruption|degradation|failure|errors|anomaly|event) (?:was|were)"
    r" (?:first |initially |quickly )?(?:detected|discovered|noticed|spotted|reported) (?:by|through"
    r"|via|within|when)\b"
    r"|\b(?:our|the|several|internal|automated|external)(?: \w+){0,2}? (?:alerts?|alarms?|alerting"
    r"|monitors?|monitoring)"
    r"(?: systems?| servers?| tools?)? (?:first )?(?:detected|alerted|notified|paged|observed|picked up"
    r"|caught|flagged)\b"
    r"|\b(?:we|I|team|engineers?|on-?call|staff) (?:was|were"
    r"|got) (?:first )?(?:automatically )?(?:alerted|paged) "
    r"(?!again)(?:at|by|to|about|when|within|immediately|the first time)\b",
    re.IGNORECASE,
)


#: "The primary detection was through alerts": said outright, whatever else the section tells.
_OUTRIGHT = re.compile(
    r"\b(?:(?:primary|main|initial|first|actual) )?detection (?:was|came|happened"
    r"|occurred) (?:through|by|via|from)\b",
    re.IGNORECASE,
)


def names_detection(text: str) -> bool:
    """Whether a sentence says outright by what the incident was detected."""
    return _OUTRIGHT.search(text[:600]) is not None


def tells_detection(text: str) -> bool:
    """Whether a sentence outside of a section on detection tells how the incident was found."""
    return _TELLS.search(text[:600]) is not None


def speaks_of_detection(text: str) -> bool:
    """Whether a sentence names anyone or anything that finds incidents, be it to say that they did not."""
    return _SPOKEN_OF.search(text[:600]) is not None
