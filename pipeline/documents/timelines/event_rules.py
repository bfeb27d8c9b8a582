"""The rules by which a row of a timeline states a start, a detection or an end, and what takes that back.

`RULES` say what states each kind, `VETOES` when it does not hold; beside each stand rows that show it.
`event_kinds` reads rows by them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.documents.names import HIDDEN

_TROUBLE = (
    r"(?:incident|outage|issue|problem|disruption|degradation|failure|fault|impact|"
    r"downtime|errors?|interruption)s?"
)
_THING = (
    r"(?:everything|things|all (?:systems|services|traffic|hubs)|(?:the |our )?(?:\w+ "
    r"){0,3}(?:services?|systems?|site|website|platform|traffic|"
    r"functionality|access|operations?|cluster|api|app|application|server|hub|launches|builds|network|chain|"
    r"performance|"
    rf"deployment|connectivity|database|{HIDDEN}+))"
)
_VERB = (
    r"(?:(?:is|are|was|were|has been|have been|had been|now|fully|completely|again|finally|all|mostly|deemed"
    r"|declared|considered|marked(?: as)?|confirmed(?: as)?)\s+)*"
)
#: What is declared with these words is the end, not the incident.
_AS_ENDED = (
    r"(?! (?:is |was |as |to be )*(?:resolved|over|closed|mitigated|fixed|contained|stable|ended|done))"
)
_TOP = (
    r"(?:site|website|service|system|platform|application|app|api|shop|store|portal|production|cluster"
    r"|everything)"
)
_PEOPLE = (
    r"(?:users?|customers?|clients?|developers?|support(?: engineer| team)?|staff|students?"
    r"|instructors?|teachers?"
    r"|faculty|members?|partners?|merchants?|players?|readers?|employees|colleagues|teammates?"
    r"|people|engineers?)"
)
_FACILITY = (
    r"(?:services?|sites?|websites?|systems?|servers?|hubs?|databases?|clusters?|platforms?"
    r"|applications?|apps?|apis?"
    rf"|portals?|{HIDDEN}+)"
)
_LEVELS = (
    r"(?:error (?:rates?|counts?)|errors|failure rates?|latency|latencies|metrics|response times?"
    r"|traffic|throughput"
    r"|load times?|success rates?|queues?|levels)"
)
#: Verbs of those who tell of trouble, or only suppose it.
_TELLING = (
    r"(?:think|thought|believ|suspect|assum|suppos|maybe|perhaps|probably|whether|notic|saw|sees|report|told"
    r"|alert|found|finds|discover|confirm|verif)"
)
_BAD_LEVELS = r"(?:error (?:rates?|counts?)|errors|failure rates?|failures|queues?|packet loss)"

_BETTER = (
    r"stop|gone|went away|resolv|recover|decreas|drop|clear|"
    r"subsid|improv|less|fewer|normal|fixed|no longer|another|second"
)
#: A person who sees trouble detects it, if nobody has seen it before.
NOTICED = (
    r"(?:(?:(?-i:\b[A-ZÀ-Þ])[\w.'’-]+|@[\w.-]+|º+|\b(?:team|engineers?|developers?|someone|we|staff"
    r"|operators?|admins?|support))(?: first)? |(?:^\W*|[—|] ?)(?=notic|spot|observ))"
    r"(?:notices?|noticed|spots|spotted|observes?|observed|discovers?|discovered) "
    r"(?!.{0,80}\b(?:<better>))(?:that )?(?:.{0,50}?\b)?(?:errors?|fail\w*|outage|down|offline|broken|"
    r"timeouts?|time out|timing out|slow\w*|degrad\w*|unavailable|unreachable|problems?|issues?|5\d\ds?"
    r"|5xx|(?:is|was|are|were) (?:red|dead|stuck|hung)|not (?:work\w*|able|happening|starting|responding"
    r"|loading|building|being)"
    r"|(?:customer|user|support) (?:reports?|tickets?|complaints?))\b"
)

#: Measures, of which a row may say that they are normal again.
MEASURES = rf"{_LEVELS}|{_BAD_LEVELS}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row whose words match `pattern` is of `kind`, unless a veto takes it back.

    `<thing>` in a pattern stands for the words of `_WORDS`. `matches` are rows that have the kind by this
    rule, `leaves` rows that come near and do not.
    """

    kind: str
    says: str
    pattern: str
    matches: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def expression(self) -> str:
        """The pattern with the words that its names in angle brackets stand for."""
        return expanded(self.pattern)

    @property
    def stems(self) -> frozenset[str]:
        """The beginnings of words of which every text that matches holds one, read off the pattern."""
        bare = _NO_LETTERS.sub(" ", _NAMED.sub(" ", self.pattern))
        return frozenset(re.findall(r"[a-z0-9]{3,}", bare.lower())) - _SMALL_WORDS


def expanded(pattern: str) -> str:
    """A pattern with the words that its names in angle brackets stand for."""
    return _NAMED.sub(lambda match: _WORDS[match.group(1)], pattern)


_NAMED = re.compile(r"<(\w+)>")
#: What of a pattern spells no word that must stand there: groups that may be missing, endings in groups, what
#: must not follow, escapes, the marks of groups, classes, counts, letters that may be missing.
_NO_LETTERS = re.compile(
    r"\(\?:[^()]*\)[?*]|(?<=[a-z])(?<!\\[a-z])\(\?:[^()]*\)|\(\?<?![^()]*\)|\\[a-zA-Z]|\(\?[<!=:i-]*"
    r"|\[[^\]]*\]|\{[^}]*\}|\w\?"
)
#: Too common to tell whether a rule may match.
_SMALL_WORDS = frozenset(
    (
        *("the", "when", "now", "new", "out", "get", "was", "were", "are", "has", "have", "been", "had"),
        *("our", "all", "for", "and", "that", "with", "from", "this", "its", "their", "not", "but", "being"),
        "made",
    )
)
_WORDS = {
    "as_ended": _AS_ENDED,
    "bad_levels": _BAD_LEVELS,
    "better": _BETTER,
    "facility": _FACILITY,
    "hidden": HIDDEN,
    "levels": _LEVELS,
    "people": _PEOPLE,
    "telling": _TELLING,
    "thing": _THING,
    "top": _TOP,
    "trouble": _TROUBLE,
    "verb": _VERB,
}

#: In the order of kinds; which kind a row has where rules of several match says `event_kind`.
RULES: tuple[Rule, ...] = (
    Rule(
        "started",
        "what caused it was put out",
        r"\b(?:deploy(?:ment)?|release|rollout|merge) of (?:the )?culprit\b",
        matches=(
            "Deployment of the culprit",
            "Rollout of culprit",
        ),
        leaves=("Review of the culprit",),
    ),
    Rule(
        "started",
        "a system or line goes dark",
        r"\b<facility> (?:goes|went) (?:belly[- ]up|dark)\b|\b(?:link|uplink|circuit"
        r"|connection)s? (?:to [\w ]{2,30} )?(?:goes|went) (?:completely |hard )?down\b",
        matches=(
            "The cluster goes dark",
            "The uplink went down",
        ),
        leaves=("The room goes quiet",),
    ),
    Rule(
        "started",
        "a place loses access",
        r"^\W*(?:the |our |all |whole |entire )*(?:university|campus|company|office|site|school"
        r"|library|data ?cent(?:er|re)|users|customers|members|students) (?:loses?"
        r"|lost) (?:all )?(?:access|connectivity)\b",
        matches=(
            "Users lost access",
            "The campus loses connectivity",
        ),
        leaves=("Users lost their keys",),
    ),
    Rule(
        "started",
        "its start is named",
        r"(?:start|beginning|onset) of (?:the )?<trouble>",
        matches=(
            "Start of the outage",
            "Onset of the disruption",
        ),
        leaves=("Start of the outage call",),
    ),
    Rule(
        "started",
        "trouble begins",
        r"<trouble> (?:first |actually )?(?:starts?|started|begins?|began|occurs|occurred)\b",
        matches=(
            "Errors begin",
            "The outage started",
            "The disruption first occurred",
        ),
        leaves=(
            "Errors begin to drop",
            "The error was read",
        ),
    ),
    Rule(
        "started",
        "a service begins to fail",
        r"(?:service|site|system|performance|latency|requests?|apis?|calls|logins?|jobs|builds"
        r"|checkouts?|payments?|endpoints?|launches|queries|<hidden>+) (?:starts?|started|begins?"
        r"|began) (?:to )?(?:degrad|fail|tim(?:e|ing) out|return(?:ing)? (?:http )?(?:errors?"
        r"|5\d\d|5xx))\w*",
        matches=(
            "Checkouts start failing",
            "The API begins to time out",
            "Latency starts to degrade",
        ),
        leaves=("Checkouts start again",),
    ),
    Rule(
        "started",
        "the system itself is down",
        r"^\W*(?:the |our |whole |entire )*<top> (?:goes|went|is|was) (?:completely |hard "
        r"|fully )*(?:down|offline|unreachable|unavailable)\b",
        matches=(
            "The site is down",
            "The whole platform went offline",
        ),
        leaves=("The site is down for maintenance",),
    ),
    Rule(
        "started",
        "a service becomes unusable",
        r"\b<facility>(?: (?!and\b|but\b|to\b)[\w-]+){0,8}? (?:becomes?|became|goes|go"
        r"|went) (?:completely |entirely |fully )?(?:unresponsive|unavailable|unreachable"
        r"|inaccessible|unusable|offline)\b",
        matches=(
            "The orders service became unavailable",
            "Servers in rack 4 go offline",
        ),
        leaves=("The orders service became popular",),
    ),
    Rule(
        "started",
        "people experience trouble",
        r"^\W*(?:we|users|customers|everyone|all users|clients) (?:started|began|start"
        r"|begin)? ?(?:to )?experienc(?:e|es|ed|ing) (?:\w+ ){0,4}?<trouble>\b",
        matches=(
            "Users started experiencing errors",
            "We experience an outage",
        ),
        leaves=("Users experience a new menu",),
    ),
    Rule(
        "started",
        "success falls to nothing",
        r"\bsuccess(?: rates?| metrics?)? (?:drops?|dropped|falls?|fell|reaches"
        r"|reached)(?: to)? (?:0(?![.,]?\d)|zero\b)",
        matches=(
            "Success rate drops to zero",
            "Success fell to 0",
        ),
        leaves=("Success rate drops to 0.5 %",),
    ),
    Rule(
        "started",
        "a chain or network stands still",
        r"\b(?:chain|network|mainnet|testnet|block production) (?:halts?|halted|stalls?|stalled)\b",
        matches=(
            "The network halts",
            "Block production stalled",
        ),
        leaves=("The meeting halts",),
    ),
    Rule(
        "started",
        "the culprit was applied",
        r"culprit\b.{0,60}\b(?:applied|deployed|merged|released|rolled out|introduced)",
        matches=("The culprit was deployed",),
        leaves=("The culprit was found",),
    ),
    Rule(
        "started",
        "something with the culprit was applied",
        r"(?:applied|deployed|merged|released|rolled out|introduced)\b.{0,40}\bculprit",
        matches=("Deployed the release with the culprit",),
        leaves=("Deployed the release",),
    ),
    Rule(
        "started",
        "an outage was suffered",
        r"\b(?:suffered|experienced|had) an? (?:\w+ ){0,2}?(?:breakdown|outage|failure|crash"
        r"|interruption|disruption)\b",
        matches=(
            "The cluster suffered an outage",
            "The region had a power failure",
        ),
        leaves=("The cluster had a holiday",),
    ),
    Rule(
        "started",
        "the first of the trouble",
        r"\bfirst (?:errors?|failures?|failed requests?|symptoms?)\b(?! (?:report|notic))",
        matches=(
            "First errors",
            "First symptoms in the logs",
        ),
        leaves=(
            "First error report sent",
            "Second errors",
        ),
    ),
    Rule(
        "started",
        "the first thing that failed",
        r"^\W*first (?:failed|failing|unsuccessful) [a-z]\w+",
        matches=(
            "First failed login",
            "First failing build",
        ),
        leaves=("First fixed login",),
    ),
    Rule(
        "started",
        "it goes off or crashes",
        r"^\W*(?!.{0,60}\b<telling>)(?:[\w.-]+ ){1,5}?(?:goes|went) (?:completely )?offline\b"
        r"|\b<facility> (?:(?:goes|went) (?:completely |hard )?down|crashed)\b",
        matches=(
            "The old node went offline",
            "The database crashed",
        ),
        leaves=("We think the old node went offline",),
    ),
    Rule(
        "detected",
        "an alert came in",
        r"\b(?:receive[sd]?|gets?|got) (?:an? |the |many |several )?(?:pages?|pager|alerts?"
        r"|alarms?)\b",
        matches=(
            "Ana got an alert",
            "We receive many pages",
        ),
        leaves=("Ana got a message",),
    ),
    Rule(
        "detected",
        "a team is alerted, told without a verb",
        r"\b(?:we|team|engineers?|on-?call(?: engineer)?|sre|devops(?: team)?) (?:alerted|paged"
        r"|notified) (?:by|via|through)\b",
        matches=(
            "Engineer alerted by monitoring",
            "On-call paged via the phone",
        ),
        leaves=(
            "Engineer alerted the customers",
            "No engineer alerted by monitoring",
        ),
    ),
    Rule(
        "detected",
        "a break-in is seen",
        r"\b(?:intrusion|breach|compromise|anomal(?:y|ies)|attack"
        r"|unauthori[sz]ed access)s? (?:is |was |were |has been )?(?:first )?(?:detected"
        r"|discovered|noticed|spotted)\b",
        matches=(
            "Intrusion detected",
            "Unauthorized access was first noticed",
        ),
        leaves=("Intrusion drill planned",),
    ),
    Rule(
        "detected",
        "reports are received",
        r"\breceive[sd]? (?:an? |the |our |some |several |multiple )*(?:first |initial |user "
        r"|customer )*reports? (?:from|by) (?:an? |the |our |some |several "
        r"|multiple )*(?:\w+ )?<people>\b(?!.{0,80}\b(?:<better>|faster|well|fine|works))",
        matches=(
            "We receive reports from users",
            "Received several reports by customers",
        ),
        leaves=(
            "We receive reports from nobody",
            "Received the report",
        ),
    ),
    Rule(
        "detected",
        "somebody writes that it is broken",
        r"(?<!\bwe )\b(?:posts?|posted|wrote"
        r"|writes) (?:an? )?(?:message )?(?=[^.;]{0,60}\b(?:channel|slack|chat|forum"
        r"|discord))(?![^.;]{0,100}\b(?:status|update|customers|jobs?"
        r"|builds?|tests?|pipelines?|announc\w+))(?!.{0,100}\b(?:<better>))[^.;]{0,60} that\b"
        r"[^.;]{0,60}\b(?:is|are|was|were)(?:(?: not|n[’']t) \w+| (?:down|broken|unavailable|failing))",
        matches=(
            "Ana posts in the channel that search is down",
            "Bo wrote in the forum that pages are broken",
        ),
        leaves=(
            "Bo posted in the chat that a job was failing",
            "Bo posted in the chat that an import had failed",
            "Ana posts in the channel that pages are fixed",
        ),
    ),
    Rule(
        "detected",
        "a report or alert of trouble",
        r"\b(?:first )?(?:report(?:s|ed)?|alerts?) of (?:an? |the )?(?:issue|problem|outage"
        r"|incident|errors?)",
        matches=(
            "Report of an outage",
            "Alert of errors",
        ),
        leaves=("Report of the quarter",),
    ),
    Rule(
        "detected",
        "trouble is seen",
        r"<trouble> (?:was |is |were |has been )?(?:first )?(?:detected|discovered|noticed"
        r"|spotted|reported)",
        matches=(
            "The issue is detected",
            "Errors were first noticed",
            "Problem reported",
        ),
        leaves=("The issue is discussed",),
    ),
    Rule(
        "detected",
        "the first report or alert",
        r"\b(?:first|initial) (?:(?:user|customer|on-?call|monitoring|automated|internal|external"
        r"|support|pagerduty) )?(?:report|alert|alarm|page|notification|complaint"
        r"|ticket)s?\b(?! back)",
        matches=(
            "First alert",
            "Initial customer report",
            "First page",
        ),
        leaves=(
            "Initial report sent to the board",
            "Last alert",
        ),
    ),
    Rule(
        "detected",
        "a first report comes in",
        r"\bfirst (?:customer|user|client)[- ]reported\b|^\W*incoming (?:report|alert|page)s?\b",
        matches=(
            "First customer reported it",
            "Incoming alert",
        ),
        leaves=("Incoming mail",),
    ),
    Rule(
        "detected",
        "a test shows trouble",
        r"\b(?:manual|smoke|synthetic|automated|routine) (?:\w+ )?(?:test(?:s|ing)?|evaluation"
        r"|checks?|probes?|monitoring|review) (?:reveals?|revealed|finds?|found|shows?"
        r"|showed) (?:the |an? )?<trouble>",
        matches=(
            "The smoke test reveals an issue",
            "Routine checks found errors",
        ),
        leaves=("The smoke test passes",),
    ),
    Rule(
        "detected",
        "it is first seen",
        r"\bfirst (?:noticed|detected|reported|discovered|spotted)\b",
        matches=(
            "First noticed by Ana",
            "First detected",
        ),
        leaves=("Last noticed",),
    ),
    Rule(
        "detected",
        "first trouble is reported",
        r"\bfirst (?:issues?|problems?|errors?|failures?)\b[^.;]{0,40} (?:is|are|was"
        r"|were) (?:reported|noticed)\b",
        matches=("The first issues of the day were reported",),
        leaves=("The first issues of the day were fixed",),
    ),
    Rule(
        "detected",
        "a team becomes aware",
        r"\b(?:we|team|engineers?|on-?call(?: engineer)?|sre"
        r"|devops(?: team)?) (?:first )?(?:became|become|becomes|was made|were made"
        r"|is made) aware\b",
        matches=(
            "The team became aware",
            "We were made aware",
        ),
        leaves=("The team became tired",),
    ),
    Rule(
        "detected",
        "a team is alerted",
        r"\b(?:team|on-?call(?: engineer)?|engineers?|sre|devops(?: team)?|staff|admins?"
        r"|operators?|we) (?:is|are|was|were|gets?|got) (?:automatically )?(?:alerted|paged"
        r"|notified)\b",
        matches=(
            "The team is alerted",
            "We were paged",
        ),
        leaves=("The team is tired",),
    ),
    Rule(
        "detected",
        "a team alerted",
        r"\bteam (?:aware|alerted|paged|notified)\b(?=\W*$|[,.;:–—]|\s+(?:by|about|of|via|that"
        r"|through|in|on|from|at|when|automatically)\b)",
        matches=(
            "Team alerted",
            "Team notified by mail",
        ),
        leaves=("Team notified customers",),
    ),
    Rule(
        "detected",
        "the writer is alerted",
        r"(?-i:\bI) (?:was|got) (?:alerted|paged|notified|told) (?:by|about|of|that)\b",
        matches=(
            "I got paged by the bot",
            "I was told that it broke",
        ),
        leaves=("I was thanked",),
    ),
    Rule(
        "detected",
        "monitoring reports",
        r"\bmonitoring (?:system|service|tool)s? (?:report(?:s|ed)|flag(?:s|ged))\b",
        matches=("The monitoring system reported a spike",),
        leaves=("The monitoring system was upgraded",),
    ),
    Rule(
        "detected",
        "people report",
        r"\b<people> (?:first )?(?:(?:began|begin|started?) (?:to report|reporting|complaining"
        r"|to complain)\b|reports?(?! back)|reported|reporting|notifie[sd](?: us)?|complain(?:s"
        r"|ed)?|raise[sd] (?:a |an )?(?:ticket|issue))\b",
        matches=(
            "Customers report errors",
            "Users complained",
            "Support raised a ticket",
        ),
        leaves=(
            "Support reports no new tickets",
            "Users left",
        ),
    ),
    Rule(
        "detected",
        "who reported",
        r"\breported by (?:an? |the |some |several |other |many )?(?:users?|customers?|clients?"
        r"|others|developers?|support|staff|colleagues?)\b",
        matches=(
            "Reported by a customer",
            "Reported by several users",
        ),
        leaves=("Reported by mistake",),
    ),
    Rule(
        "detected",
        "an alert fires",
        r"\b(?:alerts?|alarms?|alerting|monitors?|monitoring|pager ?duty|opsgenie|pingdom|datadog"
        r"|nagios|zabbix|icinga2?|prometheus|grafana|sentry|new ?relic|statuscake|uptime ?robot"
        r"|borgmon|cloudwatch(?: alert)?|alertmanager)\b.{0,25}\b(?:fires?|fired|firing|triggers?"
        r"|triggered|pages?|paged|alerted|notified|detects?|detected|received|raised|went off"
        r"|goes off)\b",
        matches=(
            "The alert fires",
            "Pingdom detects an outage",
            "Alarms went off",
        ),
        leaves=(
            "Alerts stopped firing",
            "The alert was deleted",
        ),
    ),
    Rule(
        "detected",
        "an alert is sent",
        r"\b(?:sends?|sent) (?:an? |us |out |the )*(?:emails?|alerts?|notifications?"
        r"|pages?) (?:about|of|that)\b",
        matches=("The probe sends an alert about latency",),
        leaves=("Ben sends a mail to Ana",),
    ),
    Rule(
        "detected",
        "what saw it",
        r"\b(?:noticed|spotted|discovered|picked up|flagged) (?:by|via|through|on|in) (?:the "
        r"|our |an? )?(?:\w+ )?(?:monitoring|monitors?|dashboards?|alerts?|alerting|logs?|metrics"
        r"|grafana|sentry|datadog|slack|<people>)\b",
        matches=(
            "Spotted by monitoring",
            "Picked up through the logs",
            "Noticed via the dashboard",
        ),
        leaves=("Noticed a new button",),
    ),
    Rule(
        "detected",
        "where it was reported",
        r"^\W*reported (?:in|into|via|through|on|to) (?:our |the |us\b)",
        matches=(
            "Reported in our chat",
            "Reported to us",
        ),
        leaves=("Reported a number",),
    ),
    Rule(
        "detected",
        "odd behaviour is seen",
        r"\bbehaviou?r (?:is |was )?(?:reported|noticed|observed|spotted)\b",
        matches=(
            "Odd behaviour reported",
            "Behavior was noticed",
        ),
        leaves=("Behaviour as intended",),
    ),
    Rule(
        "detected",
        "reports say that it is down",
        r"\breports? (?:from|in|on|by|via|that) .{0,80}\b(?:is|are|was|were) (?:down|unavailable"
        r"|unreachable|broken|failing|not working)\b",
        matches=(
            "Reports from Oslo that mail is down",
            "Reports that search is broken",
        ),
        leaves=("Reports that search is liked",),
    ),
    Rule(
        "detected",
        "trouble is identified",
        r"^\W*(?:problem|incident|outage) (?:is |was |has been )?(?:first )?identified(?=\W*$"
        r"|\W+by\b)",
        matches=(
            "Problem identified",
            "Outage identified by Ana",
        ),
        leaves=("Cause identified",),
    ),
    Rule(
        "detected",
        "a page goes out",
        r"\bpages? (?:fires?|fired|goes out|went out|is sent|was sent)\b|\bpagers? (?:alert"
        r"|notif)\w*",
        matches=(
            "A page fires",
            "The page went out",
            "Pagers alert",
        ),
        leaves=("A page is printed",),
    ),
    Rule(
        "detected",
        "somebody sees trouble",
        r"^\W*(?:first )?(?:noticed|observed|discovered|detected|spotted"
        r"|saw) (?!.{0,80}\b(?:<better>))(?:[\w-]+ ){0,4}?(?:errors?|failures?|outage|timeouts?"
        r"|5\d\ds?|5xx|problems?|issues?|downtime)\b",
        matches=(
            "Noticed some errors",
            "Observed an outage",
            "First saw timeouts",
        ),
        leaves=("Noticed that errors have stopped",),
    ),
    Rule(
        "detected",
        "it is detected",
        r"\b(?:detected and verified|is detected|was detected|were detected)\b",
        matches=(
            "Corruption was detected",
            "The spike is detected",
        ),
        leaves=("The spike is drawn",),
    ),
    Rule(
        "detected",
        "how it was detected",
        r"^\W*(?:first )?(?:detected|noticed|discovered|spotted) (?:by|through|via|from"
        r"|thanks to)\b",
        matches=(
            "Detected by a probe",
            "Discovered through a review of logs",
        ),
        leaves=("Discovered America",),
    ),
    Rule(
        "detected",
        "an alert is raised",
        r"\b(?:triggers?|triggered|triggering|raises?|raised|fires?|fired|sounds?|sounded|blares?"
        r"|blared) (?:an? |the |our )?(?:\w+ )?(?:alerts?|alarms?|pages?)\b",
        matches=(
            "This triggers an alert",
            "The probe raised a critical alarm",
            "A siren sounds the alarm",
        ),
        leaves=("This triggers a build",),
    ),
    Rule(
        "detected",
        "a tool alerts",
        r"\b(?:alertmanager|pager ?duty|opsgenie|pingdom|datadog|cloudwatch|monitoring|nagios"
        r"|zabbix|icinga2?|prometheus|sentry) (?:pages?|alerts?|alarms?|alerted|paged"
        r"|notifie[sd])\b",
        matches=(
            "Pagerduty pages",
            "Nagios alerted",
        ),
        leaves=("Nagios was upgraded",),
    ),
    Rule(
        "detected",
        "a row of an alert",
        r"^\W*(?:alerts?|pages?) ?:|^\W*paged (?:the )?on-?call\b",
        matches=(
            "Alert: disk full on node",
            "Paged the on-call",
        ),
        leaves=("Alerting was tuned",),
    ),
    Rule(
        "detected",
        "on-call is paged",
        r"\b(?:eoc|on-?call(?: engineer| sre)?|sre) (?:is |was |gets? |got )?paged\b",
        matches=(
            "On-call paged",
            "The on-call engineer is paged",
            "SRE was paged",
        ),
        leaves=("On-call is asleep",),
    ),
    Rule(
        "detected",
        "a person sees trouble that nobody saw",
        NOTICED,
        matches=(
            "Ana notices failing logins",
            "The team spotted slow queries",
            "Noticed that mail is down",
        ),
        leaves=(
            "Ana notices that errors stopped",
            "Ana notices the weather",
        ),
    ),
    Rule(
        "acknowledged",
        "somebody takes it",
        r"(?<!\bto )\b(?:acknowledges?|acknowledged|ack(?:s|ed|'d)?)\b(?=.{0,40}\b(?:page|alert"
        r"|incident|alarm|issue)|\W*$|\W+by\b)",
        matches=(
            "Ana acknowledges the page",
            "Acknowledged",
            "Acked by Bo",
        ),
        leaves=("Acknowledged a customer's mail",),
    ),
    Rule(
        "acknowledged",
        "the alert is taken",
        r"\b(?:page|alert|incident|alarm|issue)\b.{0,20}\b(?:acknowledged|ack(?:ed|'d))\b",
        matches=(
            "Page acknowledged",
            "The alert was acked",
        ),
        leaves=("The alert was muted",),
    ),
    Rule(
        "declared",
        "it was treated as an incident",
        r"\b(?:treat(?:ed)?|class(?:ed|ified)) (?:this|it) as an? (?:\w+ )?incident\b",
        matches=(
            "We treat this as an incident",
            "Classified it as a major incident",
        ),
        leaves=("We treat this as a bug",),
    ),
    Rule(
        "declared",
        "its level was declared",
        r"\b(?:sev\w*[- ]?\d|p[1-5]|major incident|outage|emergency) (?:is |was )?declared\b",
        matches=(
            "SEV2 declared",
            "Outage was declared",
        ),
        leaves=("SEV2 would be declared",),
    ),
    Rule(
        "declared",
        "the incident is declared",
        r"\bincident\b.{0,12}\b(?:is |was |formally |officially )?(?:declared|called)\b<as_ended>",
        matches=(
            "The incident was declared",
            "Incident formally declared",
        ),
        leaves=("Incident was not declared",),
    ),
    Rule(
        "declared",
        "somebody declares it",
        r"\bdeclare[sd]? (?:an? |the )?(?:(?:major|formal|sev\w*[- ]?\d?|p\d) )*(?:incident"
        r"|outage|sev\w*[- ]?\d?|p[1-5])\b<as_ended>",
        matches=(
            "Bo declares an incident",
            "Declared a SEV1",
            "Declared a major outage",
        ),
        leaves=("Bo declares victory",),
    ),
    Rule(
        "mitigated",
        "it is mitigated",
        r"<trouble> <verb>mitigated\b",
        matches=(
            "Incident mitigated",
            "The impact was fully mitigated",
        ),
        leaves=("The risk is mitigated",),
    ),
    Rule(
        "mitigated",
        "mitigated or repaired, by itself",
        r"^\W*(?:mitigated|repaired)\b",
        matches=(
            "Mitigated",
            "Mitigated by a rollback",
            "Repaired",
        ),
        leaves=("Mitigated by a rollback, no effect",),
    ),
    Rule(
        "mitigated",
        "the mitigation is done",
        r"\bmitigation (?:is |was )?(?:complete|completed|successful|in place|applied|deployed)\b",
        matches=(
            "Mitigation complete",
            "Mitigation was applied",
        ),
        leaves=("Mitigation is discussed",),
    ),
    Rule(
        "mitigated",
        "it has fully recovered",
        r"\b(?:is|was|were|has|have) (?:been )?(?:fully|completely) (?:recovered|restored"
        r"|operational)\b",
        matches=(
            "Mail was fully restored",
            "Search has fully recovered",
        ),
        leaves=("Search was fully rebuilt",),
    ),
    Rule(
        "mitigated",
        "a service has recovered",
        r"\b<thing> <verb>(?:restored|recovered|operational|healthy|repaired)\b",
        matches=(
            "Service restored",
            "All systems operational",
            "The cluster is healthy",
        ),
        leaves=("Service restored for internal staff",),
    ),
    Rule(
        "mitigated",
        "a service works again",
        r"\b<thing> (?:<verb>(?:back (?:to normal|online|up|in operation)|up and running"
        r"|working (?:again|as intended|as expected|normally|fine)|responding again)|(?:returns?"
        r"|returned) to normal|resumes?|resumed)\b",
        matches=(
            "The site is back online",
            "Everything back to normal",
            "The app is up and running",
            "Traffic returned to normal",
        ),
        leaves=("The site is back online temporarily",),
    ),
    Rule(
        "mitigated",
        "measures are normal again",
        r"\b<levels>(?: \w+){0,3}? (?<!to )(?<!going )(?<!coming )(?:back|returns?|returned|is"
        r"|are) (?:back )?(?:to |at )?(?:pre-incident |their |its )?(?:normal|baseline|usual)\b"
        r"|\b<bad_levels>(?: \w+){0,3}? (?<!to )(?<!going )(?:back|returns?|returned|drop(?:s"
        r"|ped)|down|falls?|fell) (?:back )?to (?:near )?(?:pre-incident |their |its )?(?:normal"
        r"|baseline|usual|zero|0\b)",
        matches=(
            "Error rates return to normal",
            "Latency is back at baseline",
            "Errors dropped to zero",
        ),
        leaves=("Error rates begin to return to normal",),
    ),
    Rule(
        "mitigated",
        "somebody restored it",
        r"\brestor(?:es|ed|ing) (?:the |all |full |normal )*(?:services?|functionality|access"
        r"|connectivity)\b(?! (?:from|via|by|to (?:a|an|the previous))\b)",
        matches=(
            "Bo restores service",
            "The rollback restored full access",
        ),
        leaves=("Bo restores service from a backup",),
    ),
    Rule(
        "mitigated",
        "it can be used again",
        r"\b<thing> (?:becomes?|became|comes|came|is|was|are|were) (?:available|accessible"
        r"|reachable|responsive|functional|online|up) again\b",
        matches=(
            "The site is available again",
            "Our service becomes reachable again",
        ),
        leaves=("The site is slow again",),
    ),
    Rule(
        "mitigated",
        "service is back",
        r"\b(?:we|<thing>) (?:are |were |went |came |got )(?:now )?back (?:on-?line|in service"
        r"|in operation)\b",
        matches=(
            "The site went back online",
            "We are back in service",
        ),
        leaves=("We are back in the office",),
    ),
    Rule(
        "mitigated",
        "the restoration is achieved",
        r"\b(?:service|full) restoration (?:is |was )?(?:achieved|completed?|confirmed)\b",
        matches=(
            "Full restoration achieved",
            "Service restoration confirmed",
        ),
        leaves=("Service restoration begins",),
    ),
    Rule(
        "mitigated",
        "back, at the row's beginning",
        r"^\W*back (?:on-?line|to normal|up and running)\b",
        matches=(
            "Back online",
            "Back to normal",
        ),
        leaves=("Back at the desk",),
    ),
    Rule(
        "mitigated",
        "requests succeed",
        r"\brequests (?:now )?return(?:s|ed)? 200\b",
        matches=(
            "Requests return 200",
            "Requests now returned 200",
        ),
        leaves=("Requests return 500",),
    ),
    Rule(
        "resolved",
        "trouble has ended",
        r"<trouble> <verb>(?:resolved|fixed|solved|ended|ends?|gone)\b",
        matches=(
            "Incident resolved",
            "The outage ended",
            "Errors are gone",
        ),
        leaves=("The outage is not resolved",),
    ),
    Rule(
        "resolved",
        "it is over",
        r"<trouble> (?:is|was|are|were|now|declared) (?:\w+ )?over\b|^\W*<trouble> over\b",
        matches=(
            "The outage is over",
            "Incident over",
        ),
        leaves=("The outage is almost over",),
    ),
    Rule(
        "resolved",
        "somebody resolved it",
        r"\b(?:resolved|solved|fixed|ended|ending) (?:the |this )?<trouble>",
        matches=(
            "Resolved the incident",
            "Fixed the issue",
        ),
        leaves=("Fixed the issue with Ana's laptop",),
    ),
    Rule(
        "resolved",
        "by which it was resolved",
        r", (?:which )?(?:resolving|fixing) (?:the |this )?<trouble>",
        matches=("Bo restarted it, resolving the issue",),
        leaves=("Bo restarted it, reading the issue",),
    ),
    Rule(
        "resolved",
        "and so it was resolved",
        r"(?:[;,–—]|\band) (?:fully )?resolved\W*$",
        matches=(
            "Caches rebuilt and resolved",
            "Rolled back, fully resolved",
        ),
        leaves=("Rolled back and not resolved",),
    ),
    Rule(
        "resolved",
        "the resolution is confirmed",
        r"\bresolution (?:is |was )?(?:validated|confirmed|verified)\b",
        matches=(
            "Resolution confirmed",
            "Resolution was validated",
        ),
        leaves=("Resolution is awaited",),
    ),
    Rule(
        "resolved",
        "its end is named",
        r"\bend of (?:the )?<trouble>",
        matches=(
            "End of the outage",
            "End of incident",
        ),
        leaves=("End of the outage call",),
    ),
    Rule(
        "resolved",
        "it was brought to an end",
        r"\bbring(?:s|ing)? (?:the |this )?<trouble> to an end",
        matches=("The rollback brings the outage to an end",),
        leaves=("The rollback brings a new error",),
    ),
    Rule(
        "resolved",
        "it went away",
        r"<trouble> (?:goes|went|go) away\b",
        matches=(
            "The errors went away",
            "The issue goes away",
        ),
        leaves=("The team went away",),
    ),
    Rule(
        "resolved",
        "somebody closes it",
        r"(?:(?<!re-)\b(?:closes|closed)|(?:^\W*|[;,–—] )closing) (?:the |this |our )*incident\b",
        matches=(
            "Ana closes the incident",
            "Closed the incident",
        ),
        leaves=("Re-closed the door",),
    ),
    Rule(
        "resolved",
        "the incident is closed",
        r"(?:^\W*|[;,–—] )(?:the |this )?(?:incident|sev(?:[- ]?\d)?) (?:is |was )?(?:formally "
        r"|officially )?closed\b",
        matches=(
            "Incident closed",
            "The incident was formally closed",
        ),
        leaves=("Incident ticket closed",),
    ),
    Rule(
        "resolved",
        "resolved, by itself",
        r"^\W*(?:fully )?resolved\b|\((?:fully )?resolved\)|(?:^\W*|[,;] )all clear\b",
        matches=(
            "Resolved",
            "Rolled back (resolved)",
            "All clear",
        ),
        leaves=("Resolved a merge conflict",),
    ),
)


@dataclass(frozen=True, slots=True)
class Veto:
    """What takes back what a rule matched: a row that is of mixed meaning has no kind.

    `where` the pattern is looked for: `within` the match, `before` its end in the sentence, in the `clause`
    (between marks) or `part` (between colons and dashes) before it, directly `after` it, in the `rest` of the
    sentence behind it, or in the whole `sentence`. `examples` are rows that have no kind by it.
    """

    says: str
    kinds: frozenset[str]
    where: Literal["within", "before", "clause", "part", "after", "rest", "sentence"]
    pattern: str
    examples: tuple[str, ...]


#: The kinds that end an incident.
ENDS = frozenset({"mitigated", "resolved"})
_STARTED, _DETECTED, _RESOLVED = frozenset({"started"}), frozenset({"detected"}), frozenset({"resolved"})
_TOLD_FIRST = frozenset({"detected", "started", "declared"})  # only a row's first sentence tells these
_ALL_KINDS = frozenset({*ENDS, *_TOLD_FIRST, "acknowledged"})
#: All of what was hit: an end for these is the end.
_WHOLE = (
    r"(?:all|every\w*|full|good|both|prod(?:uction)?|its own|(?:the )?(?:whole|entire|majority|end)"
    r"|(?:the |our )?(?:users?|customers?|clients?|students?|system|site|service|platform|meantime)\b"
    r"(?! in\b)"
    r"|\d+ ?(?:min|h|sec)|less than|under|about|around|approx\w*|time)"
)

VETOES: tuple[Veto, ...] = (
    Veto(
        "it is denied, only supposed, attempted or to come, or true of a part or of another incident",
        ENDS | {"acknowledged"},
        "before",
        r"\b(?:not|no(?! (?:human|manual|further|longer))|never|n't|cannot|nor|un\w+ to|without|until|if"
        r"|whether|once|when|should|would|could|will|might|may|to be|being|expect\w*|hop(?:e|ed|ing)"
        r"|believ\w+|think|thought|consider(?:s|ing)?|(?<!is )(?<!was )(?<!now )considered"
        r"|assum\w+|seem\w*|appear\w*|attempt\w*|tr(?:y|ies|ied|ying)"
        r"|partial\w*|temporar\w+|almost|nearly|soon|some|most|few|half|previous|earlier|similar|other|second|another|unrelated"
        r"|before|after|since|one of|\d+ ?%(?: of)?"
        r"|working on|plan\w*|discuss\w*|verify|(?<!health )(?<!status )check(?:s|ing)?|wait\w*|clean)\b"
        r"[^.;:!?]*$|n't\b[^.;:!?]*$",
        (
            "The outage is not yet resolved",
            "Ana hopes that service will be restored",
            "One of two hubs is back online",
        ),
    ),
    Veto(
        "it is taken back right behind",
        ENDS | {"acknowledged"},
        "after",
        r"\s*(?:is |was )?(?:not\b|yet to|temporarily|partially|for some|for most|again fails"
        r"|for (?:a )?(?:short|brief) |a second time|or not|since |\?|only )",
        ("The site is back online temporarily", "Is the outage resolved?"),
    ),
    Veto(
        "it is denied or conditional",
        _TOLD_FIRST,
        "clause",
        r"\b(?:not|no|never|if|should|would|might|without)\b|n't\b",
        ("No user reported any issue", "If an incident is declared, call Ana"),
    ),
    Veto(
        "it is denied or conditional in the words themselves",
        _TOLD_FIRST,
        "within",
        r"\b(?:should|would|might|could|never)\b|(?:\bnot|n't)\b(?= (?:\w+ ){0,2}?(?:declared|called"
        r"|fire|fired|firing"
        r"|trigger|triggered|page|paged|detect|detected|received|raised|alerted|notified)\b)",
        ("The alert should have fired", "Incident was not declared", "Monitoring did not detect the errors"),
    ),
    Veto(
        "others say that it is over",
        ENDS,
        "before",
        r"(?<!status )\b(?:reports?|reported|reporting|notifie[sd]|notices?|noticed|claims?"
        r"|claimed|detect(?:s|ed) that)\b[^.;:!?]*$",
        ("Users report that everything is back to normal", "Ben notices that the problem is gone"),
    ),
    Veto(
        "another alert, report or error than the first",
        _DETECTED,
        "clause",
        r"\b(?:second|another|additional|other|third|unrelated|similar)\b",
        ("A second alert fires",),
    ),
    Veto("it began once more", _STARTED, "after", r".{0,20}\bagain\b", ("The outage started again",)),
    Veto(
        "a start that is only supposed",
        _STARTED,
        "clause",
        r"\b(?:think|thought|believ\w+|suspect\w*|assum\w+|maybe|perhaps|probably|whether)\b",
        ("We think the site went offline",),
    ),
    Veto(
        "what is told of the start was at another time",
        _STARTED,
        "part",
        r"\b(?:around|since|after|before|from|until|logs?|at|when|during|about|why|that|as|which"
        r"|reports?|complaints?|messages?)\b",
        ("Logs around the start of the outage are read",),
    ),
    Veto(
        "what begins is the way back",
        _STARTED | _DETECTED,
        "after",
        r"(?:\s+(?:to|slowly|gradually|finally|now|also|quickly|steadily|a))*\s+"
        r"(?:drop|declin|decreas|fall|fell|eas(?:e|ing)|improv|recover|less|taper|clear|subsid|stop"
        r"|resolv|shrink"
        r"|diminish|go(?:es|ing)? (?:down|away)|abat|wan(?:e|ing)|fad(?:e|ing)|disappear|vanish|return|reduc"
        r"|normali|heal|settl|back\b|come? down|coming down|get(?:ting)? better|level)\w*",
        (
            "Errors begin to drop after the rollback",
            "The problem starts to improve",
            "Failures start to taper off",
        ),
    ),
    Veto(
        "what is seen is the way back",
        _DETECTED,
        "sentence",
        r"\brecover(?:y|ed|s|ing)\b|\b(?:works?|working|up|online|available|accessible) again\b"
        r"|\bback (?:up|online|to normal)\b|\b(?:is|are|was|were|returned|returns) (?:back )?(?:to )?normal\b"
        r"|\bnormally\b|\b(?:alert|alarm|page|pager|monitor|check)s?\b.{0,30}\b(?:resolved|clear(?:s|ed)?"
        r"|stop(?:s|ped)?|ends?|ended|closed)\b|\bresolved condition\b|\ball clear\b|\bno (?:new|more"
        r"|further|longer)\b|\bstill\b"
        r"|\b(?:is|are|was|were|got|been) (?:fixed|resolved|restored|solved|gone)\b|\bsite up\b",
        (
            "Monitoring detected recovery",
            "Pingdom reports that the site is up again",
            "Alerts stopped firing",
            "Customers report that everything works again",
            "Support reports no new tickets",
        ),
    ),
    Veto(
        "what began, ended or was reported is work on it, or paper about it",
        _ALL_KINDS,
        "after",
        r"[ -](?:(?:response|review|command|management|status)[ -])?(?:calls?|bridges?|meetings?"
        r"|response|reviews?"
        r"|channels?|rooms?|commanders?|tickets?|theor(?:y|ies)|hypothes[ie]s|windows?|budgets?|reports?"
        r"|retros?"
        r"|retrospectives?|postmortems?|timelines?|drills?|exercises?|tests?|handling|process|investigations?"
        r"|announcements?|notifications?|tuning|documents?|docs?|dashboards?|pages?|graphs?|templates?"
        r"|threads?"
        r"|records?|reporting)\b",
        (
            "Start of the incident call",
            "End of the outage window announced for noon",
            "First failure theory ruled out",
        ),
    ),
    Veto(
        "a report that was made, not one that came in",
        _DETECTED,
        "after",
        r"\s+(?:(?:is |was )?(?:sent|published|posted|shared|written|drafted|tuning|tuned)\b"
        r"|(?:to|for) (?:the )?(?:management|board|executives?|leadership|stakeholders|press|regulators?"
        r"|finance)\b"
        r"|(?:the )?(?:customers|users|clients|management|stakeholders|partners|everyone|leadership)\b"
        r"|.{0,40}\bto (?:finance|management|the (?:board|press)|leadership)\b)",
        (
            "Initial report sent to management",
            "Team notified customers on the status page",
            "First report to the board",
        ),
    ),
    Veto(
        "what was seen was known by then",
        _DETECTED,
        "rest",
        r"\b(?:after|despite) (?:the |our |this )?(?:rollback|fix|restart|revert|recovery|mitigation"
        r"|roll ?back|failover"
        r"|change was reverted)\b|\btoo\W*$|\bas well\W*$",
        ("Customers report errors after the rollback too",),
    ),
    Veto(
        "another place, time or occasion than this incident's",
        _ALL_KINDS,
        "sentence",
        r"\b(?:staging|sandbox|unrelated|(?:failover|load|stress|restore|recovery|penetration"
        r"|chaos) test(?:s|ing)?"
        r"|rehearsal|game ?day|(?:for|during|under|scheduled|planned) maintenance|maintenance window"
        r"|for (?:planned |scheduled )?(?:patching|upgrades?)"
        r"|last (?:week|month|year|night|time|quarter)(?:'s)?|yesterday|false alarm|upstream)\b",
        (
            "Problem with staging fixed, issue resolved there",
            "Site was down for maintenance last week",
            "Alert fires on an unrelated host",
            "The issue was fixed upstream",
        ),
    ),
    Veto(
        "true of a part",
        ENDS,
        "after",
        rf"\s*\(?(?:for|in|on|within|across|except|apart from|besides|but not|other than"
        rf"|with|where|that)\b(?!\s+{_WHOLE})"
        r"(?! (?:version|response|doing|the (?:rollback|fix|restart|old|previous|help|revert)"
        r"|a (?:rollback|fix|restart"
        r"|revert))\b)|\s+(?:due|only|partly|mostly)\b",
        (
            "Issue resolved for EU customers",
            "Issue resolved for 80% of users",
            "Incident resolved in one of two regions",
            "API back online for internal users only",
            "Fixed an issue in the deploy script",
            "All systems operational except search",
        ),
    ),
    Veto(
        "true of a part, as is said later",
        ENDS,
        "rest",
        r"\bfor (?!all |every|our |the )(?:[\w-]+ ){1,2}(?:users?|customers?|clients?|accounts?|tenants?)\b"
        r"|\b(?:in|on|for) (?:only )?(?:one|two|three|half|some|most|many) (?:out )?of\b|\b\d+ ?% of\b",
        (
            "Incident mitigated by the rollback for EU customers",
            "Outage over, by now, in two of five regions",
        ),
    ),
    Veto(
        "it goes on, or came back",
        ENDS,
        "rest",
        r"\b(?:but|however|though|although|while)\b.{0,60}\b(?:not|n't|fail\w*|down|slow|errors?|broken"
        r"|unavailable"
        r"|degraded|missing|affected)\b|\bstill (?!monitor|investigat|watch|look|work)|\b(?<!monitoring )"
        r"(?<!investigation )(?<!work )(?:continues?|remains?|persists?)\b(?! to (?:monitor|watch|observ"
        r"|investig|work))"
        r"|\bexcept\b|\bapart from\b|\bthen (?:it )?(?:rose|rises|goes|went|fell|falls|down|fail\w*"
        r"|crash\w*|back)\b"
        r"|\bno effect\b|\bdid(?:n't| not) help\b|\bwithout (?:effect|success)\b|\bproduction follows\b"
        r"|\bdown again\b"
        r"|\bto follow\b|\bon half\b",
        (
            "Website back online but checkout still failing",
            "Service restored in the EU, US still down",
            "Mitigated by restarting worker 3, no effect",
            "Latency returned to normal, then rose again",
        ),
    ),
    Veto(
        "what ended was a task",
        _RESOLVED,
        "sentence",
        r"^\W*(?:fully )?(?:re)?solved (?!(?:by|via|through|after|with|at|on|in|the (?:incident|outage"
        r"|issue|problem"
        r"|disruption)|this|and|as|when|around|about|approximately|itself|without|over)\b)[a-z]",
        ("Resolved merge conflicts", "Resolved ticket for customer X", "Resolved DNS by hand to check"),
    ),
    Veto(
        "what was repaired was a thing beside it",
        frozenset({"mitigated"}),
        "after",
        r"(?<=repaired) (?:the |a )(?!(?:issue|incident|outage|problem|service|site|system|database"
        r"|cluster)\b)\w+",
        ("Repaired the dashboard",),
    ),
)
