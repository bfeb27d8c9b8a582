"""What a timeline row says happened: the rules by which a row states a start, a detection or an end.

Each rule is a pattern; what it matched is kept as the quote. A row that does not say it in words says
nothing, and words that deny or only hope for it ("not yet resolved", "should be fixed") do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.documents.blocks import squeeze
from pipeline.documents.names import HIDDEN, hide_names

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
    rf"(?!.{{0,80}}\b(?:{_BETTER}))(?:that )?(?:.{{0,50}}?\b)?(?:errors?|fail\w*|outage|down|offline|broken|"
    r"timeouts?|time out|timing out|slow\w*|degrad\w*|unavailable|unreachable|problems?|issues?|5\d\ds?"
    r"|5xx|(?:is|was|are|were) (?:red|dead|stuck|hung)|not (?:work\w*|able|happening|starting|responding"
    r"|loading|building|being)"
    r"|(?:customer|user|support) (?:reports?|tickets?|complaints?))\b"
)

RULES: tuple[tuple[str, str], ...] = (
    ("started", r"\b(?:deploy(?:ment)?|release|rollout|merge) of (?:the )?culprit\b"),
    (
        "detected",
        r"\b(?:receive[sd]?|gets?|got) (?:an? |the |many |several )?(?:pages?|pager|alerts?|alarms?)\b",
    ),
    (
        "detected",
        r"\b(?:intrusion|breach|compromise|anomal(?:y|ies)|attack|unauthori[sz]ed access)s? "
        r"(?:is |was |were |has been )?(?:first )?(?:detected|discovered|noticed|spotted)\b",
    ),
    (
        "detected",
        r"\breceive[sd]? (?:an? |the |our |some |several |multiple )*(?:first |initial |user |customer )*"
        rf"reports? (?:from|by) (?:an? |the |our |some |several |multiple )*(?:\w+ )?{_PEOPLE}\b"
        rf"(?!.{{0,80}}\b(?:{_BETTER}|faster|well|fine|works))",
    ),
    (
        "detected",
        r"(?<!\bwe )\b(?:posts?|posted|wrote|writes) (?:an? )?(?:message )?(?=[^.;]{0,60}"
        r"\b(?:channel|slack|chat|forum|discord))(?![^.;]{0,100}\b(?:status|update|customers|announc\w+))"
        rf"(?!.{{0,100}}\b(?:{_BETTER}))[^.;]{{0,60}} that\b"
        r"[^.;]{0,60}\b(?:(?:is|are|was|were)(?: not|n[’']t) \w+"
        r"|(?:is|are|was|were) (?:down|broken|unavailable|failing)|failed|errors?)",
    ),
    ("declared", r"\b(?:treat(?:ed)?|class(?:ed|ified)) (?:this|it) as an? (?:\w+ )?incident\b"),
    (
        "started",
        rf"\b{_FACILITY} (?:goes|went) (?:belly[- ]up|dark)\b"
        r"|\b(?:link|uplink|circuit|line|connection)s? (?:to [\w ]{2,30} )?(?:goes|went) "
        r"(?:completely |hard )?down\b",
    ),
    (
        "started",
        r"^\W*(?:the |our |all |whole |entire )*(?:university|campus|company|office|site|school|library"
        r"|data ?cent(?:er|re)|users|customers|members|students) (?:loses?|lost) (?:all )?"
        r"(?:access|connectivity)\b",
    ),
    ("declared", r"\b(?:sev\w*[- ]?\d|p[1-5]|major incident|outage|emergency) (?:is |was )?declared\b"),
    ("started", rf"(?:start|beginning|onset) of (?:the )?{_TROUBLE}"),
    ("started", rf"{_TROUBLE} (?:first |actually )?(?:starts?|started|begins?|began|occurs|occurred)\b"),
    (
        "started",
        r"(?:service|site|system|performance|latency|requests?|apis?|calls|logins?|jobs|builds|checkouts?"
        r"|payments?"
        rf"|endpoints?|launches|queries|{HIDDEN}+) (?:starts?|started|begins?|began) (?:to )?"
        r"(?:degrad|fail|tim(?:e|ing) out|return(?:ing)? (?:http )?(?:errors?|5\d\d|5xx))\w*",
    ),
    (
        "started",
        rf"^\W*(?:the |our |whole |entire )*{_TOP} (?:goes|went|is|was) (?:completely |hard |fully )*"
        r"(?:down|offline|unreachable|unavailable)\b",
    ),
    (
        "started",
        rf"\b{_FACILITY}(?: (?!and\b|but\b|to\b)[\w-]+){{0,8}}? (?:becomes?|became|goes|go|went) "
        r"(?:completely |entirely |fully )?"
        r"(?:unresponsive|unavailable|unreachable|inaccessible|unusable|offline)\b",
    ),
    (
        "started",
        r"^\W*(?:we|users|customers|everyone|all users|clients) (?:started|began|start|begin)? ?(?:to )?"
        rf"experienc(?:e|es|ed|ing) (?:\w+ ){{0,4}}?{_TROUBLE}\b",
    ),
    (
        "started",
        r"\bsuccess(?: rates?| metrics?)? (?:drops?|dropped|falls?|fell|reaches|reached)(?: to)?"
        r" (?:0(?![.,]?\d)|zero\b)",
    ),
    (
        "started",
        r"\b(?:chain|network|mainnet|testnet|block production) (?:halts?|halted|stalls?|stalled)\b",
    ),
    ("started", r"culprit\b.{0,60}\b(?:applied|deployed|merged|released|rolled out|introduced)"),
    ("started", r"(?:applied|deployed|merged|released|rolled out|introduced)\b.{0,40}\bculprit"),
    (
        "started",
        r"\b(?:suffered|experienced|had) an? (?:\w+ ){0,2}?(?:breakdown|outage|failure|crash"
        r"|interruption|disruption)\b",
    ),
    ("started", r"\bfirst (?:errors?|failures?|failed requests?|symptoms?)\b(?! (?:report|notic))"),
    ("started", r"^\W*first (?:failed|failing|unsuccessful) [a-z]\w+"),
    (
        "started",
        rf"^\W*(?!.{{0,60}}\b{_TELLING})(?:[\w.-]+ ){{1,5}}?(?:goes|went) (?:completely )?offline\b"
        rf"|\b{_FACILITY} (?:(?:goes|went) (?:completely |hard )?down|crashed)\b",
    ),
    (
        "detected",
        r"\b(?:first )?(?:report(?:s|ed)?|alerts?) of (?:an? |the )?(?:issue|problem|outage|"
        r"incident|errors?)",
    ),
    (
        "detected",
        rf"{_TROUBLE} (?:was |is |were |has been )?(?:first )?(?:detected|discovered|noticed|"
        rf"spotted|reported)",
    ),
    (
        "detected",
        r"\b(?:first|initial) (?:(?:user|customer|on-?call|monitoring|automated|internal|external|support"
        r"|pagerduty) )?"
        r"(?:report|alert|alarm|page|notification|complaint|ticket)s?\b(?! back)",
    ),
    ("detected", r"\bfirst (?:customer|user|client)[- ]reported\b|^\W*incoming (?:report|alert|page)s?\b"),
    (
        "detected",
        r"\b(?:manual|smoke|synthetic|automated|routine) (?:\w+ )?(?:test(?:s|ing)?|evaluation|checks?"
        r"|probes?"
        rf"|monitoring|review) (?:reveals?|revealed|finds?|found|shows?|showed) (?:the |an? )?{_TROUBLE}",
    ),
    ("detected", r"\bfirst (?:noticed|detected|reported|discovered|spotted)\b"),
    (
        "detected",
        r"\bfirst (?:issues?|problems?|errors?|failures?)\b[^.;]{0,40} "
        r"(?:is|are|was|were) (?:reported|noticed)\b",
    ),
    (
        "detected",
        r"\b(?:we|team|engineers?|on-?call(?: engineer)?|sre|devops(?: team)?) (?:first "
        r")?(?:became|become|becomes|was made|were made|is made) aware\b",
    ),
    (
        "detected",
        r"\b(?:team|on-?call(?: engineer)?|engineers?|sre|devops(?: team)?|staff|admins?|operators?"
        r"|we) (?:is|are|"
        r"was|were|gets?|got) (?:automatically )?(?:alerted|paged|notified)\b",
    ),
    (
        "detected",
        r"\bteam (?:aware|alerted|paged|notified)\b(?=\W*$|[,.;:–—]|\s+(?:by|about|of|via|that|through"
        r"|in|on|from"
        r"|at|when|automatically)\b)",
    ),
    ("detected", r"(?-i:\bI) (?:was|got) (?:alerted|paged|notified|told) (?:by|about|of|that)\b"),
    ("detected", r"\bmonitoring (?:system|service|tool)s? (?:report(?:s|ed)|flag(?:s|ged))\b"),
    (
        "detected",
        rf"\b{_PEOPLE} "
        r"(?:first )?(?:(?:began|begin|started?) (?:to report|reporting|complaining|to complain)\b"
        r"|reports?(?! back)|reported|reporting|notifie[sd](?: us)?|"
        r"complain(?:s|ed)?|raise[sd] (?:a |an )?(?:ticket|issue))\b",
    ),
    (
        "detected",
        r"\breported by (?:an? |the |some |several |other |many )?(?:users?|customers?|"
        r"clients?|others|developers?|support|staff|colleagues?)\b",
    ),
    (
        "detected",
        r"\b(?:alerts?|alarms?|alerting|monitors?|monitoring|pager ?duty|opsgenie|pingdom|datadog|"
        r"nagios|zabbix|icinga2?|prometheus|grafana|sentry|new ?relic|statuscake|uptime ?robot|borgmon|"
        r"cloudwatch(?: alert)?|alertmanager)\b.{0,25}\b(?:fires?|fired|firing|triggers?|"
        r"triggered|pages?|paged|alerted|notified|detects?|detected|received|raised|went off|goes off)\b",
    ),
    (
        "detected",
        r"\b(?:sends?|sent) (?:an? |us |out |the )*(?:emails?|alerts?|notifications?|pages?) (?:about|of"
        r"|that)\b",
    ),
    (
        "detected",
        r"\b(?:noticed|spotted|discovered|picked up|flagged) (?:by|via|through|on|in) (?:the |our |an? )?"
        r"(?:\w+ )?(?:monitoring|monitors?|dashboards?|alerts?|alerting|logs?|metrics|grafana|sentry|datadog"
        rf"|slack|{_PEOPLE})\b",
    ),
    ("detected", r"^\W*reported (?:in|into|via|through|on|to) (?:our |the |us\b)"),
    ("detected", r"\bbehaviou?r (?:is |was )?(?:reported|noticed|observed|spotted)\b"),
    (
        "detected",
        r"\breports? (?:from|in|on|by|via|that) .{0,80}\b(?:is|are|was|were) "
        r"(?:down|unavailable|unreachable|broken|failing|not working)\b",
    ),
    (
        "detected",
        r"^\W*(?:problem|incident|outage) (?:is |was |has been )?(?:first )?identified(?=\W*$|\W+by\b)",
    ),
    (
        "detected",
        r"\bpages? (?:fires?|fired|goes out|went out|is sent|was sent)\b|\bpagers? (?:alert|notif)\w*",
    ),
    (
        "detected",
        rf"^\W*(?:first )?(?:noticed|observed|discovered|detected|spotted|saw) (?!.{{0,80}}\b(?:{_BETTER}))"
        r"(?:[\w-]+ ){0,4}?(?:errors?|failures?|outage|timeouts?|5\d\ds?|5xx|problems?|issues?|downtime)\b",
    ),
    ("detected", r"\b(?:detected and verified|is detected|was detected|were detected)\b"),
    (
        "detected",
        r"^\W*(?:first )?(?:detected|noticed|discovered|spotted) (?:by|through|via|from|thanks to)\b",
    ),
    (
        "detected",
        r"\b(?:triggers?|triggered|triggering|raises?|raised|fires?|fired|sounds?|sounded|blares?|blared) "
        r"(?:an? |the |our )?(?:\w+ )?"
        r"(?:alerts?|alarms?|pages?)\b",
    ),
    (
        "detected",
        r"\b(?:alertmanager|pager ?duty|opsgenie|pingdom|datadog|cloudwatch|monitoring|nagios|zabbix"
        r"|icinga2?|prometheus|sentry) "
        r"(?:pages?|alerts?|alarms?|alerted|paged|notifie[sd])\b",
    ),
    ("detected", r"^\W*(?:alerts?|pages?) ?:|^\W*paged (?:the )?on-?call\b"),
    ("detected", r"\b(?:eoc|on-?call(?: engineer| sre)?|sre) (?:is |was |gets? |got )?paged\b"),
    ("detected", NOTICED),
    (
        "acknowledged",
        r"(?<!\bto )\b(?:acknowledges?|acknowledged|ack(?:s|ed|'d)?)\b(?=.{0,40}\b(?:page|alert|"
        r"incident|alarm|issue)|\W*$|\W+by\b)",
    ),
    ("acknowledged", r"\b(?:page|alert|incident|alarm|issue)\b.{0,20}\b(?:acknowledged|ack(?:ed|'d))\b"),
    (
        "declared",
        r"\bincident\b.{0,12}\b(?:is |was |formally |officially )?(?:declared|called)\b" + _AS_ENDED,
    ),
    (
        "declared",
        r"\bdeclare[sd]? (?:an? |the )?(?:(?:major|formal|sev\w*[- ]?\d?|p\d) )*(?:incident|"
        rf"outage|sev\w*[- ]?\d?|p[1-5])\b{_AS_ENDED}",
    ),
    ("mitigated", rf"{_TROUBLE} {_VERB}mitigated\b"),
    ("mitigated", r"^\W*(?:mitigated|repaired)\b"),
    ("mitigated", r"\bmitigation (?:is |was )?(?:complete|completed|successful|in place|applied|deployed)\b"),
    (
        "mitigated",
        r"\b(?:is|was|were|has|have) (?:been )?(?:fully|completely) (?:recovered|restored|operational)\b",
    ),
    ("mitigated", rf"\b{_THING} {_VERB}(?:restored|recovered|operational|healthy|repaired)\b"),
    (
        "mitigated",
        rf"\b{_THING} (?:{_VERB}(?:back (?:to normal|online|up|in operation)|up and running|"
        rf"working (?:again|as intended|as expected|normally|fine)|responding again)|"
        rf"(?:returns?|returned) to normal|resumes?|resumed)\b",
    ),
    (
        "mitigated",
        rf"\b{_LEVELS}(?: \w+){{0,3}}? (?<!to )(?<!going )(?<!coming )(?:back|returns?|returned|is|are)"
        r" (?:back )?(?:to |at )?(?:pre-incident |their |its )?(?:normal|baseline|usual)\b"
        rf"|\b{_BAD_LEVELS}(?: \w+){{0,3}}? (?<!to )(?<!going )(?:back|returns?|returned|drop(?:s|ped)"
        rf"|down|falls?|fell)"
        r" (?:back )?to (?:near )?(?:pre-incident |their |its )?(?:normal|baseline|usual|zero|0\b)",
    ),
    ("resolved", rf"{_TROUBLE} {_VERB}(?:resolved|fixed|solved|ended|ends?|gone)\b"),
    ("resolved", rf"{_TROUBLE} (?:is|was|are|were|now|declared) (?:\w+ )?over\b|^\W*{_TROUBLE} over\b"),
    ("resolved", rf"\b(?:resolved|solved|fixed|ended|ending) (?:the |this )?{_TROUBLE}"),
    ("resolved", rf", (?:which )?(?:resolving|fixing) (?:the |this )?{_TROUBLE}"),
    ("resolved", r"(?:[;,–—]|\band) (?:fully )?resolved\W*$"),
    ("resolved", r"\bresolution (?:is |was )?(?:validated|confirmed|verified)\b"),
    (
        "mitigated",
        r"\brestor(?:es|ed|ing) (?:the |all |full |normal )*(?:services?|functionality|access|connectivity)\b"
        r"(?! (?:from|via|by|to (?:a|an|the previous))\b)",
    ),
    (
        "mitigated",
        rf"\b{_THING} (?:becomes?|became|comes|came|is|was|are|were) (?:available|accessible|reachable"
        r"|responsive|functional|online|up) again\b",
    ),
    (
        "mitigated",
        rf"\b(?:we|{_THING}) (?:are |were |went |came |got )(?:now )?back "
        r"(?:on-?line|in service|in operation)\b",
    ),
    ("mitigated", r"\b(?:service|full) restoration (?:is |was )?(?:achieved|completed?|confirmed)\b"),
    ("mitigated", r"^\W*back (?:on-?line|to normal|up and running)\b"),
    ("mitigated", r"\brequests (?:now )?return(?:s|ed)? 200\b"),
    ("resolved", rf"\bend of (?:the )?{_TROUBLE}"),
    ("resolved", rf"\bbring(?:s|ing)? (?:the |this )?{_TROUBLE} to an end"),
    ("resolved", rf"{_TROUBLE} (?:goes|went|go) away\b"),
    (
        "resolved",
        r"(?:(?<!re-)\b(?:closes|closed)|(?:^\W*|[;,–—] )closing) (?:the |this |our )*incident\b",
    ),
    (
        "resolved",
        r"(?:^\W*|[;,–—] )(?:the |this )?(?:incident|sev(?:[- ]?\d)?) (?:is |was )?"
        r"(?:formally |officially )?closed\b",
    ),
    ("resolved", r"^\W*(?:fully )?resolved\b|\((?:fully )?resolved\)|(?:^\W*|[,;] )all clear\b"),
)
#: Beginnings of words without which no rule of a kind can match: looked for first, since that is cheap.
_STEMS: dict[str, tuple[str, ...]] = {
    "started": (
        *("start", "beg", "onset", "occur", "culprit", "first"),
        *("down", "offline", "unreachable", "unavailable", "unresponsive", "inaccessible", "unusable"),
        *(
            "belly",
            "dark",
            "lose",
            "lost",
            "halt",
            "stall",
            "experienc",
            "suffer",
            "success",
            "crash",
            "disruption",
            "interruption",
        ),
    ),
    "detected": (
        *(
            "alert",
            "alarm",
            "page",
            "report",
            "detect",
            "discover",
            "notic",
            "spot",
            "first",
            "initial",
            "aware",
        ),
        *(
            "notif",
            "complain",
            "raise",
            "fire",
            "firing",
            "trigger",
            "monitor",
            "observ",
            "saw",
            "behavio",
            "identified",
            "picked up",
            "flagged",
            "sen",
            "pagerduty",
            "pager",
            "told",
            "reveal",
            "find",
            "found",
            "show",
        ),
    ),
    "acknowledged": ("ack",),
    "declared": ("declare", "called", "treat", "class"),
    "mitigated": (
        *("mitigat", "repair", "restor", "recover", "operational", "healthy", "back", "up and running"),
        *("working", "responding", "normal", "resum", "baseline", "usual", "zero", "restor", "again", "200"),
    ),
    "resolved": (
        "resolv",
        "over",
        "fix",
        "solv",
        "end",
        "gone",
        "away",
        "clear",
        "closed",
        "closes",
        "closing",
    ),
}

_ALL_STEMS = frozenset(stem for stems in _STEMS.values() for stem in stems)
#: Each rule with those of its kind's stems that it spells out: no text without one of them matches it.
_COMPILED = tuple(
    (
        kind,
        frozenset(stem for stem in _STEMS[kind] if stem in pattern.lower()) or frozenset(_STEMS[kind]),
        re.compile(pattern, re.IGNORECASE),
    )
    for kind, pattern in RULES
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


_ENDS = frozenset({"mitigated", "resolved"})
_STARTED, _DETECTED, _RESOLVED = frozenset({"started"}), frozenset({"detected"}), frozenset({"resolved"})
_TOLD_FIRST = frozenset({"detected", "started", "declared"})  # only a row's first sentence tells these
_ALL_KINDS = frozenset({*_ENDS, *_TOLD_FIRST, "acknowledged"})
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
        _ENDS | {"acknowledged"},
        "before",
        r"\b(?:not|no(?! (?:human|manual|further|longer))|never|n't|cannot|nor|un\w+ to|without|until|if"
        r"|whether|once|when|should|would|could|will|might|may|to be|being|expect\w*|hop(?:e|ed|ing)"
        r"|believ\w+|think|thought|consider(?:s|ing)?|(?<!is )(?<!was )(?<!now )considered"
        r"|assum\w+|seem\w*|appear\w*|attempt\w*|tr(?:y|ies|ied|ying)"
        r"|partial\w*|temporar\w+|some|most|few|half|previous|earlier|similar|other|second|another|unrelated"
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
        _ENDS | {"acknowledged"},
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
        _ENDS,
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
        _ENDS,
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
        _ENDS,
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
        _ENDS,
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
            if number > 0 and (kind not in _ENDS or tells_trouble):
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
        if found is not None and found[0] in _ENDS:
            return "mitigated", found[1]
    return None, ""


def with_match(quote: str, words: str) -> str:
    """A quote with the words in it by which a rule gave it its kind, so that a reader sees why."""
    return f"{squeeze(quote, 200)} [matched: “{squeeze(words, 80)}”]"


def is_only_noticed(words: str) -> bool:
    """Whether a detection's words tell of somebody who saw trouble, not of the alert or the first report."""
    return _NOTICED.match(words) is not None


_NOTICED = re.compile(NOTICED, re.IGNORECASE)
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
_LEVEL = re.compile(rf"{_LEVELS}|{_BAD_LEVELS}", re.IGNORECASE)


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
