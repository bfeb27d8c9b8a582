"""The settings of the invented company, as a person would have written them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.demo.annotations import ANNOTATIONS_FILE
from pipeline.demo.histories import TEAM
from pipeline.demo.house_styles import DOCUMENTS_FOLDER, is_repository
from pipeline.demo.jira.site import SPRINT, STORY_POINTS
from pipeline.demo.promises import DUE_DAYS, PRIORITIES
from pipeline.demo.reviews import REVIEWED_FILE
from pipeline.demo.roster import AUTOMATION, COMPANY_NAME, DOMAIN, FOLLOW_UP_LABEL, Team, Unit
from pipeline.demo.truth import Company

#: What the simulated Jira lets in. It holds nothing but inventions, so the token is no secret.
JIRA_EMAIL = f"analytics@{DOMAIN}"
JIRA_TOKEN = "invented-company-token"  # noqa: S105
TOKEN_FILE = "jira-token.txt"  # noqa: S105

_SEVERITY_WORDS = {
    1: ("SEV1", "SEV-1", "P1", "S1", "down"),
    2: ("SEV2", "SEV-2", "P2", "S2", "disrupted"),
    3: ("SEV3", "SEV-3", "P3", "S3", "degraded"),
    4: ("SEV4", "SEV-4", "P4", "S4", "minor"),
}


def write_settings(company: Company, folder: Path, jira_url: str) -> Path:
    """Write `postmortems.toml` and the token's file into `folder`; returns the path of the former.

    The documents are expected where `write_documents` puts them in the same folder, in a git repository only
    when it made one, and what people decided of them where `write_reviewed` does. Annotations are named only
    when `write_annotations` wrote them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token_file = folder / TOKEN_FILE
    token_file.write_text(JIRA_TOKEN + "\n", encoding="utf-8")
    token_file.chmod(0o600)
    blocks = [_head(company, jira_url, has_annotations=(folder / ANNOTATIONS_FILE).exists())]
    blocks += [_source(unit, folder / DOCUMENTS_FOLDER / unit.name) for unit in company.units]
    blocks += [_team(team) for team in company.teams]
    path = folder / "postmortems.toml"
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def _head(company: Company, jira_url: str, *, has_annotations: bool) -> str:
    annotations = f"""
# What charts over time mark.
annotations = {_text(ANNOTATIONS_FILE)}
"""
    severities = "\n".join(f"{level} = {_list(words)}" for level, words in _SEVERITY_WORDS.items())
    by_priority = ", ".join(
        f"{name} = {days}" for name, days in zip(PRIORITIES, DUE_DAYS.values(), strict=True)
    )
    by_severity = ", ".join(f"{level} = {days}" for level, days in DUE_DAYS.items())
    return f"""\
# An invented company. Every name and number in it is made up.
{annotations if has_annotations else ""}
[company]
name = {_text(COMPANY_NAME)}
time_zone = "Europe/London"
is_invented = true

[jira]
url = {_text(jira_url)}
email = {_text(JIRA_EMAIL)}
token_file = {_text(TOKEN_FILE)}
jql = {_text(f"labels = {FOLLOW_UP_LABEL}")}
projects = {_list(team.project for team in company.teams)}
automation_accounts = {_list([AUTOMATION.account_id])}

[jira.fields]
team = {_text(TEAM)}
story_points = {_text(STORY_POINTS)}
sprint = {_text(SPRINT)}

[severity]
{severities}

# A status post and the postmortem of the same number are one incident.
[merge]
by = ["incident_key"]

# What people know better than the documents say.
[review]
file = {_text(REVIEWED_FILE)}

[policy]
due_days_by_priority = {{ {by_priority} }}
due_days_by_severity = {{ {by_severity} }}
written_within_days = 7
reviewed_within_days = 21

# Pounds for each minute that customers felt, and for each of them.
[cost]
formula = "90 * customer_impact_minutes + 0.02 * affected_user_count"
currency = "GBP"
"""


def _source(unit: Unit, folder: Path) -> str:
    place = _text(f"{DOCUMENTS_FOLDER}/{unit.name}")
    match unit.kept:
        case "git" if is_repository(folder):
            kept = f'type = "git"\nrepository = {place}\n'
        case "export":
            kept = f'type = "export"\npath = {place}\nformat = "incident.io"\n'
        case _:
            kept = f"path = {place}\n"
    day_first = "day_first = true\n" if unit.day_first else ""
    url = f"url = {_text(unit.address + '/{path}')}\n" if unit.address else ""
    planned = 'planned = ["notice", "maintenance"]\n' if unit.style in ("runbook", "status_post") else ""
    return f"""\
[[sources]]
name = {_text(unit.name)}
{kept}time_zone = {_text(unit.time_zone)}
{url}{day_first}{planned}"""


def _team(team: Team) -> str:
    return f"""\
[[teams]]
name = {_text(team.name)}
services = {_list(team.services)}
jira_projects = {_list([team.project])}
people = {_list(person.name for person in team.people)}
"""


def _text(value: str) -> str:
    """A TOML string: JSON's escapes are a part of TOML's (toml.io, v1.0.0, "String")."""
    return json.dumps(value, ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"
