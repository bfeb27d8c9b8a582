"""Planned work told apart from incidents.

A maintenance notice uses the form of an incident, but nothing failed. It is told by its own type, by its
title, or by what it announces. An incident that maintenance caused speaks of failure, and is an incident.
"""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"\b(?:maintenance|(?:scheduled|planned) (?:\w+ ){0,3}(?:maintenance|downtime|"
    r"outage|work|upgrade|update|migration|restart|interruption|change)"
    r"|maintenance window|planned work)\b",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"\b(?:upgrades?|migrat(?:ion|e|ing)|(?:version|dns|os|security|kernel|software|"
    r"system) updates?|restart|reboot|convert(?:ing|s)?|decommission(?:ing)?"
    r"|replacement of|switch ?over|cut ?over|relocation|patching|move (?:of|to))\b",
    re.IGNORECASE,
)
#: Words of failure: with one of these in its title, work is the cause, not the subject.
_FAILURE = re.compile(
    r"\b(?:after|following|during|due to|caused?|because|fail(?:s|ed|ure|ures|ing)?|"
    r"outage|down|broken?|breaks?|broke|unavailable|unavailability"
    r"|unreachable|issues?|problems?|error(?:s|ed)?|incident|disrupt(?:ed|ion|ions)|"
    r"degrad(?:ed|ation)|stuck|slow(?:ness)?|crash(?:es|ed|ing)?"
    r"|expired|exhaust(?:ed|ion)|exceeded|timeouts?|blocked|not|unable|loss|lost|"
    r"offline|wrong|bug|overload(?:ed)?|postmortem|post-mortem|gone|went)\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:will (?:be|do|perform|have|install|proceed|undergo|take place|carry "
    r"out)\b.{0,60}?\b(?:upgrad|updat|maintenance|migrat|restart|reboot|replac|convert|"
    r"stopped|patch|install|unavailable)\w*"
    r"|we(?:'|’)ll (?:do|perform|be)\b.{0,60}?\b(?:upgrad|updat|maintenance|migrat|restart|reboot|replac)\w*"
    r"|(?:maintenance|upgrade|migration|restart|reboot|update|operation|downtime)s? "
    r"(?:\w+ ){0,6}?(?:is|are|was) (?:planned|scheduled|expected)"
    r"|(?:is|are|was) (?:planned|scheduled) (?:for|on|the|with)\b|(?:planned|scheduled) "
    r"maintenance|maintenance window|going under maintenance"
    r"|no (?:downtime|outage|disruption|interruption|impact) (?:is )?expected|needs? to "
    r"be restarted|(?:are|is) (?:upgrading|performing a maintenance))",
    re.IGNORECASE | re.DOTALL,
)
#: A host or file name in a title says nothing of failure: issues.example.org
_ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b|`[^`]*`")
_UNPLANNED = re.compile(
    r"\b(?:root cause|outage (?:lasted|started|began|was)|incident (?:lasted|started|"
    r"began|was declared)|(?:was|were|went) (?:completely )?(?:down|unavailable|offline)\b(?! for )"
    r"|users? (?:reported|complained|were unable)"
    r"|unexpected(?:ly)? (?:fail|crash|outage)\w*|post-?mortem (?:is|was|available))\b",
    re.IGNORECASE,
)
_DONE_WORK = re.compile(
    r"\b(?:upgrade[ds]?|updated|update|migrated|migration|restarted|replaced|converted|"
    r"patched|renewed|renewal|maintenance|patch install)\b",
    re.IGNORECASE,
)
_NO_FAILURE = re.compile(
    r"\b(?:no (?:outage|downtime|disruption)|(?:with|of) (?:\w+ ){0,6}(?:or less "
    r")?(?:of )?downtime|scheduled to expire|needed an? .{0,40}restart)\b",
    re.IGNORECASE,
)


def planned_words(title: str, body: str, path: str, *, tells_cause: bool) -> tuple[str, str] | None:
    """The words that make this planned work and where they stand (`title` or `body`); None for an incident.

    `body` is the first few thousand characters of the text, `tells_cause` whether the document has a section
    on a cause or a timeline of failures.
    """
    title = _ADDRESS.sub(" ", title)
    plan = _TITLE.search(title)
    failure = _FAILURE.search(title)
    if plan is not None and (
        failure is None
        or (re.fullmatch(r"outage", failure.group(), re.IGNORECASE) and "planned" in plan.group().lower())
    ):
        if not tells_cause or _ANNOUNCED.search(body):
            return plan.group(), "title"
        return None
    if tells_cause:
        return None
    work = _WORK.search(title)
    if work is not None and failure is None:
        if _UNPLANNED.search(body) and not _ANNOUNCED.search(body):
            return None
        return work.group(), "title"
    announced = _ANNOUNCED.search(body)
    if failure is None and announced is not None and not _UNPLANNED.search(body):
        return announced.group(), "body"
    if (
        announced is None
        and "maintenance" in path.casefold()
        and _DONE_WORK.search(body)
        and not _UNPLANNED.search(body)
    ):
        quiet = _NO_FAILURE.search(body)
        if quiet is not None:
            return quiet.group(), "body"
    return None
