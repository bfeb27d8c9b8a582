"""Real payloads come out of the simulated Jira as they went in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline.demo.jira.server import SimulatedJira, serve_jira
from tests.demo.real_jira import devlake_state, payloads, tidev_issues, tidev_state

pytestmark = pytest.mark.corpora

EMAIL, TOKEN = "reports@example.com", "planted-s3cret"


def ask(jira: SimulatedJira, path: str, body: Any = None) -> Any:
    """The JSON of one request; a POST when there is a body."""
    with requests.Session() as session:
        session.trust_env = False
        answered = session.request(
            "GET" if body is None else "POST",
            f"{jira.url}/rest/api/2/{path}",
            json=body,
            auth=(EMAIL, TOKEN),
            timeout=10,
        )
    assert answered.status_code == 200, answered.text
    return answered.json()


@pytest.fixture(scope="module")
def cloud(corpora: Path) -> Iterator[SimulatedJira]:
    """DevLake's site, served."""
    with serve_jira(devlake_state(corpora), email=EMAIL, token=TOKEN) as jira:
        yield jira


def bare(issue: dict[str, Any]) -> dict[str, Any]:
    """An issue without its changelog."""
    return {name: value for name, value in issue.items() if name != "changelog"}


def test_search_sends_real_issues_whole(cloud: SimulatedJira, corpora: Path) -> None:
    """All 33 issues, every field of them, unknown ones and nulls too, in the order asked for."""
    given = payloads(corpora / "jira" / "devlake" / "_raw_jira_api_issues.csv")
    given.sort(key=lambda issue: (issue["fields"]["created"], int(issue["id"])))
    asked = {"jql": "created > 0 ORDER BY created", "fields": ["*all"], "maxResults": 100}
    assert ask(cloud, "search/jql", asked)["issues"] == [bare(issue) for issue in given]
    assert len(given) == 33


def test_bulk_changelogs_send_real_histories_whole(cloud: SimulatedJira, corpora: Path) -> None:
    """Every entry of every issue, oldest first, with authors and offsets as they were."""
    given = payloads(corpora / "jira" / "devlake" / "_raw_jira_api_issues.csv")
    asked = {"issueIdsOrKeys": [issue["id"] for issue in given], "maxResults": 10_000}
    logs = ask(cloud, "changelog/bulkfetch", asked)["issueChangeLogs"]
    expected = {
        issue["id"]: sorted(issue["changelog"]["histories"], key=lambda entry: int(entry["id"]))
        for issue in given
        if issue["changelog"]["histories"]
    }
    assert {log["issueId"]: log["changeHistories"] for log in logs} == expected
    assert sum(map(len, expected.values())) > 500


def test_remote_links_statuses_and_types_are_the_real_ones(cloud: SimulatedJira, corpora: Path) -> None:
    """Remote links come with their issue, the lists of the site as it sent them."""
    folder = corpora / "jira" / "devlake"
    given = payloads(folder / "_raw_jira_api_remotelinks.csv")
    expected = [link for link in given if "/issue/EE-1/" in link["self"]]
    assert ask(cloud, "issue/EE-1/remotelink") == expected != []
    assert ask(cloud, "status") == payloads(folder / "_raw_jira_api_status.csv")
    assert ask(cloud, "issuetype") == payloads(folder / "_raw_jira_api_issue_types.csv")


def test_a_real_server_is_served_by_offset(corpora: Path) -> None:
    """All 681 issues of TiDev, page by page, each as it was published."""
    given = {issue["id"]: issue for issue in tidev_issues(corpora)}
    state = tidev_state(corpora)
    with serve_jira(state, email=EMAIL, token=TOKEN, page_limit=300) as jira:
        served: dict[str, Any] = {}
        while True:
            asked = {"jql": "project in (MOD, DAEMON) ORDER BY key", "startAt": len(served)}
            page = ask(jira, "search", asked | {"maxResults": 1000, "fields": ["*all"]})
            served.update((issue["id"], issue) for issue in page["issues"])
            if len(served) >= page["total"]:
                break
    assert len(jira.requests) == 3
    assert served == given
    assert len(given) == 681
