"""The doctor: looks at everything a run needs, and says in one line each what to mend.

Nothing is published or changed, and no secret is said. The checks stand in `CHECKS`, in an order in which
the first wrong one explains the others; to add one, write a function of an `Examination` that yields
findings, and give it a row. What cannot be asked after a failure is skipped, all else is asked; after a
refusal of its credentials Jira is asked nothing more, as another try may lock the account.

    findings.py      what is said, and how
    examination.py   what checks know, and of each other
    here.py          this machine: settings, files, warehouse, what is published, sources of documents
    held.py          what the warehouse holds of a Jira
    jira_access.py   how far one gets into the Jira: address, token, account, clock
    jira_content.py  what it shows: projects, issues, histories, links
    jira_fields.py   what it defines: custom fields, priorities, statuses
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.doctor import here, jira_access, jira_content, jira_fields
from pipeline.doctor.examination import Check, Examination
from pipeline.doctor.findings import Finding, as_json, as_lines, of_error, ok
from pipeline.errors import PostmortemsError, SettingsError
from pipeline.settings import Settings
from pipeline.sources.rest import Clock

__all__ = ["CHECKS", "Check", "Finding", "as_json", "as_lines", "examine", "unusable_settings"]

log = logging.getLogger(__name__)

_SIGNED_IN = ("jira account",)
_WITH_ISSUES = ("jira account", "jira issues")

#: Each check by its name, what it looks at, and the checks without which it cannot be asked.
CHECKS: tuple[Check, ...] = (
    Check("settings", here.settings),
    Check("reviewed values", here.reviewed_values),
    Check("annotations", here.annotation_file),
    Check("files", here.files),
    Check("disk", here.disk),
    Check("warehouse", here.warehouse),
    Check("published", here.published),
    Check("sources", here.sources),
    Check("jira address", jira_access.address),
    Check("jira token", jira_access.token),
    Check("jira deployment", jira_access.deployment, ("jira address", "jira token")),
    Check("jira sign-in", jira_access.sign_in, ("jira deployment",)),
    Check("jira account", jira_access.account, ("jira sign-in",)),
    Check("jira browse_url", jira_access.browse_url, _SIGNED_IN),
    Check("jira clock", jira_access.clock, ("jira address",)),
    Check("jira time zone", jira_access.time_zone, _SIGNED_IN),
    Check("jira projects", jira_content.projects, _SIGNED_IN),
    Check("jira jql", jira_content.jql, _SIGNED_IN),
    Check("jira issues", jira_content.issues, _SIGNED_IN),
    Check("jira history", jira_content.history, _WITH_ISSUES),
    Check("jira comments", jira_content.comments, _WITH_ISSUES),
    Check("jira remote links", jira_content.remote_links, _WITH_ISSUES),
    Check("jira fields", jira_fields.fields, _SIGNED_IN),
    Check("jira priorities", jira_fields.priorities, _SIGNED_IN),
    Check("jira statuses", jira_fields.statuses, _SIGNED_IN),
    Check("jira incidents", jira_content.incidents, _SIGNED_IN),
    Check("jira rate limits", jira_access.rate_limits, _SIGNED_IN),
    Check("jira automation", jira_content.automation_accounts),
)


def examine(
    settings: Settings, *, clock: Clock | None = None, checks: Sequence[Check] = CHECKS
) -> Iterator[Finding]:
    """Look at everything, and yield what is found as it is found. `clock` is the world's, but for tests."""
    examination = Examination(settings, clock or Clock())
    secrets = examination.secrets()
    failed: dict[str, str] = {}  # what cannot be built upon, and the check that is to blame
    for check in checks:
        if settings.jira is None and check.name.startswith("jira "):
            continue
        to_blame = next((failed[name] for name in check.needs if name in failed), check.name)
        for finding in _asked(check, examination, to_blame):
            if finding.state in ("wrong", "skipped"):
                failed[finding.check] = to_blame
            yield _without(secrets, finding)
    if settings.jira is None:
        yield ok(
            "jira", "there is no [jira] in the settings: action items are what the documents say of them"
        )


def unusable_settings(error: SettingsError) -> Iterator[Finding]:
    """What is found when the settings cannot be read: nothing else can be looked at."""
    yield from of_error("settings", error)


def _asked(check: Check, examination: Examination, to_blame: str) -> Iterator[Finding]:
    """What the check finds; that it is not asked when another one or a refusal is to blame."""
    if examination.is_refused and "jira account" in check.needs:
        yield Finding(check.name, "skipped", "not asked, as Jira refused the credentials")
        return
    if to_blame != check.name:
        yield Finding(check.name, "skipped", f"not asked before “{to_blame}” is right")
        return
    try:
        yield from check.ask(examination)
    except PostmortemsError as error:
        log.debug("the check %s failed", check.name, exc_info=True)
        yield from of_error(check.name, error)
    except Exception as error:
        log.exception("a defect of this product, in the check %s", check.name)
        told = f"could not be looked at ({type(error).__name__}): a defect of ours"
        yield Finding(check.name, "wrong", told, "send its maintainers the end of the log")


def _without(secrets: list[str], finding: Finding) -> Finding:
    """The finding with every secret in it blotted out, wherever it came from."""
    found, mend = finding.found, finding.mend
    for secret in secrets:
        found = found.replace(secret, "…")
        mend = mend.replace(secret, "…") if mend else mend
    return replace(finding, found=found, mend=mend)
