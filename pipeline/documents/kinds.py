"""Which kind of document this is: a postmortem, an empty form, a list of postmortems, or something else.

Only a postmortem yields incidents. A form has placeholders or empty sections where facts should stand; an
index lists other documents; and what names neither a failure nor a date is no postmortem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

from pipeline.documents.blocks import Block, Text, walk
from pipeline.documents.outline import Section
from pipeline.documents.statements import Statement
from pipeline.documents.vocabulary import TELLING_ROLES, Role, fields_of, normalise

_BLANK = re.compile(
    r"YYYYMMDD|\{[A-Z][A-Z0-9_]{2,40}(?::[^{}\n]{0,120})?\}"
    r"|\{\{[^}\n]{0,80}\}\}|\b(?:YYYY|yyyy|20xx|20XX)[-/.](?:MM|mm|XX|xx|nnn)|\b(?:HH:MM|"
    r"hh:mm|HH:mm)\b|\bX{3,}\b|\bY{3,}\b|\bZ{3,}\b|\bXh Xm\b"
    r"|\[(?:[Ii]nsert|[Yy]our|[Bb]rief|[Dd]escribe|[Nn]ame|[Dd]ate|[Tt]itle|[Ii]ncident|"
    r"[Aa]dd|e\.g|[Aa]uthor|[Tt]eam|[Tt]ime|[Ll]ink|[Ll]ist|[Ss]ummary|[Oo]wner"
    r"|[Ww]ho|[Ww]hat|[Ss]tart|[Ee]nd|[Ss]ervice|[Ss]everity|TODO|TBD)\b[^\]\n]{0,60}\](?![(\[])"
)
#: A blank begins with one of these, which are found much faster.
_BLANK_BEGINS = ("{", "[", "YY", "yyyy", "20xx", "20XX", "HH", "hh", "XX", "ZZ", "Xh")
_FORM_TITLE = re.compile(
    r"[(\[]template[)\]]|(?:^|[-–—:]\s?|\b(?:(?:post-? ?)?mortem|report|review|incident) )template\W*$", re.I
)
_FORM_WORDS = re.compile(
    r"<(?:insert|your|name|date|title|incident|description|describe|add|time|author|"
    r"team|link|owner|who|what|start|end|service|severity|yyyy|fill)\b[^<>=\n]{0,60}>"
    r"|^#*\s*(?:incident title|title of (?:the )?incident\b.*|title \(incident.*|title)\s*$|\blorem ipsum\b",
    re.IGNORECASE | re.MULTILINE,
)
_TEMPLATE = re.compile(r"\btemplates?\b", re.IGNORECASE)
_GUIDE = re.compile(
    r"\b(?:guide(?:lines?)?|handbook|playbooks?|runbooks?|policy|policies|"
    r"process(?:es)?|procedures?|how[- ]to|read ?me|checklist|faq|glossary|best "
    r"practices|"
    r"contributing|change ?log|release notes|roadmap|proposal|rfc|meeting|minutes|"
    r"onboarding|architecture|introduction|style ?guide)\b",
    re.IGNORECASE,
)
#: Titles of documents that speak about incidents and tell of none.
_NO_ACCOUNT = re.compile(
    r"\b(?:run ?books?|play ?books?|how[- ]to|rfc|adr|tutorials?|game ?days?|(?:fire )?drill|(?:recovery"
    r"|response|test|project"
    r"|rollout|migration|communications?|continuity) plan|plan$|slos?|slas?|service level|release notes"
    r"|changelog|feature "
    r"request|invoice|severity (?:levels?|matrix|definitions?|classification|guide)"
    r"|incident (?:response(?! report)"
    r"|management|lifecycle"
    r"|severity|severities|handling|process|policy|procedure|command|classification|roles|templates?)"
    r"|on[- ]?call (?:guide"
    r"|handbook|hand[- ]?off|rotation|schedule)|sprint \d+|schedule|standup|hand[- ]?off|newsletter"
    r"|weekly|roadmap|proposal"
    r"|(?:top|best|biggest|worst|famous) (?:\d+ )?(?:outages|incidents|post-?mortems)|incident commander"
    r"|(?:project|product|design) (?:brief|spec|idea)|prompt|doctrine|skill|kata|best practices|checklist"
    r"|glossary|cheat ?sheet|handbook|guidelines?"
    r"|(?:session|work|dev(?:elopment)?|debug(?:ging)?|daily) (?:notes?|log|journal)|bug report"
    r"|how we (?:write|run|do|handle|manage|respond|communicate|work|use|build|review|measure|track|monitor)"
    r")\b|^bug\b ?[#:\[–-]|^(?:fix|feat|chore|refactor|docs|perf)(?:\([^)]{0,40}\))?!?:"
    r"|^(?:cve-\d|ghsa-)(?!.*\b(?:incident|outage|breach|exploit\w*)\b)|\baudit(?: report)?$"
    r"|^(?:chaos (?:experiments?|tests?|engineering)|load test|crash dump)\b|^(?:release|version"
    r"|v)\.? ?\d|^(?:spec|specification"
    r"|prd|epic|story|design)\b ?[:–-]",
    re.IGNORECASE,
)
_EXERCISE = re.compile(
    r"\(interview\)|\binterview (?:question|case|prep\w*)|\btabletop\b|\bmock (?:incident|interview|outage)\b"
    r"|\btraining (?:exercise|scenario)\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:outage|down|broken?|breaks?|fail\w*|unavailable|degrad\w+|crash\w*|slow)\b", re.IGNORECASE
)
_FAILS = re.compile(
    rf"{_BROKEN.pattern}|\b(?:incident|disruption|unreachable|offline|timeouts?)\b|\b[45]\d\d\b|\berrors?\b",
    re.IGNORECASE,
)
_TOLD_AFTER = re.compile(r"\b(?:rca|root cause|incident re(?:port|view)|outage)\b", re.IGNORECASE)
_GUIDANCE = re.compile(
    r"run ?book|play ?book|bug|fix|feat|chore|refactor|docs|perf|how|rfc|adr|tutorial|feature|game|disaster"
    r"|.*plan|check",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\b(?:index|(?:incident|outage|post-?mortem)s? (?:log|list|history|archive|"
    r"overview|reports?|index)|list of|past incidents|all incidents|incidents|"
    r"post-?mortems|archive|table of contents)\b",
    re.IGNORECASE,
)
_INCIDENT = re.compile(
    r"\b(?:incident|outage|post[- ]?mortem|disruption|downtime|degrad\w+|root cause|rca|"
    r"unavailable|unavailability|down|failure|failed|failing|fails|crash\w*|broken|"
    r"unreachable|"
    r"sev ?-?[1-5]|exhaust\w+|expired|corruption|data loss|breach|maintenance|issues?|"
    r"offline|errors?|timeouts?|slow\w*|surge|faults?)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:incident|outage|post[- ]?mortem|downtime|root cause|rca|disruption)s?\b", re.IGNORECASE
)
#: Fields that only an incident has; two of them, one with a value, make one.
_MEASURES = frozenset(
    {"severity", "started_at", "detected_at", "mitigated_at", "resolved_at", "customer_impact_minutes"}
    | {f"stated_time_to_{step}_minutes" for step in ("detect", "mitigate", "resolve")}
)
#: Failures, and the work that a maintenance notice announces.
_TOLD = re.compile(
    rf"{_INCIDENT.pattern}|\b(?:planned|scheduled|upgrad\w+|migrat\w+|restart\w*)\b", re.IGNORECASE
)
_TOLD_MEASURES = frozenset({"severity", "detected_at", "mitigated_at", "stated_time_to_detect_minutes"})
#: Titles of accounts: "Post-mortem: …", "Incident report for 3 May", "… outage postmortem".
_ACCOUNT_TITLE = re.compile(
    r"^\W*(?:\w+ ){0,3}?(?:post-? ?mortem|incident report|root cause analysis|rca|post-incident review"
    r"|outage)\b"
    r"|\b(?:outage|incident)s? (?:post-? ?mortem|report|review|analysis)\b|\boutages?\b"
    r"|\b(?:chain )?(?:stall|halt)(?:ed)?\b",
    re.IGNORECASE,
)
#: "This directory contains …", "the postmortems in this repository": a text about other texts.
_ABOUT = re.compile(
    r"(?<!\bin )(?<!\bof )\bthis (?:directory|folder|repository|repo)\b"
    r"|\b(?:files?|documents?|post-?mortems|reports|incidents|templates?|notes|everything)"
    r"\b[^.\n]{0,30}? (?:in|of) this (?:directory|folder|repository|repo)\b"
    r"|\bthis (?:page|guide|handbook|section|document)"
    r" (?:describes?|documents?|explains?|defines?|outlines?|covers?) (?:the |our |how )?(?:process"
    r"|procedure|steps|way|how"
    r"|we |to )",
    re.IGNORECASE,
)
#: "Every postmortem must …": rules for accounts, not one.
_RULE = re.compile(
    r"\b(?:every|each|all|any|an?) (?:[\w-]+ ){0,3}?(?:post-?mortems?|incidents?|retro(?:spective)?s?"
    r"|incident reports?|rcas?) (?:must|shall|requires?|is required to|has to|have to)\b",
    re.IGNORECASE,
)
#: Titles of what is told for another reason than that it failed.
_NO_STORY = re.compile(
    r"^\W*(?:how (?:we|to|i)\b|why we\b|announc\w+|introducing\b|about\b)"
    r"|\b(?:tests?|testing|drills?|exercises?|experiments?|rehears\w+|simulat\w+|demo)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\b(?:post-?mortems|incidents|outages|incident reports)\b", re.IGNORECASE)
_FILED = re.compile(r"(?:post-?mortem|incident|outage|incident[- ]report|rca|pir)s?", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|had|became|began|started|caused|failed|crashed|stopped|went down|experienced|affected"
    r"|resulted"
    r"|continued|surfaced|exposed|traced|reported|noticed|restored|resolved|fixed|recovered|rolled back"
    r"|restarted|lost|identified|reverted|deployed)\b",
    re.IGNORECASE,
)
#: What a form says in place of an account: "A brief overview of …", "What caused it?", "How it was fixed."
_DESCRIPTION = re.compile(
    r"(?:(?:an?|the) )?(?:brief|short|concise|clear|detailed|chronological|quick|one|full|technical"
    r"|high[- ]level)\b"
    r".{0,40}\b(?:overview|summary|description|account|explanation|paragraph|list|analysis|sentences?)\b"
    r"|(?:describe|explain|list|summari[sz]e|provide|include|give|state|note|document|outline|quantify|add)\b"
    r"|(?:how|what|who|when|where|why|which)\b[^.!]{0,80}(?:\?|\.$|$)"
    r"|(?:user|customer|business|system)(?: or (?:user|customer|business|system))? impact\.?$"
    r"|key takeaways\.?$|(?:any )?(?:insights?|recommendations?)\b.{0,60}\b(?:gained|for preventing"
    r"|to prevent)\b"
    r"|technical or process\b",
    re.IGNORECASE,
)
#: What a form asks for where the answer would stand: "Describe the failure …", "1. Why did users …?".
_ASKED = re.compile(
    r"(?:describe|explain|list|summari[sz]e|provide|include|outline|quantify) (?:the|what|how|any|all|who"
    r"|when"
    r"|why|each|an?|in)\b|(?:why|what|how|who|when|where|which)\b[^.?!]{0,160}\?\s*$",
    re.IGNORECASE,
)
_BLANK_LABEL = re.compile(
    r"^[ \t]*(?:[-*] )?\**[A-Z][^:*|\n]{1,40}(?::\**|\**:)[ \t]*\n(?=\s*(?:#|---|(?:[-*] )?\**[A-Z][^:*"
    r"|\n]{1,40}:))",
    re.MULTILINE,
)
_SAID_CAUSE = re.compile(r"\b(?:was|were) (?:\w+ )?(?:caused|triggered) by\b|\bdue to\b", re.IGNORECASE)
_LISTED_DATE = re.compile(
    r"^\W*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd"
    r"|th)?,? \d{4})\W*"
)
_CLOCK = re.compile(r"\b\d{1,2}:[0-5]\d(?!\d)")
_ANY_CLOCK = re.compile(r"\b\d{1,2}:[0-5]\d(?!\d)|\b\d{1,2} ?[ap]\.?m\b|\b[0-2]\d[0-5]\d (?:UTC|GMT)\b", re.I)
#: Sentences that tell of an outage of one's own in the past, as notices and mails do that have no headings.
_OUTAGE_TOLD = re.compile(
    r"\b(?:we|users|customers|(?:the |our )?(?:\w+ ){0,4}?(?:services?|servers?|apis?|sites?|websites?"
    r"|systems?"
    r"|platforms?|clusters?|databases?|networks?|machines?|products?|filers?|nodes?|hosts?|routers?))\s+(?:\([^()]{1,80}\)[^.!?]{0,60}?)?"
    r"(?:(?:have |has |had )?(?:experienced|suffered|encountered|saw)\s+(?:an?\s+)?(?:[\w-]+\s+){0,3}?"
    r"(?:outages?|interruptions?|disruptions?|downtime|failures?|breakdowns?|faults|errors|degradation)"
    r"|(?:was|were|went) (?:completely |briefly |mostly |largely |partially |also |then )?(?:down"
    r"|offline|unavailable|unreachable"
    r"|inaccessible))\b"
    r"|\b(?:experienced|suffered|there was) an? (?:[\w-]+ ){0,3}?(?:outage|interruption|disruption)\b"
    r"|\b(?:took|brought|knocked) (?:the |our )?(?:whole |entire )?(?:site|service|server|api|platform"
    r"|system)\b"
    r"[^.!?]{0,20}\b(?:down|offline)\b"
    r"|\b(?:apologi[sz]e|apologies|sorry) for (?:the|this|yesterday's|today's) (?:\w+ ){0,3}?"
    r"(?:outage|downtime|service interruption|disruption)\b"
    r"|\b(?:outage|interruption|downtime)s? (?:was|were) caused by\b",
    re.IGNORECASE,
)
#: Characters; what is longer without telling its times under headings is an essay.
_NOTICE = 6000
_PROSE = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
_WORD = re.compile(r"[A-Za-z]{3,}")


@lru_cache(maxsize=2)
def placeholders(text: str) -> list[tuple[int, str]]:
    """Line and words of each blank that a form leaves to be filled in, the first fifty."""
    found = islice(_blanks(text), 50)
    return [(text.count("\n", 0, match.start()) + 1, match.group()) for match in found]


def _blanks(text: str) -> Iterator[re.Match[str]]:
    met = [re.escape(beginning) for beginning in _BLANK_BEGINS if beginning in text]
    begins = re.compile("|".join(met))
    position = 0
    while met and (beginning := begins.search(text, position)) is not None:
        match = _BLANK.match(text, beginning.start())
        position = beginning.start() + 1 if match is None else match.end()
        if match is not None:
            yield match


def is_template(
    title: str, path: str, body: str, sections: list[Section], *, event_count: int, fact_count: int
) -> bool:
    """Whether this is a form to be filled in: `event_count` timed rows and `fact_count` stated values."""
    if event_count and not (_FORM_TITLE.search(title) and placeholders(body[:200_000])):
        return False
    told = [section for section in sections if section.own_role is not None]
    filled = _filled(sections)
    empty = [section for section in told if id(section) not in filled]
    body = body[:200_000]
    blanks = len(placeholders(body)) + _form_word_count(body)
    if not fact_count and (_is_described(sections) or _are_left_blank(body)):
        return True
    named = bool(_TEMPLATE.search(title) or _TEMPLATE.search(path.rpartition("/")[2]))
    says_so = bool(re.match(r"[\s>*_]*(?:sample )?template\b", body, re.IGNORECASE))
    is_form = says_so or blanks or _FORM_TITLE.search(title)
    if named and not is_form and fact_count >= 2 and (len(empty) < len(told) or _FAILS.search(title)):
        return False  # "Template service outage": what failed has that name
    if named or says_so:
        return fact_count == 0 or blanks > 0 or len(empty) * 2 >= max(1, len(told))
    is_told = len(told) - len(empty) >= 4 and not _FORM_TITLE.search(title) and _tells_of_trouble(body)
    if blanks and fact_count == 0 and not is_told and (len(empty) * 3 >= len(told) or blanks >= 3):
        return True
    is_blank_title = _BLANK.search(title) and len(_WORD.findall(_BLANK.sub(" ", title))) < 3
    if blanks and (is_blank_title or _FORM_WORDS.fullmatch(title)):
        return fact_count <= 1
    return fact_count == 0 and len(told) >= 4 and len(empty) * 10 >= len(told) * 6


def _form_word_count(body: str) -> int:
    folded = body.casefold()
    if "<" not in folded and "title" not in folded and "lorem" not in folded:
        return 0
    return sum(1 for _ in islice(_FORM_WORDS.finditer(body), 50))


def is_index(title: str, path: str, blocks: list[Block], *, event_count: int, fact_count: int) -> bool:
    """Whether this lists other documents: most items are links, or the means of many incidents are stated."""
    if event_count >= 2:
        return False
    items = [block for block in walk(blocks) if block.kind == "item" and block.text.text]
    rows = [row for block in walk(blocks) if block.kind == "table" for row in block.rows[1:] if row]
    links = sum(1 for item in items if _leads_on(item.text))
    listed = sum(1 for row in rows if any(_leads_on(cell) for cell in row))
    links += listed
    means = sum(1 for item in items if normalise(item.text.text[:60]).startswith("mean time"))
    stem = path.rpartition("/")[2].partition(".")[0].casefold()
    named = bool(_INDEX.search(title)) or stem in ("index", "_index", "readme", "contents", "summary")
    if links >= 2 and (means >= 3 or (means and named)):
        return True
    total = len(items) + len(rows)
    if named and listed >= 2 and listed * 2 >= len(rows):
        return True  # a table of documents, whatever is said about them
    least = 1 if _PLURAL.search(title) or _PLURAL.search(stem) else 2
    return named and fact_count == 0 and links >= least and links * 2 >= total


def is_postmortem(
    title: str,
    path: str,
    intro: str,
    sections: list[Section],
    statements: list[Statement],
    *,
    body: str,
    event_count: int,
    has_time: bool,
    has_date: bool,
    has_span: Callable[[], bool],
    front_fields: set[str],
) -> bool:
    """Whether this tells of an incident: a failure, and when it was or how long it took.

    `has_span` tells whether its opening sentences say from when to when something failed.
    """
    filled = _filled(sections)
    roles = {section.own_role for section in sections if section.own_role and id(section) in filled}
    telling = roles & TELLING_ROLES
    name = f"{title}\n{path.rpartition('/')[2]}".replace("_", " ").replace("-", " ")
    # a file's name tells a guide only where no title does: "README.md" may hold anything
    guide = _GUIDE.search(title or name) is not None
    named = _INCIDENT.search(name) is not None
    strong = _STRONG.search(name) is not None
    labels = {normalise(statement.label) for statement in statements}
    if {"resolved_at", "started_at"} & front_fields or len(
        {"severity", "services", "is_resolved"} & front_fields
    ) >= 2:
        return True
    stated = {name for statement in statements for name, _ in fields_of(statement.label)}
    if (
        (is_no_account(title or name) and not _is_measured(title, stated, roles))
        or _EXERCISE.search(title)
        or _is_decision(sections)
        or _ABOUT.search(intro[:600])
    ):
        return False
    if len(stated & _MEASURES) < 2 and _RULE.search(body[:1500]):
        return False
    if guide and not has_time and not event_count:
        return False
    if not guide and _says_so(statements) and _PROSE.search(intro):
        return True
    if "impact" in stated or "root_cause" in stated:
        telling = telling | {"impact"}  # a row of the form tells it
    if (
        has_time
        and len(stated & _MEASURES) >= 2
        and (telling or named or stated & _TOLD_MEASURES or _TOLD.search(f"{name}\n{intro}"))
    ):
        return True
    if guide and not strong and not telling:
        return False
    if _ACCOUNT_TITLE.search(title) and not guide and _tells_of_trouble(body):
        return True
    if _ACCOUNT_TITLE.search(title) and strong and not guide and has_date and _SAID_CAUSE.search(intro):
        return True
    if has_date and not (guide or _NO_STORY.search(title)) and _PAST.search(body[:6000]) and has_span():
        return True
    anchored = event_count > 0 or has_time or has_date
    if event_count >= 2 and ("timeline" in roles or telling or named):
        return True
    if has_time and (telling or named or _STRONG.search(intro)):
        return True
    if has_date and telling and "severity" in stated:
        return True
    if has_date and named and not guide and _CLOCK.search(intro) and _STRONG.search(intro):
        return True
    if named and telling and "summary" in roles and not guide and _tells_of_trouble(body):
        return True
    if has_date and len(telling) >= 2:
        return True
    if has_date and strong and (roles or len(labels) >= 2 or stated & _MEASURES):
        return True
    if has_date and (strong or (named and _tells_of_trouble(body))) and not guide and _CLOCK.search(intro):
        return True
    if has_date and telling and (named or _STRONG.search(intro)):
        return True
    if has_date and named and roles & {"summary", "action_items", "lessons"}:
        return True
    if (
        not guide
        and _OUTAGE_TOLD.search(intro)
        and (_ANY_CLOCK.search(intro) or has_date or telling)
        and _tells_of_trouble(body, least=2)
        and len(body) < _NOTICE
    ):
        return True  # a notice or a mail after an outage: some sentences without headings
    if not anchored:
        if _PROSE.search(intro) is None:
            return False
        return len(telling) >= 2 and (strong or len(roles) >= 4) and not guide
    return len(telling) >= 3 and not guide


def _is_measured(title: str, stated: set[str], roles: set[Role]) -> bool:
    """Whether a failure of what the title names was timed and told: "Runbook service returns 500"."""
    is_timed = "started_at" in stated and bool(stated & {"resolved_at", "mitigated_at"})
    is_told = bool(roles & TELLING_ROLES) or bool(stated & {"severity", "impact", "root_cause", "services"})
    return is_timed and is_told and (_FAILS.search(title) is not None or "severity" in stated)


def _is_decision(sections: list[Section]) -> bool:
    """Whether the sections are those of a decision, which an incident may have led to, or of a plan."""
    words = {normalise(section.words) for section in sections if section.heading is not None}
    if "outline" in words:
        return True  # of what is to be written
    return bool(words & {"decision", "decisions", "decision outcome"}) and bool(
        words & {"consequences", "context", "considered options", "alternatives", "alternatives considered"}
    )


def _says_so(statements: list[Statement]) -> bool:
    """Whether the front matter files the document as a postmortem."""
    return any(
        statement.method == "front_matter"
        and normalise(statement.label)
        in ("kind", "type", "category", "categories", "document type", "doc type")
        and any(_FILED.fullmatch(value.strip()) for value in statement.values or (statement.value,))
        for statement in statements
    )


def _tells_of_trouble(body: str, least: int = 3) -> bool:
    """Whether several sentences tell in the past of what failed."""
    told = {match.group().casefold() for match in islice(_PAST.finditer(body[:6000]), 20)}
    return (
        len(told) >= least
        and bool(told - {"was", "were", "had"})
        and _INCIDENT.search(body[:6000]) is not None
    )


def is_no_account(title: str) -> bool:
    """Whether a title names a guide, a plan, an announcement: first, or without an incident's word."""
    words = title.strip(" \t*_[]:-")
    match = _NO_ACCOUNT.search(words)
    if match is None:
        return False
    rest = f"{words[: match.start()]} {words[match.end() :]}"
    if match.end() == len(words) and words[: match.start()].rstrip().endswith(("-", "–", "—", ":")):
        return True  # "Incident summariser: project brief"
    if match.start() <= 4 and _BROKEN.search(rest) and not _GUIDANCE.match(match.group()):
        return False  # "Release 4.2 broke the checkout", "SLO service down"
    if re.match(r"(?:release|version|v)\b|v\d", match.group(), re.IGNORECASE) and _TOLD_AFTER.search(rest):
        return False  # "v2.1 upgrade RCA"
    if match.start() <= 4:
        return not re.search(r"post-?mortem", rest, re.IGNORECASE) or match.group().lower().startswith("how")
    return _STRONG.search(rest) is None


def _leads_on(text: Text) -> bool:
    """Whether a text is little more than a link to another document."""
    rest = _LISTED_DATE.sub("", text.text).strip()
    return any(
        len(link.label) * 10 >= len(rest) * 6
        for link in text.links
        if link.label.strip() and not link.is_image
    )


def _are_left_blank(body: str) -> bool:
    """Whether many labels stand without their values, one after the other."""
    return sum(1 for _ in islice(_BLANK_LABEL.finditer(body), 6)) >= 6


def _is_described(sections: list[Section]) -> bool:
    """Whether sections say what belongs into them instead of what happened."""
    told = [section for section in sections if section.own_role is not None and section.blocks]
    described = sum(1 for section in told if _is_description(section.blocks[0]))
    return described >= 3 and described * 2 > len(told)


def _is_description(block: Block) -> bool:
    lines = [block.text] if block.kind == "paragraph" else [item.text for item in block.children]
    if not lines:
        return False
    return all(_DESCRIPTION.match(line.text.strip()) or line.text.strip().endswith("?") for line in lines[:3])


def _filled(sections: list[Section]) -> set[int]:
    """The ids of sections below whose heading, or a heading under it, something is written."""
    filled: set[int] = set()
    for section in sections:
        if any(_has_words(block) for block in section.blocks):
            for above in section.ancestors():
                if id(above) in filled:
                    break
                filled.add(id(above))
    return filled


def _has_words(top: Block) -> bool:
    for block in walk([top]) if top.children else (top,):
        if block.kind == "table":
            rows = [row for row in block.rows[1:] if row and (len(row) < 3 or row[0].text.strip())]
            if any(_WORD.search(cell.text) for row in rows for cell in row):
                return True
        elif block.kind != "code" and _WORD.search(block.text.text) and not _is_hint(block):
            return True
    return False


def _is_hint(block: Block) -> bool:
    text = block.text
    return (
        text.is_slanted
        or _ASKED.match(text.text) is not None
        or (text.text.startswith("(") and text.text.endswith(")"))
        or bool(_BLANK.fullmatch(text.text.strip()))
    )
