"""A Confluence for the tests that speaks HTTP: pages with versions, CQL as far as it is needed, and faults.

Its answers have the shape of both products' `content/search` and `content/{id}`: Cloud pages by a cursor
under /wiki, Data Center by a start.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

EMAIL = "reports@example.com"
TOKEN = "planted-s3cret"

#: Status, headers and body that a request is answered with instead.
Fault = tuple[int, dict[str, str], bytes]


@dataclass
class Page:
    """A page, blog post, comment or attachment."""

    id: str
    title: str
    body: str
    space: str = "OPS"
    type: str = "page"
    labels: tuple[str, ...] = ("postmortem",)
    version: int = 1
    created: str = "2024-03-01T09:30:00.000Z"
    changed: str = "2024-03-01T09:30:00.000Z"
    is_indexed: bool = True


@dataclass
class Wiki:
    """What the server holds, and what it was asked."""

    pages: list[Page] = field(default_factory=list)
    is_cloud: bool = True
    page_size: int = 100
    requests: list[str] = field(default_factory=list)
    trouble: Callable[[str, int], Fault | None] = lambda path, number: None
    url: str = ""

    @property
    def context(self) -> str:
        """Where the product lives on its host."""
        return "/wiki" if self.is_cloud else "/confluence"

    def found(self, cql: str) -> list[Page]:
        """The pages a query of the form the product writes finds."""
        chosen = [page for page in self.pages if page.is_indexed]
        for name, words in re.findall(r"(\w+) in \(([^)]*)\)", cql):
            wanted = {word.strip().strip('"') for word in words.split(",")}
            chosen = [page for page in chosen if wanted & set(_values(page, name))]
        for name, word in re.findall(r"(\w+) = \"([^\"]*)\"", cql):
            chosen = [page for page in chosen if word in _values(page, name)]
        return sorted(chosen, key=lambda page: page.created)


def _values(page: Page, name: str) -> tuple[str, ...]:
    named = {"type": (page.type,), "space": (page.space,), "label": page.labels, "id": (page.id,)}
    return named.get(name) or (page.title,)


def _content(wiki: Wiki, page: Page, expand: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": page.id, "type": page.type, "status": "current", "title": page.title,
        "_links": {"webui": f"/spaces/{page.space}/pages/{page.id}"},
    }  # fmt: skip
    if "version" in expand:
        content["version"] = {"number": page.version, "when": page.changed}
    if "space" in expand:
        content["space"] = {"key": page.space}
    if "history" in expand:
        content["history"] = {"createdDate": page.created}
    if "body.storage" in expand:
        content["body"] = {"storage": {"value": page.body, "representation": "storage"}}
    return content


class _Handler(BaseHTTPRequestHandler):
    wiki: Wiki

    def do_GET(self) -> None:
        wiki = self.wiki
        wiki.requests.append(self.path)
        fault = wiki.trouble(self.path, len(wiki.requests))
        if fault is not None:
            self._answer(*fault)
            return
        pair = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") not in (f"Basic {pair}", f"Bearer {TOKEN}"):
            self._answer(401, {}, b"")
            return
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = address.path.removeprefix(f"{wiki.context}/rest/api/")
        if path == "content/search":
            self._json(200, self._results(asked))
        else:
            page = next((page for page in wiki.pages if path == f"content/{page.id}"), None)
            if page is None:
                self._json(404, {"statusCode": 404, "message": "No content found"})
            else:
                self._json(200, _content(wiki, page, asked.get("expand", "")))

    def _results(self, asked: dict[str, str]) -> dict[str, Any]:
        wiki = self.wiki
        start = int(base64.b64decode(asked["cursor"]).decode()) if "cursor" in asked else 0
        start = int(asked.get("start", start))
        size = min(int(asked["limit"]), wiki.page_size)
        found = wiki.found(asked["cql"])
        answer: dict[str, Any] = {
            "results": [_content(wiki, page, asked["expand"]) for page in found[start : start + size]],
            "_links": {"base": wiki.url, "context": wiki.context},
        }
        if start + size < len(found):
            where = str(start + size)
            mark = base64.b64encode(where.encode()).decode() if wiki.is_cloud else where
            query = f"{'cursor' if wiki.is_cloud else 'start'}={quote(mark)}&limit={size}"
            query += f"&expand={quote(asked['expand'])}&cql={quote(asked['cql'])}"
            answer["_links"]["next"] = f"/rest/api/content/search?{query}"
        return answer

    def _json(self, status: int, answer: Any) -> None:
        self._answer(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Date", headers.get("Date") or self.date_time_string())
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serve(wiki: Wiki) -> Iterator[Wiki]:
    """`wiki` on a port of this machine, at `wiki.url`."""
    handler = type("Handler", (_Handler,), {"wiki": wiki})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    wiki.url = f"http://127.0.0.1:{server.server_address[1]}{wiki.context}"
    try:
        yield wiki
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
