"""The words of headings and labels: which section is meant, which field is stated.

The one place where the vocabulary of postmortem forms lives: Google's SRE books, PagerDuty, Atlassian,
GitLab, Etsy, incident.io and the templates collected at github.com/dastergon/postmortem-templates use
these, and what teams make of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Role = Literal[
    "timeline",
    "action_items",
    "root_cause",
    "trigger",
    "contributing_factors",
    "impact",
    "detection",
    "resolution",
    "summary",
    "lessons",
    "stats",
    "status",
    "people",
    "aside",
]
ValueKind = Literal[
    "time", "duration", "date", "text", "list", "severity", "number", "flag", "status", "type", "key"
]

#: Roles that only a postmortem has; a meeting note has people and action items, too.
TELLING_ROLES = frozenset(
    {"timeline", "root_cause", "trigger", "contributing_factors", "impact", "detection", "resolution"}
)

# Each is matched against the whole heading, in lower case, without emoji, numbers, brackets and punctuation.
_ROLES: tuple[tuple[Role, str], ...] = (
    (
        "timeline",
        r"(?:(?:incident|outage|event|detailed|full|rough|high level|post incident|key|the|recovery"
        r"|follow ?up) )*"
        r"(?:timelines?|time line|chronology|key events|chain of events|sequence of events|"
        r"course of events|event log"
        r"|log of events|events|history of events|lead ?up|timeline of (?:the )?(?:events|incident|outage)"
        r"|what happened when|incident log|order of events"
        r"|status (?:page )?updates)(?: of (?:the )?(?:events|"
        r"incident|outage))?(?: details?)?",
    ),
    (
        "action_items",
        r"(?:(?:corrective|preventive|preventative|preventing|follow ?up|remedial|"
        r"remediation|improvement|immediate|review"
        r"|post ?mortem|incident|future|planned|further|proposed|next|suggested|long term|"
        r"short term|outstanding|open|"
        r"recovery|and|or|key|our|the) )*"
        r"(?:action items?|actions?|actionables|action points?|action plan|follow ?ups?|"
        r"follow ?up (?:items|tasks|actions"
        r"|issues|work)|next steps?|tasks?|to ?dos?|remediations?|remediation items|"
        r"remediation tasks|measures|(?<=[a-z] )steps"
        r"|recommendations?|improvements?|prevention|preventions|tickets|jira tickets|corrective measures"
        r"|what (?:will|are|can|do) we (?:do|doing|going to do)(?: about it| next| "
        r"differently)?(?: to prevent .{1,40})?"
        r"|what we (?:(?:re|are) (?:doing|changing|going to (?:do|change))|(?:will|ll) (?:do|change))"
        r"(?: (?:differently|about (?:it|this)|next|now|in response|to .{1,40}))?"
        r"|how (?:do|will|can) we prevent (?:this|it|recurrence).{0,30}|preventing "
        r"(?:recurrence|reoccurrence)|prevention plan)"
        r"(?: (?:following (?:the )?review|and follow ?ups?|with owners|items|and "
        r"recommendations|and next steps|taken"
        r"|for improvement|to take|to be taken|and owners|and improvements|from the review))?",
    ),
    (
        "root_cause",
        r"(?:(?:the|blameless|underlying|technical|final|primary|probable|likely|suspected|"
        r"preliminary|incident) )*"
        r"(?:root )?(?:causes?|causes? analysis|cause s|rca)(?: (?:analysis|s|of (?:the "
        r")?(?:problem|incident|outage|issue|failure)|identified|determination"
        r"|and (?:mitigation|trigger|resolution|impact|analysis|contributing factors)|summary))?"
        r"|what caused (?:the |this )?(?:incident|outage|problem|issue|it|this)|why (?:did "
        r")?(?:it|this) happen(?:ed)?|how (?:did )?(?:it|this) happen(?:ed)?"
        r"|what went wrong and why|reason(?: for (?:the )?(?:outage|incident))?|diagnosis|"
        r"(?:the )?(?:five|5) whys?(?: s)?(?: (?:analysis|technique|method|results?|completed|root cause))*"
        r"|why analysis|technical cause|fault|underlying (?:issue|problem)",
    ),
    (
        "trigger",
        r"(?:the )?(?:incident )?triggers?(?: s)?|triggering (?:event|change|condition)|what triggered (?:it|"
        r"this|the incident|the outage)|proximate cause|initiating event",
    ),
    (
        "contributing_factors",
        r"(?:factors? (?:that|which) (?:have )?contribut(?:ed|ing)(?: to .{1,40})?)"
        r"|contributing (?:factors?|causes?|conditions?|factor s)(?: (?:analysis|findings|"
        r"and causes))?|(?:other |key )?factors"
        r"|contributors|(?:causal|systemic|aggravating|latent|underlying|preceding|human|organi[sz]ational)"
        r" (?:factors|conditions)|enabling conditions|process breakdowns?(?: s)?",
    ),
    (
        "impact",
        r"(?:(?:customer|user|end user|business|client|service|overall|internal|external|total|facing|"
        r"patient|partner|technical|operational|system|known|"
        r"team|the|incident|scope and) )*"
        r"impacts?(?: (?:analysis|assessment|summary|statement|(?:on|to) (?:our )?(?:users|customers|clients"
        r"|business)|description))?"
        r"|(?:affected|impacted) (?:users|customers)|who was (?:affected|impacted)|scope|blast radius|"
        r"outage description|symptoms",
    ),
    (
        "detection",
        r"(?:(?:incident|issue|initial|first) )?detection|detection and (?:response|alerting)|how (?:was "
        r"(?:it|this|the (?:incident|issue|outage)) detected"
        r"|(?:did )?we (?:noticed?|detect(?:ed)?|f(?:ound|ind) out)(?: .{1,20})?)|"
        r"identified|identification|alerting|monitoring and alerting",
    ),
    (
        "resolution",
        r"(?:the )?(?:resolutions?|recovery|mitigations?|response|fix|solution|workaround|"
        r"repair|restoration|containment|rollback)"
        r"(?: (?:and|&) (?:resolution|recovery|mitigation|response|restoration))?(?: steps| actions)?"
        r"|how (?:was it|did we|we) (?:fix(?:ed)?|resolved?|mitigated?)(?: it)?|response and recovery",
    ),
    (
        "summary",
        r"(?:(?:executive|incident|issue|outage|short|brief|quick|high level|the|general|event|problem) )*"
        r"(?:summary|overview|description|statement|synopsis|abstract|tl ?dr|introduction|what "
        r"happened|background|context|at a glance)"
        r"(?: (?:of (?:the )?(?:impact|incident|outage|events)|and impact))?",
    ),
    (
        "lessons",
        r"(?:key )?(?:insights?|lessons?(?: ?learn(?:ed|t)| we learned)?|learnings?|takeaways|"
        r"conclusions?|reflections?|retrospective|discussion"
        r"|analysis|findings|after action report"
        r"|what (?:went|did ?n.?t go|did not go|worked|did ?n.?t work|could|can|we|have we|"
        r"did we|did|is) .{0,40}"
        r"|where (?:we|did we) (?:got|get) (?:un)?lucky|(?:un)?lucky|things that went "
        r".{1,20}|the good|the bad|the ugly"
        r"|how (?:could|can) we .{1,40}|areas? for improvement|went well|went wrong)",
    ),
    (
        "stats",
        r"(?:(?:incident|key|outage|the|at a glance|postmortem|core|basic) )*(?:stats?|"
        r"statistics|metrics?|facts|data|details|information|info|timing"
        r"|timings|times|properties|meta ?data|report|key dates|classification|attributes)",
    ),
    ("status", r"(?:report |incident |current |document )?status|state"),
    (
        "people",
        r"(?:(?:postmortem|incident|key|meeting|review) )*(?:att?end(?:ees|ance)"
        r"|participants(?: in (?:the )?review)?|people(?: "
        r"involved)?|authors?|owners?|responders|roles"
        r"|names of people involved|team|reviewers|responders and roles|contacts|prepared by|involved)",
    ),
    (
        "aside",
        r"(?:supporting (?:documents?|information|material|evidence)(?: and documentation)?"
        r"|appendix(?: .{0,20})?|"
        r"appendices|references?|links?|related(?: .{1,40})?|foot ?notes?"
        r"|logs?|glossary|notes?|open questions|questions(?: for follow ?up)?|about (?:this|"
        r"the) .{1,40}|template|definitions"
        r"|documentation|attachments?|resources|provide feedback(?: .{0,30})?|further reading"
        r"|hub information|communications?|"
        r"evidence|graphs|screenshots|changelog"
        r"|sign ?off|approvals?|q ?and ?a|faq)",
    ),
)
_ROLE_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _ROLES)
_LEADING_ROLE = re.compile(
    r"^(timeline|action items|root causes?|contributing factors|lessons learned|impact|"
    r"summary|resolution|detection|"
    r"next steps|follow ?up actions|what happened)\b"
)
#: Headings that begin or end with words that name nothing but action items: "Step 7: our action items".
_ACTIONS = (
    r"(?:action items?|follow ?ups?(?: (?:actions|items|tasks))?|next steps"
    r"|(?:corrective|preventive|preventative|remedial) (?:actions|measures?)"
    r"|remediation (?:items|actions|tasks)|corrective and (?:preventive|preventative) (?:actions|measures?)"
    r"|(?:prevention|preventive|preventative) (?:strateg(?:y|ies)|measures|steps|actions)"
    r"|tasks to address (?:the )?(?:issues?|problems?|incident|root causes?))"
)
_OF_ACTIONS = re.compile(rf"^{_ACTIONS}\b|\b{_ACTIONS}$")
_OF_ANOTHER = re.compile(r"\b(?:previous|last|earlier|prior|past|old|related|other|no)\b")
_LEADING_ROLES: dict[str, Role] = {
    "timeline": "timeline",
    "action items": "action_items",
    "root cause": "root_cause",
    "root causes": "root_cause",
    "contributing factors": "contributing_factors",
    "lessons learned": "lessons",
    "impact": "impact",
    "summary": "summary",
    "resolution": "resolution",
    "detection": "detection",
    "next steps": "action_items",
    "what happened": "summary",
}

# Label → field and the form of its value. First match wins; matched against the whole label, normalised.
_THE = r"(?:(?:the|incident|outage|event|issue|problem|fault|service|disruption|impact|maintenance) )*"
_OF = (
    r"(?: (?:of|to|for|on) (?:the )?(?:incident|outage|issue|impact|disruption|event|"
    r"problem|fault|service|maintenance))?"
)
_ON = r"(?: (?:at|on|date|time|date time|time utc|date and time|when|timestamp))*"
_FIELDS: tuple[tuple[str, ValueKind, str], ...] = (
    (
        "stated_time_to_detect_minutes",
        "duration",
        r"(?:mean |total )?time (?:to|until|before) (?:detect(?:ion)?|notice|discover(?:y)?|"
        r"identif(?:y|ication))|m?ttd|detection (?:delay|lag|duration)|(?:time )?detected "
        r"(?:after|within)",
    ),
    (
        "stated_time_to_acknowledge_minutes",
        "duration",
        r"(?:mean |total )?time (?:to|until) (?:ack|acknowledge(?:ment)?)|m?tta|"
        r"acknowledg(?:e)?ment (?:delay|duration)",
    ),
    (
        "stated_time_to_mitigate_minutes",
        "duration",
        r"(?:mean |total )?time (?:to|until) (?:mitigat(?:e|ion)|repair|stabili[sz](?:e|"
        r"ation))|m?ttm|mitigation duration",
    ),
    (
        "stated_time_to_resolve_minutes",
        "duration",
        r"(?:mean |total )?time (?:to|until) (?:resol(?:ve|ution)|recover(?:y)?|restor(?:e|"
        r"ation)|fix)|m?ttr|date (?:time )?(?:and )?duration|(?:total |overall |approximate |approx )*"
        r"(?:(?:incident|outage|"
        r"event|issue|problem|disruption|maintenance) )?(?:duration|length)(?: of (?:the "
        r")?(?:incident|outage|event|disruption|issue))?|resolution duration|lasted",
    ),
    (
        "customer_impact_minutes",
        "duration",
        r"(?:total |overall |approximate )*(?:(?:customer|user|client|service|business) "
        r")*(?:down ?time|impact duration|impact time|duration of (?:the )?(?:customer |"
        r"user )?impact|time impacted|outage time)|(?:total )?(?:customer|user) (?:facing )?impact(?: "
        r"minutes)?|minutes (?:of )?(?:down ?time|impact)(?: or degradation)?",
    ),
    (
        "detected_at",
        "time",
        _THE
        + r"(?:first )?(?:detected|noticed|discovered|reported|alerted|detection|discovery)"
        + _ON
        + r"|(?:incident|outage|disruption) identified"
        + _ON
        + r"|(?:date and )?time (?:first )?(?:detected|noticed|discovered|reported)|time of "
        r"(?:detection|discovery)|team (?:became )?aware|first (?:alert|report|detected|"
        r"noticed)(?: at)?|became aware(?: at)?"
        r"|(?:date )?when was (?:it|this|the (?:incident|issue|outage|problem)) (?:first )?(?:detected"
        r"|noticed)"
        r"|date time (?:detected|reported|noticed)",
    ),
    (
        "acknowledged_at",
        "time",
        _THE + r"acknowledged?" + _ON + r"|time (?:of )?acknowledge(?:d|ment)|acknowledge?ment time",
    ),
    (
        "declared_at",
        "time",
        _THE
        + r"declared"
        + _ON
        + r"|(?:time|declaration time) (?:incident )?declared|time of declaration|declaration(?: time)?",
    ),
    (
        "mitigated_at",
        "time",
        _THE
        + r"(?:mitigated|repaired|restored|stabili[sz]ed|mitigation|recovered)"
        + _ON
        + r"|time (?:of )?(?:mitigat(?:ed|ion)|repaired|restored|recovered)|(?:mitigation|"
        r"restoration|recovery) (?:time|date time)",
    ),
    (
        "started_at",
        "time",
        _THE
        + r"(?:start(?:ed|s)?|began|begins?|beginning|occurs|occurred|onset|from|happened)"
        + _ON
        + _OF
        + r"|time (?:started|of (?:the )?(?:incident|outage|start|occurrence)|occurred|began)|"
        r"(?:date )?time of (?:the )?(?:incident|outage|occurrence)|date started|start date "
        r"time|(?:impact|incident|outage) started(?: at)?|(?:incident |outage |impact |time )?(?:window"
        r"|period|frame)|timeframe|impact times?|times?"
        r"|when did (?:it|this|the (?:incident|issue|outage|problem|impact)) (?:start|begin|occur)"
        r"|(?:incident |outage |impact )?start(?: time)? (?:and |to )?end(?: time)?|time of impact start"
        r"|date time started",
    ),
    (
        "resolved_at",
        "time",
        _THE
        + r"(?:resolved|ended|ends?|fixed|finished|resolution|completed)"
        + _ON
        + _OF
        + r"|time (?:resolved|of resolution|fixed|ended)|date resolved|end date time|resolved when"
        r"|when was (?:it|this|the (?:incident|issue|outage|problem)) (?:resolved|fixed)|date time resolved",
    ),
    (
        "published_at",
        "date",
        r"(?:date )?(?:published|publication|posted)(?: date| on| at)?|(?:post ?mortem|report|"
        r"document|created|written|meeting|post)(?: date| on)|date of (?:report|"
        r"publication|post ?mortem)|created(?: at)?|pub ?date|publish ?date",
    ),
    (
        "reviewed_at",
        "date",
        r"(?:date )?(?:last )?reviewed(?: on| at)?|(?:post ?mortem |incident |formal )?review(?: (?:date"
        r"|held|on|at))*"
        r"|date of (?:the )?review|date reviewed|(?:post ?mortem |incident )?review meeting(?: date| on"
        r"| held)*",
    ),
    (
        "occurred_on",
        "date",
        r"(?:incident |event |outage )?(?:date|day)(?: s)?(?: of (?:the )?(?:incident|"
        r"outage|event|occurrence))?|date time|date and time|when",
    ),
    (
        "severity",
        "severity",
        r"(?:incident |outage |event |issue |final |overall |actual |assigned )*(?:severity|sev"
        r"|severity level|sev level|"
        r"criticality)(?: level| rating| classification)?|impact level",
    ),
    ("severity_priority", "severity", r"(?:incident )?priority"),
    (
        "cause_category",
        "text",
        r"(?:root )?cause (?:category|categories|type|class|classification|code|tag)s?|"
        r"category of (?:the )?(?:root )?cause|rca category",
    ),
    ("trigger_category", "text", r"trigger (?:category|type|class|classification)"),
    (
        "services",
        "list",
        r"(?:primary |main |core )?(?:affected|impacted|involved) ?(?:services?|systems?|components?"
        r"|products?|"
        r"applications?|apps?|platforms?)?(?: (?:services?|systems?|components?))?"
        r"|(?:primary |main |core )?(?:services?|systems?|components?"
        r"|products?|"
        r"applications?)(?: (?:affected|impacted|involved|degraded|name|s))?"
        r"|this (?:incident|outage|scheduled maintenance) (?:affected|affects|impacted)",
    ),
    (
        "team",
        "text",
        r"(?:owning |responsible |owner |service |accountable )?(?:team|squad|tribe)(?: "
        r"(?:responsible|name|involved|owning))?",
    ),
    (
        "authors",
        "list",
        r"(?:post ?mortem |incident |report |document )?(?:authors?|owners?|written by|"
        r"leads?|(?:prepared|created|authored|drafted|compiled) by|editors?|author s|owner s)|by"
        r"|names?(?: s)?"
        r"|owner of (?:the )?review(?: process)?",
    ),
    (
        "participants",
        "list",
        r"(?:incident |primary |on ?call )*(?:responders?|participants?)(?: s)?(?: involved)?"
        r"|(?:names of )?people (?:involved|who (?:responded|took part|were involved))|involved people"
        r"|who (?:responded|took part|was involved|were involved)|responded by|(?:incident )?response team",
    ),
    (
        "reviewers",
        "list",
        r"(?:post ?mortem |document |report |peer )?"
        r"(?:reviewers?(?: s)?|reviewed(?: (?:and approved )?by)?|review by)",
    ),
    (
        "incident_key",
        "key",
        r"(?:incident|post ?mortem|report)? ?(?:id|number|no|key|ref|reference|nr|"
        r"identifier)|incident|incident (?:ticket|issue)",
    ),
    (
        "affected_user_count",
        "number",
        r"(?:(?:number|no|count|amount) of |total |approx(?:imate)? |estimated |the |how many |all )*"
        r"(?:(?:affected|impacted) (?:end )?(?:users?|customers?|accounts?|clients?|people|members?"
        r"|subscribers?|merchants?)(?: count)?"
        r"|(?:end )?(?:users?|customers?|accounts?|clients?|people|members?|subscribers?|merchants?)"
        r"(?: (?:(?:that |who )?(?:were |was )?(?:affected|impacted)|count))+)|(?:user|customer) count"
        r"|(?:users?|customers?) (?:impact|affected) count"
        r"|how many (?:users?|customers?|accounts?) were (?:affected|impacted)",
    ),
    (
        "cost",
        "number",
        r"(?:estimated |total |financial |revenue )*(?:cost|costs|revenue loss|revenue "
        r"impact|financial impact|loss|lost revenue)",
    ),
    (
        "detection_method",
        "text",
        r"(?:incident )?detection|(?:incident )?detect(?:ed|ion) (?:by|method|source|via"
        r"|through)(?: .{0,70})?|how "
        r"(?:(?:was (?:it|this|the (?:incident|issue|outage|problem))|it was|we) )?"
        r"(?:(?:first )?detected|noticed|discovered)|source of detection"
        r"|(?:reported|discovered|noticed|identified|found) by",
    ),
    ("is_resolved", "flag", r"(?:is )?resolved"),
    (
        "is_resolved",
        "status",
        r"(?:incident |current |report |document |final |post ?mortem )?(?:status|state)",
    ),
    (
        "type",
        "type",
        r"(?:incident |event |issue |record |entry )?(?:type|kind)|section|planned|is planned|scheduled",
    ),
    ("title", "text", r"(?:post )?title|incident (?:title|name)|name of incident"),
    ("summary", "text", r"description|summary|tl ?dr|abstract|subtitle|lead|excerpt"),
    (
        "impact",
        "text",
        r"what was the impact|(?:(?:customer|user|end user|business|overall|service|total|the) )*"
        r"impact(?: (?:summary|description))?",
    ),
    ("root_cause", "text", r"(?:(?:the|primary|underlying) )*root cause(?: s|s)?(?: summary)?|cause"),
    ("trigger", "text", r"trigger|triggering event"),
    ("time_zone", "text", r"time ?zone|tz"),
)
_FIELD_PATTERNS = tuple((field, kind, re.compile(pattern)) for field, kind, pattern in _FIELDS)

#: In brackets behind a label, what makes its value no fact of this incident: "Time to detect (target)".
_OF_MANY = re.compile(
    r"[(\[][^()\[\]]{0,40}\b(?:targets?|goals?|objectives?|sl[oa]s?|average|avg|median|typical|budget|limit"
    r"|threshold|quarter(?:ly)?|month(?:ly)?|year(?:ly)?|ytd|rolling|baseline|allowed|q[1-4])\b",
    re.IGNORECASE,
)

_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETED = re.compile(r"[(\[{].*?[)\]}]")
_NUMBERING = re.compile(
    r"^\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d)+(?=\s)|[ivx]{1,4}[.)]|[a-z][.)]|(?:section"
    r"|part) \d{1,2} ?[:.–-])\s+"
)
_NOT_WORD = re.compile(r"[^a-z0-9']+")
_POSSESSIVE = re.compile(r"'")


@lru_cache(maxsize=4096)
def normalise(words: str) -> str:
    """A heading or label in lower case, without emoji, numbering, brackets and punctuation."""
    words = _SHORTCODE.sub(" ", words[:200]).replace("’", "'")
    words = _CAMEL.sub(" ", words).casefold()
    words = _NUMBERING.sub("", words)
    words = _BRACKETED.sub(" ", words)
    words = _NOT_WORD.sub(" ", words)
    return _POSSESSIVE.sub(" ", words).replace("  ", " ").strip()


@lru_cache(maxsize=4096)
def label_role(label: str) -> Role | None:
    """What a section with this label holds; its words must be a section's name and nothing more."""
    words = normalise(label)
    if not words or len(words) > 90:
        return None
    return next((role for role, pattern in _ROLE_PATTERNS if pattern.fullmatch(words)), None)


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role | None:
    """What a section with this heading holds; None when its words do not say."""
    words = normalise(heading)
    exact = label_role(heading)
    if exact is not None or not words or len(words) > 90:
        return exact
    leading = _LEADING_ROLE.match(words)
    if leading and len(words) < 50 and not _names_time(words):
        return _LEADING_ROLES.get(leading.group(1).replace("followup", "follow up"), "action_items")
    if len(words) < 60 and _OF_ACTIONS.search(words) and not _OF_ANOTHER.search(words):
        return "action_items"
    return None


def _names_time(words: str) -> bool:
    """Whether a heading names a time: "Impact time" is no account of the impact."""
    return any(kind in ("time", "duration") for _, kind in _fields_of(words))


@lru_cache(maxsize=4096)
def fields_of(label: str) -> tuple[tuple[str, ValueKind], ...]:
    """Every field that a label may name: "Resolved" is a time in one document and a flag in another."""
    words = normalise(label)
    found = _fields_of(words) if words and len(words) <= 80 else ()
    if found and ("(" in label or "[" in label) and _OF_MANY.search(label):
        return tuple(field for field in found if field[1] not in ("duration", "number"))
    return found


@lru_cache(maxsize=8192)
def _fields_of(words: str) -> tuple[tuple[str, ValueKind], ...]:
    return tuple((field, kind) for field, kind, pattern in _FIELD_PATTERNS if pattern.fullmatch(words))
