"""Real Jiras' payloads, served by the simulated one: 33 issues of a Cloud site, 681 of a Server."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.demo.jira.state import JiraState


def payloads(path: Path) -> list[dict[str, Any]]:
    """What a CSV of DevLake's raw tables holds in its column `data`, in the order of the file."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        return [json.loads(row["data"]) for row in csv.DictReader(line for line in file if line.strip())]


def devlake_state(corpora: Path) -> JiraState:
    """The Cloud site that DevLake's tests were taken from: issues with histories, remote links, statuses,
    types and fields. Histories and links of issues that are not among them are left out.
    """
    folder = corpora / "jira" / "devlake"
    state = JiraState(account_time_zone="Asia/Shanghai")
    for name, table in (("status", "status"), ("issuetype", "issue_types"), ("field", "issue_fields")):
        state.load_list(name, payloads(folder / f"_raw_jira_api_{table}.csv"))
    links: dict[str, list[dict[str, Any]]] = {}
    for link in payloads(folder / "_raw_jira_api_remotelinks.csv"):
        links.setdefault(link["self"].split("/issue/")[1].partition("/")[0], []).append(link)
    for issue in payloads(folder / "_raw_jira_api_issues.csv"):
        state.load_issue(issue, issue["changelog"]["histories"], links.get(issue["key"], ()))
    return state


def tidev_state(corpora: Path) -> JiraState:
    """A Server's two projects, without histories, as TiDev published them."""
    state = JiraState(account_time_zone="America/Los_Angeles", deployment="data_center")
    for issue in tidev_issues(corpora):
        state.load_issue(issue)
    return state


def tidev_issues(corpora: Path) -> list[dict[str, Any]]:
    """The issues as published, by path."""
    paths = sorted((corpora / "jira" / "tidev").glob("*/*/*-*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]
