"""Which issue tracker an address or a key belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.documents.blocks import Text

_KEY = r"[A-Z][A-Z0-9_]{1,30}-[1-9]\d{0,8}"
_BARE_KEY = re.compile(rf"(?<![\w/.=#?&-])({_KEY})(?![\w-]|\.\d)")
_URL = re.compile(r"https?://[^\s<>\"'`|\])}]+")
_JIRA_PATH = re.compile(rf"(?:/browse/|/issues/|[?&]selectedIssue=|/i/)({_KEY})(?![\w-])")
_FOREIGN: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "github",
        re.compile(r"https?://(?:www\.)?github\.[\w.-]*\w/[\w.-]+/[\w.-]+/(?:issues|pull|discussions)/\d+"),
    ),
    (
        "gitlab",
        re.compile(r"https?://[\w.-]*gitlab[\w.-]*/\S+?/-?/?(?:issues|merge_requests|work_items|epics)/\d+"),
    ),
    ("gitlab", re.compile(r"https?://[\w.-]+/\S+?/-/(?:issues|merge_requests|work_items|epics)/\d+")),
    (
        "bitbucket",
        re.compile(r"https?://(?:www\.)?bitbucket\.org/[\w.-]+/[\w.-]+/(?:issues|pull-requests)/\d+"),
    ),
    ("bugzilla", re.compile(r"https?://[\w.-]+/\S*show_bug\.cgi\?id=\d+|https?://bugzil\.la/\d+")),
    ("phabricator", re.compile(r"https?://(?:phab|phabricator)[\w.-]*/[TD]\d+")),
    ("linear", re.compile(rf"https?://linear\.app/[\w-]+/issue/{_KEY}")),
    ("asana", re.compile(r"https?://app\.asana\.com/\d+/\d+(?:/\d+)?")),
    ("trello", re.compile(r"https?://trello\.com/c/\w+")),
    (
        "azure_devops",
        re.compile(r"https?://(?:dev\.azure\.com|[\w-]+\.visualstudio\.com)/\S+?/_workitems/edit/\d+"),
    ),
    ("shortcut", re.compile(r"https?://app\.(?:shortcut|clubhouse)\.(?:com|io)/[\w-]+/story/\d+")),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A promise's issue: `tracker`, `key` (Jira only) and `url`."""

    tracker: str | None
    key: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Trackers:
    """The Jira hosts and projects the settings know; nothing else is a Jira issue."""

    hosts: frozenset[str]
    projects: frozenset[str]

    @classmethod
    def known(cls, hosts: tuple[str, ...], projects: tuple[str, ...]) -> Trackers:
        """From the settings' hosts (with or without port) and project keys."""
        return cls(
            frozenset(host.casefold().rstrip("/") for host in hosts),
            frozenset(key.upper() for key in projects),
        )

    def references(self, text: Text) -> list[Reference]:
        """The issues that some words name or link: Jira issues first, else the first foreign one."""
        urls = [link.url for link in text.links]
        urls += [
            match.group().rstrip(".,;:") for match in _URL.finditer(text.text) if match.group() not in urls
        ]
        found: list[Reference] = []
        foreign: Reference | None = None
        for url in dict.fromkeys(urls):
            reference = self._of_url(url)
            if reference is None:
                continue
            if reference.tracker == "jira":
                if all(reference.key != known.key for known in found):
                    found.append(reference)
            elif foreign is None or (foreign.tracker is None and reference.tracker is not None):
                foreign = reference
        words = _URL.sub(" ", text.text)
        for match in _BARE_KEY.finditer(words):
            key = match.group(1)
            if key.rpartition("-")[0] in self.projects and all(key != known.key for known in found):
                found.append(Reference("jira", key, None))
        if not found and foreign is not None:
            return [foreign]
        return found

    def _of_url(self, url: str) -> Reference | None:
        jira = _JIRA_PATH.search(url)
        if jira is not None and "linear.app" not in url:
            try:
                parts = urlsplit(url)
                hosts = {parts.netloc.casefold(), (parts.hostname or "").casefold()}
            except ValueError:
                return None
            if hosts & self.hosts:
                return Reference("jira", jira.group(1), url)
            if "/browse/" in url or "selectedIssue" in url:
                return Reference(None, None, url)
        for tracker, pattern in _FOREIGN:
            if pattern.match(url):
                return Reference(tracker, None, url)
        return None
