"""Which issue tracker an address, a key or a number belongs to.

Only a Jira of the settings is followed: an issue there has a key. Everything else is recognised as kept
elsewhere, its state unknown: a tracker's name, and its address when one is written. A Jira of another host is
such a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from pipeline.documents.blocks import Text

#: An issue is named or linked, and nothing tells which tracker holds it.
OTHER = "other"

#: The shape of an issue's key.
KEY = r"[A-Z][A-Z0-9_]{1,30}-[1-9]\d{0,8}"
_BARE_KEY = re.compile(rf"(?<![\w/.=#?&-])({KEY})(?![\w-]|\.\d)")
_URL = re.compile(r"https?://[^\s<>\"'`|\])}]+")
_MAX_URL = 2000
_JIRA_MACRO = re.compile(rf"jira:({KEY})", re.IGNORECASE)
_JIRA_PATH = re.compile(
    rf"/browse/({KEY})(?![\w-])|/(?:projects|issues|i|portal/\d{{1,9}})/(?:[\w-]+/issues/)?({KEY})(?![\w-])"
    rf"|[?&]selectedIssue=({KEY})(?![\w-])",
    re.IGNORECASE,
)
#: Tracker, its hosts, and what follows the host of an issue's address.
_ADDRESSES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (tracker, re.compile(host), re.compile(path))
    for tracker, host, path in (
        ("github", r"(?:.+\.)?github\..+", r"/[\w.-]+/[\w.-]+/(?:issues|pull|discussions)/\d+"),
        ("gitlab", r".*gitlab.*", r"/\S+/(?:issues|merge_requests|work_items|epics)/\d+"),
        ("gitlab", r".+", r"/\S+/-/(?:issues|merge_requests|work_items|epics)/\d+"),
        ("bitbucket", r"(?:www\.)?bitbucket\.org", r"/[\w.-]+/[\w.-]+/(?:issues|pull-requests)/\d+"),
        ("bugzilla", r".+", r"/(?:\S*/)?show_bug\.cgi\?(?:\S*&)?id=\d+"),
        ("bugzilla", r"bugzil\.la|bugzilla\..+", r"/\d+"),
        ("phabricator", r"(?:.+\.)?phab(?:ricator)?\..+", r"/[TD]\d+"),
        ("linear", r"linear\.app", rf"/[\w-]+/issue/{KEY}"),
        ("asana", r"app\.asana\.com", r"/(?:\d+/\d+|1/\d+/(?:project/\d+/)?task/\d+)"),
        ("trello", r"trello\.com", r"/c/\w+"),
        ("youtrack", r"(?:.+\.)?youtrack\..+", rf"/issue/{KEY}"),
        ("youtrack", r".+", rf"/youtrack/issue/{KEY}"),
        ("azure_devops", r"dev\.azure\.com|.+\.visualstudio\.com", r"/\S+/_workitems/edit/\d+"),
        ("shortcut", r"app\.(?:shortcut\.com|clubhouse\.io)", r"/[\w-]+/story/\d+"),
        ("servicenow", r".+\.service-now\.com", r"/\S*(?:\.do|sys_id|/record/)"),
        ("clickup", r"app\.clickup\.com", r"/t/\w+"),
        ("launchpad", r"(?:bugs\.)?launchpad\.net", r"/\S*\+bug/\d+|/bugs/\d+"),
        ("redmine", r"(?:.+\.)?redmine\..+", r"/issues/\d+"),
    )
)
#: Shaped like keys, but names of standards, zones, regions, releases and flaws.
_STANDARDS = """
AES AI ARM BIP COVID CVE CWE ECMA EIP ERC ES EU AP GHSA GMT H HTTP HTTPS IEC IEEE INC IPV ISO MD NIST P
PEP PIR PM Q RCA RFC RHEL RSA SEV SHA SSL TCP TLS UDP US UTC UTF V WIN X
"""
_NO_PROJECTS = frozenset(_STANDARDS.split())
_PREFIX = re.compile(r"[A-Za-z]+")
_LABELLED_KEY = re.compile(
    rf"\b(jira|tickets?|issues?|story|tracked (?:in|as|by|under)|tracking)\b[ \t]*"
    rf"(?:(?:issue|ticket|no|nr|number|id|key)\b\.?[ \t]*){{0,3}}[:#]?[ \t]*(?-i:({KEY}))(?![\w-])",
    re.IGNORECASE,
)
_OF_A_REPOSITORY = re.compile(r"(?<![\w/.@-])([\w.-]{1,60}/[\w.-]{1,80}#\d{1,7})\b")
_OF_GITHUB = re.compile(r"(?<![\w-])(GH-\d{1,7})\b")
_BUG = re.compile(r"(?<![\w-])(bug[ \t]*#?[ \t]?\d{4,9})\b", re.IGNORECASE)
_TASK = re.compile(r"(?<![\w/-])(T\d{3,7})\b")
#: A number alone is an issue behind a word for one, or in brackets at an end; inside a sentence it is told.
_NUMBER = re.compile(
    r"\b(?:issues?|tickets?|bugs?|pull request|merge request|tracked (?:in|as|by)|story)\b[ \t]*:?[ \t]*"
    r"(?P<named>(?<![\w/])[#!]\d{1,7})\b(?!\w)|^\W{0,3}[(\[][ \t]*(?P<first>[#!]\d{1,7})[ \t]*[)\]]"
    r"|[(\[][ \t]*(?:pr|mr|see)?[ \t]*(?P<last>[#!]\d{1,7})[ \t]*[)\]](?=\W*$)",
    re.IGNORECASE,
)
_CELL_NUMBER = re.compile(r"[#!]?\d{1,9}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A promise's issue: `tracker`, `key` (of a followed Jira only), `url`, and its name as `words` wrote"
    " it."""

    tracker: str
    key: str | None
    url: str | None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Trackers:
    """The Jira hosts and projects the settings know, and the trackers whose addresses a document uses."""

    hosts: frozenset[str]
    projects: frozenset[str]
    used: frozenset[str] = frozenset()

    @classmethod
    def known(cls, hosts: tuple[str, ...], projects: tuple[str, ...]) -> Trackers:
        """From the settings' hosts (with or without port) and project keys."""
        return cls(
            frozenset(host.casefold().rstrip("/") for host in hosts),
            frozenset(key.upper() for key in projects),
        )

    def for_document(self, texts: Iterable[Text]) -> Trackers:
        """With the trackers that the document's texts link: "T123" means a task only where some host has"
        " them."""
        used = {
            reference.tracker
            for text in texts
            if text.links or "://" in text.text or "bugzilla" in text.text.casefold()
            for reference in self._written(text)
        }
        return replace(self, used=frozenset(used))

    def references(self, text: Text, column: str | None = None) -> list[Reference]:
        """The issues that some words name or link: those of a followed Jira first, else the first elsewhere.

        `column` is the head of the table's column that holds issues, when the words stand in one.
        """
        followed: list[Reference] = []
        elsewhere: Reference | None = None
        for reference in (*self._linked(text), *self._named(text, column)):
            if reference.key is not None:
                if all(reference.key != known.key for known in followed):
                    followed.append(reference)
            elif elsewhere is None or _is_nearer(reference, elsewhere, text):
                elsewhere = reference
        if not followed and elsewhere is not None:
            return [elsewhere]
        return followed

    def _written(self, text: Text) -> Iterator[Reference]:
        yield from self._linked(text)
        if "bugzilla" in text.text.casefold():
            yield Reference("bugzilla", None, None)

    def _linked(self, text: Text) -> Iterator[Reference]:
        urls = {link.url: link.label for link in text.links}
        if "://" in text.text:
            for match in _URL.finditer(text.text):
                if match.group() not in urls:
                    urls.setdefault(match.group().rstrip(".,;:"), "")
        for url, label in urls.items():
            reference = self._of_url(url[:_MAX_URL])
            if reference is not None:
                yield replace(reference, words=label.strip() or None)

    def _of_url(self, url: str) -> Reference | None:
        macro = _JIRA_MACRO.fullmatch(url)
        if macro is not None:  # how a wiki's Jira macro is handed on: its Jira is the one of the settings
            return Reference("jira", macro.group(1).upper(), None)
        if "://" not in url:
            return None
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").casefold()
            netloc = parts.netloc.casefold()
        except ValueError:
            return None
        path = _after_host(parts)
        if "-" in url:
            jira = _JIRA_PATH.search(path)
            if jira is not None and {host, netloc} & self.hosts:
                return Reference("jira", jira.group(jira.lastindex or 0).upper(), url)
            if jira is not None and (
                host.endswith(".atlassian.net") or "/browse/" in path or "selectedIssue=" in path
            ):
                return Reference("jira", None, url)
        for tracker, hosts, paths in _ADDRESSES:
            if paths.match(path) and hosts.fullmatch(host):
                return Reference(tracker, None, url)
        return None

    def _named(self, text: Text, column: str | None) -> Iterator[Reference]:
        words = _URL.sub(" ", text.text) if "://" in text.text else text.text
        if "-" in words:
            for match in _BARE_KEY.finditer(words):
                key = match.group(1)
                if key.rpartition("-")[0] in self.projects:
                    yield Reference("jira", key, None, key)
            for match in _LABELLED_KEY.finditer(words):
                if may_be_project(match.group(2)):
                    is_jira = "jira" in match.group(1).casefold()
                    yield Reference("jira" if is_jira else OTHER, None, None, match.group(2))
            for match in _OF_GITHUB.finditer(words):
                yield Reference("github", None, None, match.group(1))
        if "#" in words or "!" in words:
            for match in _OF_A_REPOSITORY.finditer(words):
                yield Reference(self._forge(), None, None, match.group(1))
            for match in _NUMBER.finditer(words):
                name = match.group("named") or match.group("first") or match.group("last")
                yield Reference(OTHER, None, None, name)
        for match in _BUG.finditer(words):
            yield Reference("bugzilla" if "bugzilla" in self.used else OTHER, None, None, match.group(1))
        if "phabricator" in self.used:
            for match in _TASK.finditer(words):
                yield Reference("phabricator", None, None, match.group(1))
        if column is not None:
            yield from self._in_column(words, column)

    def _in_column(self, words: str, column: str) -> Iterator[Reference]:
        for match in _BARE_KEY.finditer(words):
            if may_be_project(match.group(1)):
                is_jira = "jira" in column.casefold() or "jira" in words.casefold()
                yield Reference("jira" if is_jira else OTHER, None, None, match.group(1))
        if _CELL_NUMBER.fullmatch(words.strip()):
            yield Reference(OTHER, None, None, words.strip())

    def _forge(self) -> str:
        return "gitlab" if "gitlab" in self.used and "github" not in self.used else "github"


def _is_nearer(reference: Reference, chosen: Reference, text: Text) -> bool:
    """Whether one of two issues kept elsewhere is rather the promise's own: in a named tracker, at an end."""
    if (reference.tracker == OTHER) != (chosen.tracker == OTHER):
        return chosen.tracker == OTHER
    return _is_at_an_end(reference, text) and not _is_at_an_end(chosen, text)


def _is_at_an_end(reference: Reference, text: Text) -> bool:
    length = len(text.text.rstrip())
    return any(
        link.url == reference.url and (link.start <= 3 or link.start + len(link.label) >= length - 3)
        for link in text.links
    )


def is_reference(words: str) -> bool:
    """Whether a cell holds nothing but an issue's key, number or address."""
    words = words.strip()
    return bool(
        _CELL_NUMBER.fullmatch(words)
        or re.fullmatch(rf"\W{{0,2}}(?:{KEY}|[\w.-]+/[\w.-]+#\d+|GH-\d+|bug #?\d+)\W{{0,2}}", words)
        or (words.startswith("http") and " " not in words)
    )


def may_be_project(key: str) -> bool:
    """Whether a word shaped like an issue's key may be one: no standard, zone or release."""
    match = _PREFIX.match(key)
    return match is not None and match.group() not in _NO_PROJECTS


def _after_host(parts: SplitResult) -> str:
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
