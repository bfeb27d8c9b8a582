"""What is written into the template is what the reader reads out of it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.completeness import PARTS, completeness
from pipeline.documents.facts import TIME_FIELDS, ActionItem, DocumentFacts, Reading
from pipeline.documents.kinds import is_no_account
from pipeline.documents.statements import is_value
from pipeline.documents.template import Draft, file_name, postmortem_markdown
from pipeline.documents.times.moments import lone_moment

READING = Reading(jira_hosts=("jira.example.com",), jira_projects=("PAY",), today=date(2026, 1, 1))
FILLED = Draft(
    title="Checkout down",
    incident_key="INC-12",
    severity_label="SEV2",
    services=("checkout", "search and browse"),
    team="Payments",
    started_at=datetime(2024, 3, 1, 9, 0),
    detected_at=datetime(2024, 3, 1, 9, 4),
    acknowledged_at=datetime(2024, 3, 1, 9, 6),
    declared_at=datetime(2024, 3, 1, 9, 9),
    mitigated_at=datetime(2024, 3, 1, 9, 40),
    resolved_at=datetime(2024, 3, 1, 10, 15),
    detection_method="alert",
    affected_user_count=1200,
    customer_impact_minutes=40.0,
    authors=("Ana Silva", "Bo Lind"),
    reviewers=("Cy Dow",),
    reviewed_on=date(2024, 3, 8),
    summary="Payments failed for most shoppers in the morning.",
    impact="Nobody could pay by card.\n- Invoices still worked.",
    events=(
        (datetime(2024, 3, 1, 9, 0), "The outage began"),
        (datetime(2024, 3, 1, 9, 4), "An alert fired"),
        (datetime(2024, 3, 1, 10, 15), "The incident was resolved"),
    ),
    root_cause="The disk of the ledger filled up.",
    cause_category="capacity",
    trigger="A backfill of old invoices.",
    contributing_factors=("No alert on disk usage", "No quota for backfills"),
    five_whys=(
        "Why did payments fail? The ledger stopped.",
        "Why did it stop? Its disk was full.",
    ),
    action_items=(
        ActionItem(
            "An alert fires at 80 % disk usage",
            kind="detect",
            owner="Ana Silva",
            priority="P1",
            due_on=date(2024, 4, 1),
            is_marked_done=False,
            tracker="jira",
            issue_key="PAY-12",
            url="https://jira.example.com/browse/PAY-12",
        ),
        ActionItem(
            "Backfills have a quota",
            kind="prevent",
            owner="Bo Lind",
            priority="P2",
            due_on=date(2024, 5, 1),
            is_marked_done=True,
        ),
    ),
    links=(
        ("Disk usage of the ledger", "https://grafana.example.com/d/abc?from=1&to=2"),
        ("What was said", "https://acme.slack.com/archives/C1/p1"),
    ),
)

_LETTERS = "abdefghijklmnopqrstuvwyzäöéñßДжя"
_MARKS = "*_`[]()<>~|#&!\\+-=/'\"%"


def _word(marks: str = "") -> st.SearchStrategy[str]:
    letters = st.text(alphabet=_LETTERS, min_size=3, max_size=6)
    mark = st.text(alphabet=marks, max_size=2) if marks else st.just("")
    return st.tuples(mark, letters, mark, letters, mark).map("".join)


def _text(marks: str) -> st.SearchStrategy[str]:
    """Words with marks anywhere in them; a plain one first, so that the text opens with no label."""
    return (
        st.tuples(
            _word(), st.lists(_word(marks), min_size=3, max_size=8), _word(), st.sampled_from(("", ".", "!"))
        )
        .map(lambda parts: " ".join(("So", parts[0], *parts[1], parts[2])) + parts[3])
        .filter(is_value)
    )


TEXT = _text(_MARKS)
PROMISE = _text(
    _MARKS.translate({ord(mark): None for mark in "()[]"})
)  # the reader tidies empty brackets away
SERVICE = st.lists(_word("-_/&"), min_size=1, max_size=4).map(" ".join)
NAME = st.lists(_word().map(str.title), min_size=1, max_size=3).map(" ".join)
#: A kind that is not stated may be told by a promise's words.
KINDS = st.sampled_from(("prevent", "detect", "mitigate", "process", "repair", "other"))
PARAGRAPHS = st.lists(st.tuples(st.sampled_from(("", "- ")), TEXT).map("".join), min_size=1, max_size=4).map(
    "\n".join
)
ADDRESSES = (
    "https://grafana.example.com/d/abc?from=1&to=2",
    "https://acme.slack.com/archives/C1/p1",
    "https://github.com/acme/db/pull/12",
)
#: A chain of answers alone has three at least, else it is a list of something; with questions it has two.
WHYS: st.SearchStrategy[tuple[str, ...]] = st.one_of(
    st.just(()),
    st.lists(TEXT, min_size=3, max_size=5, unique=True).map(tuple),
    st.lists(st.tuples(_text("*_`[]"), TEXT), min_size=2, max_size=5, unique=True).map(
        lambda pairs: tuple(f"Why {question.rstrip('.!')}? {answer}" for question, answer in pairs)
    ),
)
ZONES: st.SearchStrategy[tzinfo] = st.one_of(
    st.sampled_from(
        ("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Lisbon")
    ).map(ZoneInfo),
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Any facts that a postmortem can state: each of them, or not."""

    def maybe(strategy: st.SearchStrategy[object]) -> object:
        return draw(st.none() | strategy)

    first = draw(st.datetimes(datetime(2016, 1, 1), datetime(2025, 6, 1))).replace(microsecond=0)
    steps = draw(st.lists(st.integers(1, 40_000), min_size=6, max_size=6))
    times = [first + timedelta(seconds=sum(steps[: number + 1])) for number in range(6)]
    items = draw(
        st.lists(
            st.builds(
                ActionItem,
                description=PROMISE,
                kind=KINDS,
                owner=st.none() | NAME,
                priority=st.none() | st.sampled_from(("P1", "P3", "High", "Low")),
                due_on=st.none() | st.dates(date(2016, 1, 1), date(2030, 1, 1)),
                is_marked_done=st.none() | st.booleans(),
            )
            | st.builds(
                ActionItem,
                description=PROMISE,
                kind=KINDS,
                owner=st.none() | NAME,
                is_marked_declined=st.just(True),
            ),
            max_size=3,
        )
    )
    tickets: st.SearchStrategy[tuple[str | None, str | None, str | None]] = st.sampled_from(
        (
            (None, None, None),
            ("jira", "PAY-7", None),
            ("jira", "SHOP-31", "https://jira.example.com/browse/SHOP-31"),
            ("github", None, "https://github.com/acme/db/issues/7"),
        )
    )
    linked = []
    for item in items:
        tracker, key, url = draw(tickets)
        linked.append(replace(item, tracker=tracker, issue_key=key, url=url))
    return Draft(
        title=draw(TEXT),
        incident_key=maybe(st.integers(1, 9999).map(lambda number: f"INC-{number}")),  # type: ignore[arg-type]
        severity_label=maybe(st.sampled_from(("SEV1", "SEV-3", "P2", "Critical"))),  # type: ignore[arg-type]
        services=tuple(draw(st.lists(SERVICE, max_size=3, unique=True))),
        team=maybe(NAME),  # type: ignore[arg-type]
        **{name: at for name, at in zip(TIME_FIELDS, times, strict=True) if draw(st.booleans())},
        detection_method=maybe(st.sampled_from(("alert", "customer", "staff"))),  # type: ignore[arg-type]
        affected_user_count=maybe(st.integers(0, 10**12)),  # type: ignore[arg-type]
        customer_impact_minutes=maybe(st.integers(1, 9999).map(float)),  # type: ignore[arg-type]
        authors=tuple(draw(st.lists(NAME, max_size=3, unique=True))),
        reviewers=tuple(draw(st.lists(NAME, max_size=3, unique=True))),
        reviewed_on=maybe(st.dates(date(2016, 1, 1), date(2025, 12, 31))),  # type: ignore[arg-type]
        summary=maybe(PARAGRAPHS),  # type: ignore[arg-type]
        impact=maybe(PARAGRAPHS),  # type: ignore[arg-type]
        events=tuple((at, draw(TEXT)) for at in times[: draw(st.integers(0, 6))]),
        root_cause=maybe(PARAGRAPHS),  # type: ignore[arg-type]
        cause_category=maybe(st.sampled_from(("capacity", "network"))),  # type: ignore[arg-type]
        trigger=maybe(PARAGRAPHS),  # type: ignore[arg-type]
        contributing_factors=tuple(draw(st.lists(TEXT, max_size=3, unique=True))),
        five_whys=draw(WHYS),
        action_items=tuple(linked),
        links=tuple(zip(draw(st.lists(TEXT, max_size=3, unique=True)), ADDRESSES, strict=False)),
        zone=draw(ZONES),
    )


def read(draft: Draft) -> DocumentFacts:
    """What the reader makes of the draft's Markdown."""
    return parse_document(postmortem_markdown(draft), "2024-03-01-any.md", READING)


def read_back(facts: DocumentFacts, zone: tzinfo) -> Draft:
    """The one incident of a document as a draft."""
    assert facts.kind == "postmortem"
    (incident,) = facts.incidents
    values = {row.field: row.value for row in incident.evidence if row.is_chosen}
    stated = {row.field: row.value for row in incident.evidence if row.is_chosen and row.method != "rule"}

    def listed(name: str) -> tuple[str, ...]:
        return tuple(json.loads(values.get(name, "[]")))

    reviewed = values.get("reviewed_at")
    return Draft(
        title=values["title"],
        incident_key=values.get("incident_key"),
        severity_label=values.get("severity_label"),
        services=listed("services"),
        team=values.get("team"),
        **{name: datetime.fromisoformat(values[name]) for name in TIME_FIELDS if name in stated},
        detection_method=stated.get("detection_method"),
        affected_user_count=int(values["affected_user_count"]) if "affected_user_count" in values else None,
        customer_impact_minutes=float(values["customer_impact_minutes"])
        if "customer_impact_minutes" in values
        else None,
        authors=listed("authors"),
        reviewers=listed("reviewers"),
        reviewed_on=datetime.fromisoformat(reviewed).date() if reviewed else None,
        summary=values.get("summary"),
        impact=values.get("impact"),
        events=tuple((event.at, event.text) for event in incident.events if event.at is not None),
        root_cause=values.get("root_cause"),
        cause_category=stated.get("cause_category"),
        trigger=values.get("trigger"),
        contributing_factors=listed("contributing_factors"),
        five_whys=listed("five_whys"),
        action_items=tuple(
            replace(item, kind_words=None, line=None, quote="") for item in incident.action_items
        ),
        links=tuple((link.label, link.url) for link in incident.links),
        zone=zone,
    )


def test_a_filled_template_is_read_without_loss_and_scores_full_marks() -> None:
    """Every fact of a complete postmortem comes back, and the score is 1."""
    facts = read(FILLED)
    assert read_back(facts, UTC) == FILLED
    assert completeness(facts.incidents[0]).has == (True,) * len(PARTS)
    assert facts.findings == ()


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_what_is_written_is_read(draft: Draft) -> None:
    """Any facts, in any zone, with any of Markdown's marks in their words, come back as they were."""
    assume(not is_no_account(draft.title))
    facts = read(draft)
    if facts.kind == "template":  # too little is known to be an account
        assert not draft.events
        assert not any(getattr(draft, name) for name in TIME_FIELDS)
        return
    assume(facts.kind == "postmortem")
    found = read_back(facts, draft.zone)
    for each in fields(Draft):
        if each.name == "root_cause" and draft.root_cause is None and draft.five_whys:
            continue  # the whys tell it, then
        assert getattr(found, each.name) == getattr(draft, each.name), each.name


def test_the_blank_template_is_recognised_as_one() -> None:
    """Unfilled, with or without a severity and services, it is a form and no incident."""
    for draft in (
        Draft("Checkout down"),
        Draft("Checkout down", severity_label="SEV1", services=("checkout", "search")),
    ):
        facts = read(draft)
        assert (facts.kind, facts.incidents) == ("template", ())


@pytest.mark.parametrize("name", [part.name for part in PARTS])
def test_what_is_left_empty_is_missing_from_the_score(name: str) -> None:
    """Leaving out one of the ten things takes exactly that one from the score."""
    emptied: dict[str, dict[str, object]] = {
        "start": {"started_at": None, "events": FILLED.events[1:] + FILLED.events[1:2]},
        "detection": {"detected_at": None, "events": (FILLED.events[0], FILLED.events[0], FILLED.events[2])},
        "end": {"resolved_at": None, "events": (*FILLED.events[:2], FILLED.events[1])},
        "severity": {"severity_label": None},
        "service": {"services": ()},
        "impact": {"impact": None, "affected_user_count": None, "customer_impact_minutes": None},
        "cause": {"root_cause": None, "contributing_factors": (), "five_whys": (), "cause_category": None},
        "detection method": {"detection_method": None, "events": ((FILLED.events[0][0], "It began"),) * 3},
        "timeline": {"events": FILLED.events[:2]},
        "action items": {"action_items": ()},
    }
    facts = read(replace(FILLED, **emptied[name]))  # type: ignore[arg-type]
    assert completeness(facts.incidents[0]).lacking == (name,)


def test_the_file_is_named_for_the_day_and_the_title() -> None:
    """Letters and digits of the title, of any script, joined with dashes; never a path of its own."""
    day = date(2024, 3, 1)
    assert file_name("Checkout: down (again!)", day) == "2024-03-01-checkout-down-again.md"
    assert file_name("../../etc/passwd", day) == "2024-03-01-etc-passwd.md"
    assert file_name("Überlast am Zoll", day) == "2024-03-01-überlast-am-zoll.md"
    assert file_name("!!!", day) == "2024-03-01-incident.md"
    assert len(file_name("word " * 100, day)) <= 75


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2024-03-01 09:30", datetime(2024, 3, 1, 9, 30)),
        ("2024-03-01 09:30 UTC+5:45", datetime(2024, 3, 1, 3, 45)),
        ("1 March 2024, 9:30 pm CET", datetime(2024, 3, 1, 20, 30)),
        ("2024-03-01T09:30:00-07:00", datetime(2024, 3, 1, 16, 30)),
        ("2024-03-01", None),
        ("09:30", None),
        ("yesterday", None),
        ("03/04/2024 09:30", None),
        ("2024-03-01 09:30 to 10:30", None),
        ("2024-03-01 09:30 Moonbase", None),
        ("about 2024-03-01 09:30", None),
        ("2024-03-31 02:30 Europe/Berlin", None),
        ("2024-07-01 09:30 PST", None),
    ],
)
def test_a_start_is_read_as_people_write_it(words: str, expected: datetime | None) -> None:
    """Date, time and zone in any usual style; what is not plain is refused."""
    found = lone_moment(words)
    assert (found and found[0]) == expected
