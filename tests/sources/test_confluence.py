"""Pages of a Confluence over HTTP: what is listed and read, what a change costs, and what goes wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, KnownDocument
from pipeline.settings import ConfluenceSource
from pipeline.sources.confluence import Confluence
from tests.sources.clock import StillClock
from tests.sources.confluence_server import EMAIL, TOKEN, Page, Wiki, serve

CREATED, CHANGED = datetime(2024, 3, 1, 9, 30), datetime(2024, 4, 2, 8)


def wiki(count: int = 3, **more: Any) -> Wiki:
    """`count` labelled pages beside an attachment, a comment and a page without the label."""
    pages = [Page(str(100 + n), f"Outage {n}", f"<p>Told {n}</p>") for n in range(count)]
    others = [
        Page("900", "graph.png", "", type="attachment"),
        Page("901", "Re: outage", "<p>Thanks</p>", type="comment"),
        Page("902", "Canteen", "<p>Soup</p>", labels=()),
        Page("903", "Outage of others", "<p>Told</p>", space="HR"),
    ]
    return Wiki(pages + others, **more)


def confluence(
    served: Wiki, clock: StillClock | None = None, *, accept_vanished: Any = False, **more: Any
) -> Confluence:
    """A source signed in to the served wiki, which waits without sleeping."""
    given = {
        "name": "wiki", "type": "confluence", "url": served.url, "email": EMAIL,
        "spaces": ["OPS"], "labels": ["postmortem"],
    } | more  # fmt: skip
    return Confluence(
        ConfluenceSource.model_validate(given),
        SecretStr(TOKEN),
        clock=clock or StillClock(),
        accept_vanished=accept_vanished,
    )


def known(documents: list[FetchedDocument]) -> dict[str, KnownDocument]:
    """What a warehouse would hold of these documents."""
    return {
        each.path: KnownDocument(
            each.content_hash, each.size_bytes, each.modified_at, CHANGED, each.url, each.problem,
            each.version,
        )
        for each in documents
    }  # fmt: skip


@pytest.mark.parametrize("is_cloud", [True, False])
def test_pages_of_the_space_and_label_are_read_whole(is_cloud: bool) -> None:
    """Over several pages of results, by cursor and by start: each page once, no attachment, no comment."""
    with serve(wiki(5, is_cloud=is_cloud, page_size=2)) as served:
        served.pages[0].changed = "2024-04-02T10:00:00.000+02:00"
        account = {} if is_cloud else {"email": None}
        listing = confluence(served, **account).fetch({})
        documents = list(listing.changed)
    assert set(listing.paths) == {f"pages/{100 + n}" for n in range(5)}
    assert [(each.path, each.content) for each in documents] == [
        (f"pages/{100 + n}", f"<p>Told {n}</p>") for n in range(5)
    ]
    first = documents[0]
    assert (first.title, first.url, first.media_type) == (
        "Outage 0",
        f"{served.url}/spaces/OPS/pages/100",
        "text/html",
    )
    assert (first.version, first.written_at, first.modified_at) == ("1", CREATED, CHANGED)


def test_what_did_not_change_is_not_fetched() -> None:
    """A second run asks for the list alone; a new version, and a deleted page, are met by the next."""
    with serve(wiki(4)) as served:
        held = known(list(confluence(served).fetch({}).changed))
        served.requests.clear()
        assert list(confluence(served).fetch(held).changed) == []
        assert len(served.requests) == 1
        assert "body" not in parse_qs(urlsplit(served.requests[0]).query)["expand"][0]
        served.pages[1].version, served.pages[1].body = 2, "<p>Told better</p>"
        del served.pages[3]
        listing = confluence(served).fetch(held)
        assert [(each.path, each.version, each.content) for each in listing.changed] == [
            ("pages/101", "2", "<p>Told better</p>")
        ]
        assert set(listing.paths) == {"pages/100", "pages/101", "pages/102"}


def test_the_settings_query_is_joined_and_its_order_dropped() -> None:
    """Spaces, labels and CQL must all hold; quotes are escaped; an order of one's own gives way."""
    with serve(wiki()) as served:
        source = confluence(served, spaces=['O"PS'], cql='title = "order by x" OR title ~ y ORDER BY title')
    assert source.cql() == (
        'type in (page, blogpost) and space in ("O\\"PS") and label in ("postmortem") '
        'and (title = "order by x" OR title ~ y) order by created'
    )


def test_a_page_the_index_forgot_is_asked_by_itself_and_one_deleted_meanwhile_is_left_out() -> None:
    """Between the list and the reading an index may drop a page, and a person delete one."""
    with serve(wiki(3)) as served:
        listing = confluence(served).fetch({})
        served.pages[0].is_indexed = False
        del served.pages[1]
        assert [each.path for each in listing.changed] == ["pages/100", "pages/102"]


def test_too_large_and_empty_pages_are_told() -> None:
    """A page above the limit and one without words have no content, and say why."""
    with serve(wiki(2)) as served:
        served.pages[0].body = "x" * 1_000_001
        served.pages[1].body = "  "
        documents = list(confluence(served, max_megabytes=1).fetch({}).changed)
    assert [(each.content, each.problem) for each in documents] == [(None, "too_large"), (None, "empty")]


def test_too_many_requests_are_waited_out() -> None:
    """A 429 and a 503 are waited for as asked, and the answers are whole."""

    def trouble(path: str, number: int) -> tuple[int, dict[str, str], bytes] | None:
        if number == 1:
            return 429, {"Retry-After": "7"}, b""
        if number == 2:
            dates = {"Date": "Sat, 01 Jun 2024 12:00:00 GMT", "Retry-After": "Sat, 01 Jun 2024 12:00:09 GMT"}
            return 503, dates, b""
        return (200, {}, b'{"results": [{"id"') if number == 3 else None

    clock = StillClock()
    with serve(wiki(3, trouble=trouble)) as served:
        assert len(list(confluence(served, clock).fetch({}).changed)) == 3
    assert clock.waits == [7.0, 9.0, 8.0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ((401, {}, b""), "refuses the token of reports@example.com"),
        ((403, {}, b""), "forbids this to reports@example.com (content/search); give it the right to browse"),
        ((404, {}, b'{"message": "no such thing"}'), "answered 404 to content/search: no such thing; see"),
        ((400, {}, b'{"message": "Could not parse cql"}'), "Could not parse cql; mend cql of source wiki"),
        ((302, {"Location": "/login"}, b""), "sends elsewhere; put the address of the Confluence itself"),
        ((200, {}, b"<html>sign in</html>"), "answers with a web page instead of data"),
    ],
)
def test_a_refusal_is_one_line_without_the_token(fault: Any, told: str) -> None:
    """What will not get better by waiting ends the fetch at once with the next step."""
    clock = StillClock()
    with serve(wiki(trouble=lambda path, number: fault)) as served, pytest.raises(SourceError) as error:
        confluence(served, clock).fetch({})
    assert told in str(error.value)
    assert (TOKEN in str(error.value), "\n" in str(error.value), clock.waits) == (False, False, [])


def test_most_pages_gone_at_once_changes_nothing() -> None:
    """An index that answers almost nothing, or a right that was lost, is no deletion."""
    with serve(wiki(6)) as served:
        held = known(list(confluence(served).fetch({}).changed))
        for page in served.pages[2:6]:
            page.is_indexed = False
        with pytest.raises(SourceError, match="4 of 6 pages are gone at once"):
            confluence(served).fetch(held)
        listing = confluence(served, accept_vanished=True).fetch(held)
        assert len(listing.paths) == 2


def test_a_list_that_runs_in_a_circle_is_not_believed() -> None:
    """A next link seen before ends the fetch: the list would not be whole."""
    answer = b'{"results": [], "_links": {"next": "/rest/api/content/search?cursor=x"}}'
    with (
        serve(wiki(trouble=lambda path, number: (200, {}, answer))) as served,
        pytest.raises(SourceError, match="in a circle"),
    ):
        confluence(served).fetch({})
