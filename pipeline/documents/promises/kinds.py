"""What an action item is for: it prevents, detects, mitigates, changes the process, or repairs.

The document's own word decides; else the rules below, which say what they matched; else the kind is unknown.
"""

from __future__ import annotations

import re

from pipeline.documents.vocabulary import normalise

_STATED: dict[str, str] = {
    word: kind
    for kind, words in {
        "prevent": "prevent prevents preventing preventive preventative preventable prevention preventions"
        " hardening testing tests",
        "detect": "detect detects detecting detection detective monitoring alerting observability alerts",
        "mitigate": "mitigate mitigates mitigating mitigation mitigations mitigative containment",
        "process": "process processes procedural documentation docs training communication communications"
        " runbook runbooks organisational organizational",
        "repair": "repair repairs fix bugfix corrective correction cleanup",
        "other": "other misc miscellaneous",
    }.items()
    for word in words.split()
}

_TESTS = r"(?:unit|integration|regression|e2e|end-to-end|load|stress|smoke|performance|automated|chaos|soak)"
#: Kind → what speaks for it. A detecting, mitigating or process word outweighs a preventing one: "add a test
#: that the alert fires" detects. "Repair" counts only as the verb that opens the promise.
_RULES: tuple[tuple[str, str], ...] = (
    (
        "detect",
        r"alert(?:s|ing)?|monitor(?:s|ing)?|alarms?|dashboards?|observability|health ?-?checks?|slos?|slis?"
        r"|detect(?:s|ion|ed|able)?|metrics?|logging|tracing|synthetic (?:checks?|probes?)|paging"
        r"|page (?:the )?on-?call|notify (?:us|the (?:team|on-?call))",
    ),
    (
        "process",
        r"document(?:s|ing)? (?:the|how|our|a|this|all|what|when|which)|runbooks?"
        r"|run-books?|playbooks?|checklists?|guidelines?|documentation|training (?:sessions?|for|on)"
        r"|train (?:the |our |all )?(?:team|teams|staff|engineers|support|on-?call|operators|people)"
        r"|on-?call (?:rota|rotation|schedule|handover|hand-?off|training)|post-?mortems?|game ?days?|drills?"
        r"|escalation (?:path|policy|process|procedure)s?|communication (?:plan|channels?|process)"
        r"|(?:release|deploy(?:ment)?|review|incident|escalation|change|change management|approval|rollout"
        r"|support|qa|onboarding|maintenance|upgrade) process(?:es)?|process (?:for|to|of|around)"
        r"|change management|incident response plan|procedures?|workshops?|standard operating procedures?",
    ),
    (
        "mitigate",
        r"roll ?-?backs?|fail ?-?over|circuit breakers?|kill ?-?switch(?:es)?|load shedding|shed load"
        r"|graceful(?:ly)? degrad\w*|degrade gracefully|feature flags?|retr(?:y|ies)|back-?off"
        r"|blast radius|auto-?(?:recover\w*|heal\w*|restart\w*)|automatic(?:ally)? (?:recover\w*|restart\w*)"
        r"|recovery time|recover(?:y|s)? (?:faster|quicker)|disaster recovery|restore procedure",
    ),
    (
        "prevent",
        rf"prevent(?:s|ion|ing)?|avoid(?:s|ing)?|guard(?:s|-?rails?)?|validat(?:e|es|ing)|(?:input|schema"
        rf"|config(?:uration)?|data|automated|automatic) validation|lint(?:er|ing)?"
        rf"|{_TESTS} tests?|{_TESTS} testing|test coverage|tests? (?:for|that|to|in)|canar(?:y|ies)"
        rf"|staging (?:environment|first|before)|code reviews?|enforc(?:e|es|ing)|rate ?-?limit\w*"
        rf"|(?:resource|memory|cpu|connection|disk|size) limits?|quotas?|capacity|autoscal\w+|redundan\w+"
        rf"|least[- ]privilege|ensure|make sure|block(?:s|ing)? (?:the )?(?:deploy|merge|release)\w*"
        rf"|pin (?:the |all )?\w+|test(?=ing)",
    ),
)
_PATTERNS = tuple(
    (kind, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)) for kind, words in _RULES
)
#: The verbs that open a promise and say its kind by themselves.
_OPENING = (
    (
        "process",
        re.compile(r"\W{0,3}(document|write (?:up|down)|train|communicate|educate)(?![\w-])", re.IGNORECASE),
    ),
    (
        "repair",
        re.compile(
            r"\W{0,3}(fix(?:es)?|repair|clean ?up|backfill|restore|revert|correct|patch)(?![\w-])",
            re.IGNORECASE,
        ),
    ),
    ("prevent", re.compile(r"\W{0,3}(test|validate|limit|restrict)(?![\w-])", re.IGNORECASE)),
)
_LOOKED_AT = 200
_FIRST_SENTENCE = re.compile(r"(?<=\w{2})[.!?]\s")
#: "Disable the alert" does not detect.
_UNDOES = re.compile(
    r"\W{0,3}(?:disable|remove|delete|stop|drop|silence|retire|turn off|get rid of)\b", re.IGNORECASE
)


def stated_kind(words: str) -> tuple[str, str] | None:
    """The kind that a type column, a heading or a label names, and the word for it; None when it names"
    " none."""
    for word in normalise(words).split():
        if word in _STATED:
            return _STATED[word], word
    return None


def only_kind(heading: str) -> tuple[str, str] | None:
    """The kind that a heading names, when it names one and only one: "Corrective and preventive actions""
    " names none."""
    words = normalise(heading).split()
    kinds = {_STATED[word] for word in words if word in _STATED}
    return stated_kind(heading) if len(kinds) == 1 and len(words) <= 6 else None


def kind_by_rule(description: str) -> tuple[str, str] | None:
    """The kind that the words of a promise speak for, and the words that matched; None when none do."""
    words = _FIRST_SENTENCE.split(description[:_LOOKED_AT], maxsplit=1)[0]
    if _UNDOES.match(words):
        return None
    met = [
        (kind == "prevent", match.start(), kind, match.group())
        for kind, pattern in _PATTERNS
        if (match := pattern.search(words))
    ]
    opened = next(
        ((kind, match.group(1)) for kind, pattern in _OPENING if (match := pattern.match(words))), None
    )
    if opened is not None and (
        not met or met == [entry for entry in met if entry[0]] or opened[0] == "process"
    ):
        return opened
    if not met:
        return None
    _, _, kind, matched = min(met)
    return kind, matched
