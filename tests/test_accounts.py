"""Which sources are read with one account, so that one refusal is enough."""

from __future__ import annotations

import pytest

from pipeline.accounts import account_of
from pipeline.settings import Settings

WIKI = {"type": "confluence", "name": "wiki", "url": "https://acme.example/wiki", "email": "Ana@acme.example"}
JIRA = {"url": "https://acme.example", "email": "ana@acme.example"}


@pytest.mark.parametrize(
    ("wiki", "jira", "is_one"),
    [
        ({}, {}, True),
        ({}, {"email": "ben@acme.example"}, False),
        ({}, {"url": "https://jira.acme.example"}, False),
        (
            {"url": "https://api.example/ex/confluence/1", "browse_url": "https://acme.example/wiki"},
            {},
            True,
        ),
        ({"email": None}, {"email": None}, False),
        ({"email": None, "token_env": "BOTH"}, {"email": None, "token_env": "BOTH"}, True),
        ({"email": None, "token_file": "a.token"}, {"email": None, "token_file": "b.token"}, False),
        ({"email": "ana"}, {"email": None, "username": "ana"}, True),
    ],
)
def test_one_account_is_one_user_of_one_host(
    wiki: dict[str, str], jira: dict[str, str], is_one: bool
) -> None:
    """An account is told by its name, or without one by where its token stands; and a site by its hosts."""
    settings = Settings.model_validate({"sources": [WIKI | wiki], "jira": JIRA | jira})
    of_wiki, of_jira = account_of(settings.sources[0], settings), account_of(None, settings)
    assert of_wiki is not None
    assert of_jira is not None
    assert of_wiki.may_be(of_jira) is of_jira.may_be(of_wiki) is is_one


def test_incidents_in_jira_are_read_with_its_account_and_a_folder_with_none() -> None:
    """Issues that are incidents share the account of the Jira that is followed."""
    issues = {"type": "jira", "name": "desk", "jql": "project = INC"}
    folder = {"name": "docs", "path": "docs"}
    settings = Settings.model_validate({"sources": [issues, folder], "jira": JIRA})
    desk, docs = (account_of(source, settings) for source in settings.sources)
    assert desk == account_of(None, settings) is not None
    assert docs is None
