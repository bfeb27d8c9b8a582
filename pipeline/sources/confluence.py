"""Pages of a Confluence, Cloud or Data Center, as storage format.

Both answer `content/search` with CQL: version 2 of Cloud's API has no search
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content/). Cloud pages by a cursor, Data
Center by a start, and both name the next page in `_links.next`, which is followed as it stands. A listing
without bodies tells which versions are new; only those are fetched, several to a call.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from pipeline.batches import batches
from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument, Listing
from pipeline.settings import ConfluenceSource
from pipeline.sources.folder import is_named, max_bytes
from pipeline.sources.rest import Account, CallReport, Clock, Patience, RestSession
from pipeline.vanished import looks_lost

log = logging.getLogger(__name__)

LISTED_AT_ONCE = 100
BODIES_AT_ONCE = 25
_WHOLE = "body.storage,version,space,history"
_MAX_PAGES_OF_A_LISTING = 10_000
_ORDER = re.compile(r"\border\s+by\b(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    content_id: str
    space: str
    title: str
    version: str
    url: str | None

    @property
    def path(self) -> str:
        """What identifies it: neither a new title nor another space makes it another document."""
        return f"pages/{self.content_id}"


class ConfluenceSession(RestSession):
    """Asks one Confluence."""

    root = "/rest/api/"
    scopes = "read:confluence-content.all and search:confluence"

    def _sign_in(self) -> requests.Session:
        session = requests.Session()
        secret = self._secret()
        if self._account.email:
            session.auth = (self._account.email, secret)
        else:
            session.headers["Authorization"] = f"Bearer {secret}"
        session.headers["Accept"] = "application/json"
        # A .netrc would replace the credentials; a proxy reaches nothing on this machine.
        if urlsplit(self._account.url).hostname in ("127.0.0.1", "localhost", "::1"):
            session.trust_env = False
        return session

    def _error_words(self, answered: Any) -> list[str]:
        return [str(answered.get("message") or "")]

    def _mend(self, path: str, status: int) -> str:
        if status == 400:
            return f"mend {self._key('cql')}, its spaces or labels"
        return f"see whether {self._key('url')} is the address of a Confluence, with /wiki for Cloud"

    def _browsed(self) -> str:
        return "the spaces"


class Confluence:
    """The pages of a Confluence that the settings name."""

    def __init__(
        self,
        source: ConfluenceSource,
        token: SecretStr,
        *,
        tell: Callable[[str], None] = log.info,
        clock: Clock | None = None,
        patience: Patience | None = None,
        accept_vanished: bool = False,
    ) -> None:
        self.report = CallReport()
        self._accepts_vanished = accept_vanished
        self._source = source
        account = Account(
            f"source {source.name}",
            "Confluence",
            source.url,
            source.email,
            token,
            source.request_timeout_seconds,
        )
        self._session = ConfluenceSession(account, self.report, tell=tell, clock=clock, patience=patience)

    def glance(self) -> Glance:
        """See `DocumentSource`. One call, for the first of its pages."""
        query = {"cql": self.cql(), "expand": "version,space", "limit": "1"}
        answered = self._session.call("content/search", query=query, check=_lack)
        if answered["results"]:
            return Glance(f"{self._session.site} signs in {self._session.account} and shows pages")
        return Glance(
            f"{self._session.site} signs in {self._session.account} and finds nothing by {self.cql()}",
            "see whether the account may see its spaces, or mend its spaces, labels or cql",
        )

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. A page whose version is as before is not fetched."""
        pages = {
            page.content_id: page
            for page in map(self._page, self._search(self.cql(), "version,space", LISTED_AT_ONCE))
            if is_named(f"{page.space}/{page.title}", self._source)
        }
        paths = {page.path for page in pages.values()}
        vanished = known.keys() - paths
        if looks_lost(len(vanished), len(known)) and not self._accepts_vanished:
            raise SourceError(
                f"source {self._source.name}: {len(vanished)} of {len(known)} pages are gone at once, which "
                f"looks like an index or a right that was lost, so nothing was changed; look at its spaces "
                f"in Confluence, or, if they are truly gone, run with --accept-vanished"
            )
        changed = [page for page in pages.values() if _must_read(page, known.get(page.path), self._source)]
        return Listing(paths, len(changed), self._read(changed))

    def cql(self) -> str:
        """The query for what the settings name: pages and blog posts, never attachments or comments."""
        source = self._source
        parts = ["type in (page, blogpost)"]
        if source.spaces:
            parts.append(f"space in ({', '.join(map(_quoted, source.spaces))})")
        if source.labels:
            parts.append(f"label in ({', '.join(map(_quoted, source.labels))})")
        if source.cql:
            order = _ORDER.search(source.cql)
            parts.append(f"({source.cql[: order.start()].strip() if order else source.cql})")
        return f"{' and '.join(parts)} order by created"

    def _search(self, cql: str, expand: str, limit: int) -> Iterator[dict[str, Any]]:
        query: dict[str, str] | None = {"cql": cql, "expand": expand, "limit": str(limit)}
        path, asked = "content/search", set()
        for _ in range(_MAX_PAGES_OF_A_LISTING):
            answered = self._session.call(path, query=query, check=_lack)
            yield from answered["results"]
            following = answered.get("_links", {}).get("next")
            if not following:
                return
            _, found, path = str(following).partition("/rest/api/")
            if not found or path in asked:
                break
            asked.add(path)
            query = None
        raise SourceError(
            f"source {self._source.name}: Confluence leads through its pages in a circle, "
            f"so the list is not whole and nothing was changed; run again later"
        )

    def _page(self, content: Mapping[str, Any]) -> _Page:
        shown = content.get("_links", {}).get("webui")
        return _Page(
            content_id=str(content["id"]),
            space=str(content.get("space", {}).get("key", "")),
            title=str(content.get("title", "")),
            version=str(content["version"]["number"]),
            url=f"{self._browse_url()}{shown}" if shown else None,
        )

    def _browse_url(self) -> str:
        return (self._source.browse_url or self._source.url).rstrip("/")

    def _read(self, pages: list[_Page]) -> Iterator[FetchedDocument]:
        for batch in batches(pages, BODIES_AT_ONCE):
            ids = ", ".join(page.content_id for page in batch)
            found = {
                str(content["id"]): content
                for content in self._search(f"id in ({ids}) order by created", _WHOLE, BODIES_AT_ONCE)
            }
            for page in batch:
                # An index may lag behind; then the page itself is asked, which may have gone since.
                content = found.get(page.content_id) or self._session.call(
                    f"content/{page.content_id}", query={"expand": _WHOLE}, gone=(404, 410)
                )
                if content is not None:
                    yield self._document(content)

    def _document(self, content: Mapping[str, Any]) -> FetchedDocument:
        page = self._page(content)
        body = str(content.get("body", {}).get("storage", {}).get("value") or "")
        raw = body.encode("utf-8", "replace")
        text: str | None = raw.decode("utf-8")
        problem = None
        if len(raw) > max_bytes(self._source):
            text, problem = None, "too_large"
        elif not body.strip():
            text, problem = None, "empty"
        return FetchedDocument(
            path=page.path,
            url=page.url,
            content=text,
            content_hash=hashlib.sha256(f"{page.title}\0".encode("utf-8", "replace") + raw).hexdigest(),
            size_bytes=len(raw),
            problem=problem,
            modified_at=_moment(content.get("version", {}).get("when")),
            media_type="text/html",
            title=page.title or None,
            version=page.version,
            written_at=_moment(content.get("history", {}).get("createdDate")),
        )


def _must_read(page: _Page, known: KnownDocument | None, source: ConfluenceSource) -> bool:
    return (
        known is None
        or known.version != page.version
        or known.url != page.url
        or (known.problem == "too_large") != (known.size_bytes > max_bytes(source))
    )


def _lack(answered: Any) -> str | None:
    if not isinstance(answered, dict) or not isinstance(answered.get("results"), list):
        return "answered without results"
    if any(not isinstance(each, dict) or "id" not in each for each in answered["results"]):
        return "answered with results that name no page"
    if any("number" not in (each.get("version") or {}) for each in answered["results"]):
        return "answered with pages that have no version"
    return None


def _moment(written: Any) -> datetime | None:
    """An ISO 8601 time, as Cloud (`Z`) and Data Center (`+01:00`) write it, as naive UTC."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
