"""Categories of causes and triggers: the document's own word for it, else readable rules over what it tells.

A rule is a word or phrase with its weight; a category needs a clear lead, and the words that gave it are
kept. `[causes]` in the settings replaces the taxonomy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.documents.names import hide_names

#: Category → what it means (for people), and the phrases that speak for it; `!` before one counts double.
TAXONOMY: dict[str, tuple[str, tuple[str, ...]]] = {
    "change-deployment": (
        "A release, rollout, upgrade or migration of software brought the failure in.",
        (
            r"!(?:new|bad|faulty|broken|recent|latest|failed) (?:release|deploy(?:ment)?|build|"
            r"rollout|version|upgrade)",
            r"!(?:after|following|by|from|during|with|due to) (?:an? |the |this |our )?(?:\w+ "
            r"){0,3}(?:deploy(?:ment)?|release|rollout|upgrade|version bump|migration)\b",
            r"!(?:deploy(?:ment)?|rollout|release|upgrade) (?:of \S+ )?(?:broke|caused|"
            r"introduced|introduces|breaking|went|led|triggered)",
            r"\bdeployed\b",
            r"\bdeployments?\b",
            r"\brolled out\b",
            r"\brollout\b",
            r"\bupgrad(?:e|ed|ing)\b",
            r"\brelease of\b",
            r"\breleased\b",
            r"\bcanary\b",
            r"\bmigration\b",
            r"\bversion bump\b",
        ),
    ),
    "change-configuration": (
        "A setting, flag, rule or infrastructure definition was wrong or was changed.",
        (
            r"!mis-?config\w*",
            r"!(?:wrong|incorrect|invalid|bad|malformed|missing|faulty) (?:\w+ "
            r")?(?:configuration|config|setting|value|annotation|label|flag|rule)s?",
            r"!configuration (?:change|push|error|mistake|drift)",
            r"!config (?:change|push|error)",
            r"!feature flags?\b",
            r"\bconfigurations?\b",
            r"\bconfig\b",
            r"\bsettings?\b",
            r"\bconnection limit\b",
            r"\btimeout value\b",
            r"\bhard-?coded\b",
            r"\brouting rule\b",
        ),
    ),
    "capacity": (
        "Load, growth or a limit exceeded what was provided.",
        (
            r"!out of (?:memory|disk|space|disk space|inodes|addresses|ip addresses|file descriptors)",
            r"!oom(?:-?kill\w*)?\b",
            r"!overload\w*",
            r"!saturat\w*",
            r"!exhaust\w*",
            r"!disk (?:space|quota|full|filled|usage)",
            r"!no space left",
            r"!capacity\b",
            r"!(?:traffic|load) (?:spike|surge|grew|increase|peak)",
            r"!(?:spike|surge|increase|peak) (?:of|in) (?:\w+ )?(?:traffic|load|requests|connections|users)",
            r"!(?:quota|rate limit|upper limit|pod limit)\b",
            r"\bmemory leak\b",
            r"\bcpu\b",
            r"\btoo many\b",
            r"\bautoscal\w+",
            r"\bstarvation\b",
            r"\bcluster (?:is |was )?full\b",
            r"\bfilled up\b",
        ),
    ),
    "dependency": (
        "A third party or another team's service failed.",
        (
            r"!third[- ]part(?:y|ies)",
            r"!(?:vendor|provider|supplier|upstream|partner)(?:'s)?\b",
            r"!external (?:service|provider|problem|dependency|api|outage)",
            r"!(?:aws|azure|gcp|google cloud|cloudflare|fastly|github|jfrog|linode|stripe|"
            r"twilio|akamai|okta) (?:\w+ )?(?:outage|incident|disruption|failure|problem)",
            r"!(?:problem|outage|incident|issue|failure)s? (?:with|at|in|on) (?:aws|azure|gcp|"
            r"google cloud|cloudflare|fastly|jfrog|linode)",
            r"\bdependency (?:was|is|became|failed|outage)\b",
            r"\btheir (?:api|service|side)\b",
            r"\boutside our control\b",
        ),
    ),
    "hardware-infrastructure": (
        "A machine, disk, node or piece of the platform itself failed.",
        (
            r"!hardware\b",
            r"!disk failure",
            r"!failed (?:disk|node|host|server|drive|memory)",
            r"!power (?:outage|failure|loss|supply)",
            r"!(?:node|host|machine|server) (?:failure|failed|died|crash(?:ed)?|became unresponsive|is gone)",
            r"!(?:availability zone|data ?cent(?:er|re)) (?:outage|failure)",
            r"\bkernel panic\b",
            r"\bunhealthy nodes?\b",
            r"\bvolume\b.{0,30}\bmount",
            r"\braid\b",
        ),
    ),
    "network": (
        "Packets, names or routes did not arrive: DNS, load balancers, links, firewalls.",
        (
            r"!\bdns\b",
            r"!network (?:partition|outage|failure|issue|problem|connectivity|loss|link)",
            r"!packet loss",
            r"!bgp\b",
            r"!firewall",
            r"!load balancer",
            r"!\bnat gateway\b",
            r"!name resolution",
            r"\bnetworking\b",
            r"\bconnectivity\b",
            r"\broute table\b",
            r"\bsubnets?\b",
            r"\bswitch port\b",
            r"\blatency between\b",
            r"\blink (?:between|failed|down)\b",
        ),
    ),
    "credentials-certificates": (
        "A certificate, key, token or password expired or was wrong.",
        (
            r"!certificates?\b.{0,60}\b(?:expir\w+|renew\w*|invalid|outdated)",
            r"!expired? (?:\w+ ){0,3}(?:certificate|token|credential|key|secret|password)s?",
            r"!(?:credential|token|key|secret|password|service principal)s?\b.{0,30}\bexpir\w+",
            r"!(?:ssl|tls)\b.{0,30}\b(?:expir\w+|certificate)",
            r"\bcertificates?\b",
            r"\bcredentials?\b",
            r"\brotat(?:ion|ed) of (?:the )?(?:key|secret|token)s?\b",
            r"\brevoked\b",
        ),
    ),
    "software-defect": (
        "The program itself was wrong, in our code or in code we run.",
        (
            r"!\bbugs?\b",
            r"!race condition",
            r"!deadlock\w*",
            r"!null pointer|\bnil pointer|segfault|segmentation fault",
            r"!memory leak",
            r"!(?:unhandled|uncaught) (?:exception|error)",
            r"!regression\b",
            r"!infinite loop",
            r"!off[- ]by[- ]one",
            r"!(?:logic|programming|coding) error",
            r"!defect\b",
            r"!incompatib(?:le|ility)",
            r"\bexception\b",
            r"\bpanic(?:ked|s)?\b",
            r"\bcode path\b",
            r"\bfailed to handle\b",
        ),
    ),
    "data": (
        "Data was wrong, lost, corrupt, or its shape was not expected.",
        (
            r"!data (?:corruption|loss|inconsisten\w+|integrity)",
            r"!corrupt(?:ed|ion)?\b",
            r"!(?:malformed|duplicate|stale|bad|unexpected) (?:data|records?|rows?|payload|messages?)",
            r"!(?:missing|wrong) index",
            r"!replication lag",
            r"\bschema\b",
            r"\bbackfill\b",
            r"\bencoding\b",
            r"\bimport file\b",
            r"\brecords\b",
        ),
    ),
    "human-procedure": (
        "A step by hand went wrong, or the procedure was missing or misleading.",
        (
            r"!(?:accident(?:al|ally)|mistaken(?:ly)?|inadvertent(?:ly)?|by mistake)\b",
            r"!human error",
            r"!wrong (?:cluster|environment|server|command|account|database|workspace|host|region)",
            r"!manual (?:change|error|step|action|deletion|intervention)",
            r"!(?:runbook|procedure|documentation|playbook) (?:was|is|were|did not|lacked|missing|outdated)",
            r"!terraform destroy",
            r"\bby hand\b",
            r"\bmanually (?:deleted|changed|ran|executed|removed)\b",
            r"\bforgot(?:ten)?\b",
            r"\bmiscommunicat\w+",
        ),
    ),
    "security": (
        "An attack, an abuse or a vulnerability.",
        (
            r"!vulnerabilit(?:y|ies)",
            r"!\bd?dos\b(?: attack)?",
            r"!attack(?:er|ers|ed)?\b",
            r"!(?:malicious|malware|ransomware|phishing|breach|exploit(?:ed)?)\b",
            r"!\bcve-\d",
            r"!unauthori[sz]ed access",
            r"\babuse\b",
            r"\bbots?\b",
            r"\bspam\b",
        ),
    ),
}
#: What people write for a category when they state one; the whole value must be one of these.
_SYNONYMS: dict[str, str] = {
    "change-deployment": "deployment|deploy|release|rollout|roll out|bad deploy|bad release"
    "|code deployment|software "
    "deployment|software release|deployment error|deployment issue|failed deployment|deployment change"
    "|change deployment"
    "|code change|upgrade|migration|binary push|code push",
    "change-configuration": "configuration|config|configuration change|config change|configuration error"
    "|config error"
    "|configuration issue|misconfiguration|mis configuration|change configuration|configuration push"
    "|config push"
    "|feature flag|infrastructure change|infrastructure as code",
    "capacity": "capacity|capacity planning|capacity management|load|overload|scaling|scale|scalability"
    "|resource exhaustion"
    "|resource limits|resource limit|saturation|traffic|traffic spike|quota|performance and capacity"
    "|capacity scaling",
    "dependency": "dependency|dependencies|dependency failure|third party|3rd party|external"
    "|external dependency|third "
    "party dependency|third party failure|third party service|external service|external provider|upstream"
    "|upstream "
    "failure|upstream dependency|upstream provider|vendor|vendor outage|provider|provider outage"
    "|service provider"
    "|cloud provider|cloud provider outage|supplier|partner",
    "hardware-infrastructure": "hardware|hardware failure|hardware fault|infrastructure"
    "|infrastructure failure|infra"
    "|host failure|node failure|disk failure|power|power failure|power outage|data center|datacenter",
    "network": "network|networking|network failure|network issue|network error|network outage|dns"
    "|connectivity|load balancer"
    "|load balancing",
    "credentials-certificates": "certificate|certificates|certificate expiry|certificate expiration"
    "|expired certificate"
    "|certificate expired|credentials|credential expiry|expired credentials|tls|ssl|tls certificate"
    "|ssl certificate|secret"
    "|secrets|secret expiry|token expiry|expired token|certificate credentials|credentials certificates"
    "|secrets rotation",
    "software-defect": "software defect|software bug|bug|software|code|code bug|code defect|code error"
    "|coding error|defect"
    "|application bug|application error|regression|software error|software fault|software failure"
    "|logic error|latent bug",
    "data": "data|data corruption|corrupt data|bad data|data quality|data issue|data loss|data error"
    "|data integrity|schema",
    "human-procedure": "human|human error|operator error|user error|manual error|procedure"
    "|process failure|process "
    "error|process gap|procedural|procedural error|human procedure|operational error|operations"
    "|manual change|human factor"
    "|human factors|missing procedure",
    "security": "security|security incident|attack|ddos|ddos attack|denial of service|breach"
    "|security breach|vulnerability"
    "|abuse|malicious activity",
}
_CATEGORY_OF = {word: name for name, words in _SYNONYMS.items() for word in words.split("|")}
_NOT_LETTER = re.compile(r"[^a-z0-9]+")
_MAX_TEXT = 6000


@dataclass(frozen=True, slots=True)
class Category:
    """A category, the words that speak for it, how sure (0–1), and where in the text the first stands."""

    name: str
    words: tuple[str, ...]
    confidence: float
    position: int


def categorise(
    text: str,
    taxonomy: tuple[tuple[str, tuple[str, ...]], ...],
    services: tuple[str, ...] = (),
    *,
    strict: bool = False,
) -> Category | None:
    """The category that the words of `text` speak for, or None when none leads clearly.

    `taxonomy` is the settings' (category, words); empty means the built-in one. `strict` asks for a longer
    lead, for a text that tells the story and not only the cause. Names of `services` are no words.
    """
    text = text[:_MAX_TEXT]
    lowered = hide_names(text, services).lower()
    if len(lowered) != len(text):  # a few letters grow in lower case; positions must hold
        lowered = text
    scores: list[tuple[float, str, list[re.Match[str]]]] = []
    for name, any_rule, rules in _compiled(taxonomy):
        if any_rule.search(lowered) is None:
            continue
        score, matches = 0.0, []
        for weight, pattern in rules:
            match = pattern.search(lowered)
            if match is not None:
                score += weight
                matches.append(match)
        if matches:
            scores.append((score, name, matches))
    if not scores:
        return None
    scores.sort(key=lambda entry: -entry[0])
    best, name, matches = scores[0]
    second = scores[1][0] if len(scores) > 1 else 0.0
    least, lead = (4, 2) if strict and not taxonomy else (2, 1)
    if best < least or best - second < lead:
        return None
    confidence = min(0.8, 0.4 + 0.1 * (best - second))
    matches.sort(key=lambda match: match.start())
    words = tuple(
        dict.fromkeys(re.sub(r"\s+", " ", text[match.start() : match.end()]).strip() for match in matches)
    )
    return Category(name, words, round(confidence, 2), matches[0].start())


def stated_category(words: str, taxonomy: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    """The category that a stated value such as "Config change" plainly means, or None.

    The value as a whole must name a category, or be one of its words: "Bug in the configuration" means no
    one category.
    """
    said = _plain(words)
    for name, known in taxonomy or tuple((name, ()) for name in TAXONOMY):
        if said == _plain(name) or any(said == _plain(word) for word in known):
            return name
    return None if taxonomy else _CATEGORY_OF.get(said)


def _plain(words: str) -> str:
    return _NOT_LETTER.sub(" ", words.casefold()).strip()


@lru_cache(maxsize=16)
def _compiled(
    taxonomy: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[tuple[str, re.Pattern[str], tuple[tuple[float, re.Pattern[str]], ...]], ...]:
    """Each category with one pattern for all its rules, to pass over it at once, and its rules."""
    if taxonomy:
        weighted = {
            name: [(2.0, rf"{re.escape(word.lower())}(?!\w)") for word in words] for name, words in taxonomy
        }
    else:
        weighted = {
            name: [(2.0, rule[1:]) if rule.startswith("!") else (1.0, rule) for rule in rules]
            for name, (_, rules) in TAXONOMY.items()
        }
    return tuple(
        (
            name,
            re.compile(rf"(?<!\w)(?:{'|'.join(rule for _, rule in rules)})"),
            tuple((weight, re.compile(rf"(?<!\w)(?:{rule})")) for weight, rule in rules),
        )
        for name, rules in weighted.items()
        if rules
    )


_SEEN = (
    r"(?:notic|report|observ|discover|detect|saw|found|reali[sz]|spott|alert|notif|told|"
    r"complain|contact|rais|open|ask)\w*"
)
_CUSTOMERS = r"(?:customers?|(?:end[- ])?users?|clients?|merchants?|students?|subscribers?|guests?)"
_STAFF = r"(?:engineers?|team members?|developers?|staff|colleagues?|employees?|operators?|on-?call|we)"
#: Who found it → in a sentence, and as the short value of a label.
_DETECTION: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "alert",
        re.compile(
            r"\b(?:alert(?:s|ed|ing)?|alarms?|monitoring|monitors?|pager ?duty|pingdom|opsgenie|"
            r"datadog|prometheus|alertmanager|sentry|statping"
            r"|nagios|health ?checks?|automated|automatic|synthetic|paged|cloudwatch|stackdriver)\b",
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
            r"|\b(?:customer|user|support) (?:reports?|tickets?|complaints?)\b|\btwitter\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{_CUSTOMERS}|support|external)\b", re.IGNORECASE),
    ),
    (
        "staff",
        re.compile(
            rf"\b{_STAFF}\b.{{0,30}}\b(?:notic|observ|discover|saw|found|reali[sz]|spott|report)\w*",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:{_STAFF}|team|internal\w*|manual\w*|by chance)\b", re.IGNORECASE),
    ),
)


def detection_method(text: str) -> tuple[str, str, int] | None:
    """Who found the incident (`alert`, `customer`, `staff`), the words that say so, and where.

    Only the first sentence counts; None unless it speaks of just one of them.
    """
    first = re.split(r"(?<=[.!?])\s", text.strip()[:600])[0]
    if re.search(r"\b(?:no|not|never|without|did ?n.t|could|should|would)\b", first, re.IGNORECASE):
        return None
    is_short = len(first) <= 40
    met = []
    for name, sentence, value in _DETECTION:
        match = (value if is_short else sentence).search(first) or sentence.search(first)
        if match is not None:
            met.append((name, match))
    if len(met) != 1:
        return None
    name, match = met[0]
    return name, match.group(), match.start()
