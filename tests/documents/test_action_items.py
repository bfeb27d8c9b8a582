"""Action items in the forms that teams write: what each says is read, what it does not say stays empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import ActionItem, DocumentFacts, Reading

READING = Reading(
    jira_hosts=("jira.example.com",), jira_projects=("PAY", "OPS"), today=date(2026, 1, 1), day_first=True
)
HEAD = (
    "# Checkout outage 2024-03-01\n\n**Authors**: Priya Shah, John Doe\n\n"
    "## Timeline\n\n- 10:00 Outage starts\n\n## Root cause\n\nThe volume was full.\n\n"
)


def _facts(text: str) -> DocumentFacts:
    return parse_document(HEAD + text + "\n", "x.md", READING)


def _items(text: str, heading: str = "Action items") -> tuple[ActionItem, ...]:
    return _facts(f"## {heading}\n\n{text}").incidents[0].action_items


# --- any form, the same facts


@dataclass(frozen=True)
class Said:
    """What an item says; a form may leave some of it out."""

    description: str
    owner: str | None
    due_on: date | None
    priority: str | None
    is_done: bool | None
    key: str | None


SAID = st.builds(
    Said,
    description=st.sampled_from(
        [
            "Add a limit on upload size",
            "Page the on-call when replication lags by 5 minutes",
            "Write down how to restore the ledger",
            "Move session storage to the shared cluster, not the local disk",
            "Never deploy on a Friday (unless it is a fix)",
            "Ask vendor for a status page",
            "Retry up to 3 times: 1s, 2s, 4s",
            "Use `SET lock_timeout = '3s'` in all migrations",
        ]
    ),
    owner=st.sampled_from(
        [None, "Zoë Lindqvist", "Tomasz", "Maria O'Neil", "J. Smith", "Payments team", "DBA team"]
    ),
    due_on=st.dates(date(2024, 3, 2), date(2027, 12, 31)) | st.none(),
    priority=st.sampled_from([None, "P0", "P3", "High", "low", "Critical"]),
    is_done=st.sampled_from([None, True, False]),
    key=st.sampled_from([None, "PAY-12", "OPS-7"]),
)


def _day(said: Said) -> str:
    return f"{said.due_on:%Y-%m-%d}" if said.due_on else ""


def _labels(said: Said) -> list[tuple[str, str]]:
    status = {True: "Done", False: "In progress", None: ""}[said.is_done]
    rows = [
        ("Owner", said.owner or ""),
        ("Due", _day(said)),
        ("Priority", said.priority or ""),
        ("Status", status),
        ("Ticket", said.key or ""),
    ]
    return [(label, value) for label, value in rows if value]


def _row(said: Said) -> str:
    status = {True: "✅ Done", False: "To do", None: ""}[said.is_done]
    cells = [
        said.description,
        said.owner or "TBD",
        _day(said),
        said.priority or "",
        status,
        said.key or "n/a",
    ]
    return (
        "| Action | Owner | Due date | Priority | Status | Jira |\n|---|---|---|---|---|---|\n"
        f"| {' | '.join(cells)} |"
    )


def _bracket(said: Said) -> str:
    parts = [said.owner, _day(said) and f"due {_day(said)}", said.priority, said.key]
    mark = {True: " ✅", False: " — in progress", None: ""}[said.is_done]
    inside = ", ".join(part for part in parts if part)
    return f"- {said.description}{f' ({inside})' if inside else ''}{mark}"


def _front(said: Said) -> str:
    box = {True: "[x] ", False: "[ ] ", None: ""}[said.is_done]
    front = "".join(f"[{part}] " for part in (said.priority, said.key) if part)
    tail = f" (owner: {said.owner})" if said.owner else ""
    return f"* {box}{front}{said.description}{tail}{f', due {_day(said)}' if said.due_on else ''}"


def _under(said: Said) -> str:
    return "\n".join(
        [f"- **{said.description}**", *(f"  - {label}: {value}" for label, value in _labels(said))]
    )


def _heading(said: Said) -> str:
    rows = _labels(said)
    told = "\n".join(f"- **{label}:** {value}" for label, value in rows) if rows else "It was decided so."
    return f"### {said.description}\n\n{told}"


def _inline(said: Said) -> str:
    return " — ".join(
        [f"1. {said.description}", *(f"**{label}**: {value}" for label, value in _labels(said))]
    )


def _lines(said: Said) -> str:
    return "\n".join([f"- {said.description}", *(f"  {label}: {value}" for label, value in _labels(said))])


def _action_label(said: Said) -> str:
    return "\n".join(
        [f"- Action: {said.description}", *(f"- {label}: {value}" for label, value in _labels(said))]
    )


def _plain(said: Said) -> str:
    return "\n".join([f"• {said.description}", *(f"  {label}: {value}" for label, value in _labels(said))])


@pytest.mark.parametrize(
    "form", [_row, _bracket, _front, _under, _heading, _inline, _lines, _action_label, _plain]
)
@settings(max_examples=60, deadline=None)
@given(said=SAID)
def test_whatever_the_form_an_item_says_the_same(form: Callable[[Said], str], said: Said) -> None:
    """Written as a row, bullet, task, heading, label list or line, the facts that went in come out."""
    items = _items(form(said))
    assert not any(item.is_marked_declined for item in items)
    read = [Said(i.description, i.owner, i.due_on, i.priority, i.is_marked_done, i.issue_key) for i in items]
    assert read == [
        Said(
            said.description.replace("`", ""), said.owner, said.due_on, said.priority, said.is_done, said.key
        )
    ]


# --- owners


@pytest.mark.parametrize(
    ("text", "description", "owner"),
    [
        ("- [JD] Add a limit", "Add a limit", "JD"),
        ("- Add a limit [JD]", "Add a limit", "JD"),
        ("- [API] Add a limit", "[API] Add a limit", None),
        ("- @ana, @bob: add a limit", "add a limit", "ana, bob"),
        ("- @ana will add a limit", "add a limit", "ana"),
        ("- Add a limit – @ana – 2024-04-01", "Add a limit", "ana"),
        ("- Add a limit (@example/payments)", "Add a limit", "example/payments"),
        ("- Follow up with @ana", "Follow up with @ana", None),
        ("- Remove @Deprecated from the client", "Remove @Deprecated from the client", None),
        ("- Upgrade @types/node", "Upgrade @types/node", None),
        ("- Add a limit. Owner: Platform Team", "Add a limit", "Platform Team"),
        ("- Add a limit (Owner: TBD)", "Add a limit", None),
        ("- Add a limit (Ana & Bob)", "Add a limit", "Ana, Bob"),
        ("- Add a limit (Payments team)", "Add a limit", "Payments team"),
        ("- The payments team will add a limit", "The payments team will add a limit", "payments team"),
        *(
            (f"- Add a limit ({word})", f"Add a limit ({word})", None)
            for word in (
                "Frankfurt",
                "Europe",
                "EMEA",
                "San Francisco",
                "Paris & London",
                "Quarterly",
                "Sept",
                "Ubuntu",
                "Kubernetes cluster",
                "Warehouse",
                "Compliance",
                "Experimental",
                "Optional",
            )
        ),
        ("- Add a limit (Hanno)", "Add a limit", "Hanno"),
        ("- Add a limit @ana @bo", "Add a limit", "ana, bo"),
        ("- Add a limit (@ana & @bo)", "Add a limit", "ana, bo"),
        ("- Add a limit [@ben](https://code.example/ben) by EOW", "Add a limit", "ben"),
        ("- Add a limit @ben next sprint", "Add a limit", "ben"),
        ("- Tell people how to add a limit by EOW", "Tell people how to add a limit by EOW", None),
        ("- Ines: add a limit", "add a limit", "Ines"),
        ("- **Ines Moreau**: add a limit", "add a limit", "Ines Moreau"),
        ("- Ines Moreau to add a limit", "add a limit", "Ines Moreau"),
        ("- Gateway: add a limit", "Gateway: add a limit", None),
        ("- Load Balancer to add a limit", "Load Balancer to add a limit", None),
        ("- Add a limit - Owen - DONE", "Add a limit", "Owen"),
        ("- Add a limit – Owen – TILL-8", "Add a limit", "Owen"),
        ("- Add a limit – @owen – due 2024-04-02 – TILL-8", "Add a limit", "owen"),
        ("- Add a limit (Owen), TILL-8", "Add a limit", "Owen"),
        ("- Add a limit (Owen, TILL-8)", "Add a limit", "Owen"),
        (
            "- Add a limit (Ida) https://wiki.example.com/limits",
            "Add a limit (Ida) https://wiki.example.com/limits",
            "Ida",
        ),
        ("- Add a limit (Ida) https://github.com/a/b/issues/7", "Add a limit", "Ida"),
        ("- Add a limit (Owen, P1, due end of March)", "Add a limit", "Owen"),
        ("- Add a limit (Owen), until EOW", "Add a limit", "Owen"),
        ("- Add a limit (@ana, @bo; due 2024/04/02)", "Add a limit", "ana, bo"),
        ("- Owner: @ana Add a limit", "Add a limit", "ana"),
        ("- Owner: @ana, @bo\n- Task: Add a limit", "Add a limit", "ana, bo"),
        ("- Add a limit -> Ines", "Add a limit", "Ines"),
        ("- [Ines] Add a limit", "Add a limit", "Ines"),
        ("- [Basket] Add a limit", "[Basket] Add a limit", None),
        ("- Add a limit (Visa)", "Add a limit (Visa)", None),
        ("- Add a limit (Gatefile)", "Add a limit (Gatefile)", None),
        ("- Ines, Priya: add a limit", "add a limit", "Ines, Priya"),
        ("- Ines/Priya: add a limit", "add a limit", "Ines, Priya"),
        ("- Ines & Priya to add a limit", "add a limit", "Ines, Priya"),
        ("- Add a limit. – Ines and Priya", "Add a limit.", "Ines, Priya"),
        ("- Add a limit — Priya S. — P2", "Add a limit", "Priya S."),
        ("- **Priya Shah** Add a limit", "Add a limit", "Priya Shah"),
        ("- **Priya** is asked", "Priya is asked", None),
        ("- Add a limit. Owner – Priya Shah.", "Add a limit", "Priya Shah"),
        ("- Add a limit (priya)", "Add a limit", "priya"),
        ("- Add a limit (priya.shah)", "Add a limit", "priya.shah"),
        ("- Add a limit (priya.shah@example.com)", "Add a limit", "priya.shah@example.com"),
        ("- Add a limit (nginx.conf)", "Add a limit (nginx.conf)", None),
        ("- Add a limit (basket)", "Add a limit (basket)", None),
        ("- Tell bo.lind@example.com\n- Add a limit — Bo", "Tell bo.lind@example.com", None),
        ("- Ines, Latency: add a limit", "Ines, Latency: add a limit", None),
        ("- **Owner:** Ines Add a limit", "Add a limit", "Ines"),
        ("- Owner: Ines Due: 2024-04-02 Ticket: TILL-8 Add a limit", "Add a limit", "Ines"),
        ("- Owner: Ines Due: 2024-04-02 Add a limit", "Add a limit", "Ines"),
        ("- Owner: Data Export Service\n- Task: Add a limit", "Add a limit", "Data Export Service"),
        ("- Test it on a console (PS-5)", "Test it on a console (PS-5)", None),
        ("- Encode all of it, UTF-8", "Encode all of it, UTF-8", None),
        ("- Add a limit (Zuzka, until 21 June)", "Add a limit", "Zuzka"),
        ("- Add a limit (AS, 2024-06-30)", "Add a limit", "AS"),
        ("- Add a limit (EU, 2024-06-30)", "Add a limit (EU, 2024-06-30)", None),
        ("- Add a limit (AS, CS)", "Add a limit (AS, CS)", None),
        ("- Add a limit - Vedran - DONE\n- Fix it - Pooja - due 2024-06-30", "Add a limit", "Vedran"),
        ("- Add a limit (Monitoring)", "Add a limit (Monitoring)", None),
        ("- Add a limit (Backend)\n- Fix the backend", "Add a limit (Backend)", None),
        ("- Sharding: add a limit", "Sharding: add a limit", None),
        ("- Rotate keys (AWS, GCP)", "Rotate keys (AWS, GCP)", None),
        ("- **Priya**: Add a limit", "Add a limit", "Priya"),
        ("- TODO(ana): Add a limit", "Add a limit", "ana"),
        ("- Add a limit. Assigned to Ana.", "Add a limit", "Ana"),
        ("- Add a limit - Owner: Ana, Bob and Zoë", "Add a limit", "Ana, Bob, Zoë"),
        ("- Add a limit (Assigned: @ana, ETA: 2024-04-01)", "Add a limit", "ana"),
        ("- Add a limit (P1, Owner: Ana Silva, Due: 2024-04-01) – ✅", "Add a limit", "Ana Silva"),
        ("- *Owner*: Ana\n- *Task*: Add a limit", "Add a limit", "Ana"),
    ],
)
def test_an_owner_is_who_the_item_gives_itself_to(text: str, description: str, owner: str | None) -> None:
    """Initials of people the document names, handles, teams and labels own; those who take part do not."""
    item = _items(text)[0]
    assert (item.description, item.owner) == (description, owner)


@pytest.mark.parametrize(
    "text",
    [
        "**Maria**\n\n- Add a limit\n\n**Tom**\n\n- Fix it",
        "### Maria\n\n- Add a limit\n\n### Tom\n\n- Fix it",
        "- Maria\n  - Add a limit\n- Tom\n  - Fix it",
        "### Owner: Maria\n\n- Add a limit\n\n### @Tom\n\n- Fix it",
        "| Action item | Owner |\n|---|---|\n| Add a limit | @Maria |\n| Fix it | Tom |",
    ],
)
def test_owners_may_head_their_items(text: str) -> None:
    """Names in bold, in headings or over nested bullets own what stands below them."""
    assert [(i.description, i.owner) for i in _items(text)] == [("Add a limit", "Maria"), ("Fix it", "Tom")]


def test_who_acts_in_the_account_is_a_person() -> None:
    """Whoever notices, joins or suspects is known by name; a program that pages or restarts is not."""
    text = (
        "# Checkout outage 2024-03-01\n\n## Timeline\n\n- 10:00 Outage starts\n- 10:02 Tollgate restarts\n"
        "- 10:05 Brisby joins the call\n- 10:09 Customers noticed\n\n## Action items\n\n"
        "- Brisby: raise the limit\n- Tollgate: raise the limit\n- Customers to get a refund\n"
    )
    items = parse_document(text, "x.md", READING).incidents[0].action_items
    assert [(i.description, i.owner) for i in items] == [
        ("raise the limit", "Brisby"),
        ("Tollgate: raise the limit", None),
        ("Customers to get a refund", None),
    ]


def test_a_heading_is_no_owner_when_its_word_is_used_as_one() -> None:
    """ "Quorum" is a topic, since the document speaks of a quorum elsewhere."""
    text = "### Quorum\n\n- Raise the quorum\n\n### Leases\n\n- Shorten all leases"
    assert [i.owner for i in _items(text)] == [None, None]


# --- marks, dates, priorities


@pytest.mark.parametrize(
    ("text", "description", "done"),
    [
        ("- ~~Add a limit~~", "Add a limit", True),
        ("- ~~Add a limit~~ (won't do)", "Add a limit", None),
        ("- [x] Add a limit (obsolete)", "Add a limit", None),
        ("- Add a limit — DONE", "Add a limit", True),
        ("- DONE: Add a limit", "Add a limit", True),
        ("- Add a limit (done 2024-03-05)", "Add a limit", True),
        ("- Add a limit. Done.", "Add a limit", True),
        ("- Write to the standby region (active)", "Write to the standby region (active)", None),
        ("- Page until acknowledged, resolved", "Page until acknowledged, resolved", None),
        ("- Add a limit [in review]", "Add a limit", False),
        ("- ☐ Add a limit", "Add a limit", False),
        ("- TODO: Add a limit", "Add a limit", False),
        (
            "- Drop idle clients (closed connections only)",
            "Drop idle clients (closed connections only)",
            None,
        ),
        ("- Wait until the copy is done", "Wait until the copy is done", None),
        ("- Add a limit\n  - in staging (done)\n  - in production", "Add a limit", None),
        ("- We have already added a limit", "We have already added a limit", True),
    ],
)
def test_a_mark_speaks_of_the_whole_item(text: str, description: str, done: bool | None) -> None:
    """Done and open marks are read where they are marks; what was declined is neither."""
    item = _items(text)[0]
    assert (item.description, item.is_marked_done) == (description, done)


@pytest.mark.parametrize(
    ("heading", "done"),
    [
        ("Corrective actions taken", True),
        ("Completed action items", True),
        ("Open action items", False),
        ("Actions to be taken", None),
        ("Action items", None),
    ],
)
def test_a_heading_may_mark_all_its_items(heading: str, done: bool | None) -> None:
    """Measures already taken are told from those still open by the heading over them."""
    assert [i.is_marked_done for i in _items("- Add a limit", heading)] == [done]


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("Add a limit by 15 March", date(2024, 3, 15)),
        ("Add a limit by March 15, so that uploads end", date(2024, 3, 15)),
        ("Add a limit before 1 May 2024", date(2024, 5, 1)),
        ("Add a limit (due: 01/04/2024)", date(2024, 4, 1)),
        ("Add a limit by 15 January", date(2025, 1, 15)),
        ("Add a limit, ETA Q3", None),
        ("Freeze releases until 2024-05-01", None),
        ("Revert what was introduced by 2024-02-28", None),
        ("Add a limit (2024-02-28)", None),
        ("Find out why the queue was due to fill up", None),
    ],
)
def test_a_due_date_is_the_day_an_item_is_promised_for(words: str, due: date | None) -> None:
    """ "by" and "before" promise; "until", a day gone by and a day without words do not."""
    assert [i.due_on for i in _items(f"- {words}")] == [due]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("- P1: Add a limit", ("Add a limit", "P1")),
        ("- **P1** Add a limit", ("Add a limit", "P1")),
        ("- Add a limit (priority: high)", ("Add a limit", "high")),
        ("- P1 alerts should page someone", ("P1 alerts should page someone", None)),
        ("**High priority**\n- Add a limit", ("Add a limit", "High")),
        ("### Low priority 📝\n\n- Add a limit", ("Add a limit", "Low")),
    ],
)
def test_a_priority_is_set_apart_from_the_words(text: str, read: tuple[str, str | None]) -> None:
    """A priority stands before a colon, in brackets, in bold or over the items."""
    item = _items(text)[0]
    assert (item.description, item.priority) == read


# --- which bullets, rows and sentences are items


@pytest.mark.parametrize(
    "text",
    [
        "✅ Add a limit — @ana\n⬜ Fix the header — @bo (due 2024-06-30)\n🚫 Rewrite it — @cy",
        "[x] Add a limit — @ana\n[ ] Fix the header — @bo (due 2024-06-30)\n[-] Rewrite it — @cy",
        ":white_check_mark: Add a limit — @ana\n☐ Fix the header — @bo (due 2024-06-30)\n\n"
        "❌ Rewrite it — @cy",
    ],
)
def test_lines_that_open_with_signs_are_items_of_their_own(text: str) -> None:
    """Each line of a paragraph keeps its own mark, owner and day."""
    assert [(i.description, i.owner, i.due_on, i.is_marked_done) for i in _items(text)] == [
        ("Add a limit", "ana", None, True),
        ("Fix the header", "bo", date(2024, 6, 30), False),
        ("Rewrite it", "cy", None, None),
    ]


@pytest.mark.parametrize(
    "account",
    [
        "The volume was full. Corrective actions: Add a limit; page when it fills.",
        "The volume was full.\nPreventive measures: Add a limit; page when it fills.\nTicket: none",
        "The volume was full. (It is small.) Next steps: Add a limit; page when it fills.\n\nAll is well.",
    ],
)
def test_a_label_inside_a_paragraph_opens_the_action_items(account: str) -> None:
    """What stands behind it is read up to the next label or paragraph, each promise for itself."""
    facts = _facts(f"## Resolution\n\n{account}")
    assert [i.description.rstrip(".") for i in facts.incidents[0].action_items] == [
        "Add a limit",
        "page when it fills",
    ]


def test_prose_that_only_mentions_actions_opens_none() -> None:
    """A label has its colon, and a sentence with several verbs stays one promise."""
    text = "## Resolution\n\nThe volume was full. Our corrective actions took an hour: it is large.\n"
    assert _facts(text).incidents[0].action_items == ()
    assert [i.description for i in _items("Add a limit; the rest is fine.")] == [
        "Add a limit; the rest is fine."
    ]


def test_a_paragraph_behind_a_list_may_promise() -> None:
    """Sentences that open with a verb are items; what tells more of the list is none."""
    text = (
        "We met twice.\n\n- Add a limit\n\nPublish these in the handbook. They were agreed on Monday. We "
        "should be done soon.\n"
    )
    assert [i.description for i in _items(text)] == ["Add a limit", "Publish these in the handbook."]


@pytest.mark.parametrize(
    "words",
    [
        "https://github.com/a/b/issues/7 Add a limit",
        "https://github.com/a/b/issues/7 - Add a limit",
        "<https://github.com/a/b/issues/7> Add a limit",
        "Add a limit https://github.com/a/b/issues/7",
        "[https://github.com/a/b/issues/7](https://github.com/a/b/issues/7): Add a limit",
    ],
)
def test_an_address_is_not_what_is_promised(words: str) -> None:
    """The address of the issue is kept beside the words, wherever it stands."""
    item = _items(f"- {words}")[0]
    assert (item.description, item.url) == ("Add a limit", "https://github.com/a/b/issues/7")


def test_the_cells_of_a_row_go_before_its_words() -> None:
    """What a column states is not taken out of the words beside it once more."""
    text = "| Action | Owner | Status |\n|---|---|---|\n| Fix it (Ana) | Bo | Open |\n| Fix that (Ana) | | |"
    assert [(i.description, i.owner, i.is_marked_done) for i in _items(text)] == [
        ("Fix it (Ana)", "Bo", False),
        ("Fix that", "Ana", None),
    ]


def test_labels_group_and_titles_promise() -> None:
    """Below a term, a kind or a noun the bullets are items; below a title with a verb, its details."""
    text = (
        "- Short term:\n  - Raise the limit\n- **Improve restores**\n  - Test one every week\n"
        "- Backups\n  - Test one every week\n  - Keep two copies\n- [ ] Backups\n  - in both regions\n"
    )
    assert [(i.description, i.is_marked_done) for i in _items(text)] == [
        ("Raise the limit", None),
        ("Improve restores", None),
        ("Test one every week", None),
        ("Keep two copies", None),
        ("Backups", False),
    ]


def test_a_label_in_a_paragraph_of_its_own_heads_the_list_below() -> None:
    """ "Completed:" marks the list it stands over, not the next one."""
    text = "Completed:\n\n- Doubled the volume\n\nStill open:\n\n- Add an alert"
    assert [(i.description, i.is_marked_done) for i in _items(text)] == [
        ("Doubled the volume", True),
        ("Add an alert", False),
    ]


def test_details_in_lower_case_belong_to_their_title() -> None:
    """Fragments below a title before a colon tell more of it."""
    text = (
        "1. Health check hardened:\n   - retry with backoff,\n   - explicit timeout\n"
        "2. Defaults aligned:\n   - 15 min"
    )
    assert [i.description for i in _items(text)] == ["Health check hardened", "Defaults aligned"]


def test_titles_that_name_an_aim_head_their_items() -> None:
    """ "Detect faster" says what the items below it are for; with details below, it is promised itself."""
    text = "- Prevent recurrence\n  - Add a limit (Ana)\n- Detect lag\n  - from 5 minutes on"
    assert [(i.description, i.kind, i.owner) for i in _items(text)] == [
        ("Add a limit", "prevent", "Ana"),
        ("Detect lag", "detect", None),
    ]


def test_a_day_at_the_end_of_an_open_task_is_when_it_is_due() -> None:
    """Wikis put it there; without a box, or gone by, a day at the end may be anything."""
    text = "- [ ] Add a limit 2024-04-01\n- [ ] Check logs since 2024-04-01\n- Add a quota 2024-04-01"
    assert [(i.description, i.due_on) for i in _items(text)] == [
        ("Add a limit", date(2024, 4, 1)),
        ("Check logs since 2024-04-01", None),
        ("Add a quota 2024-04-01", None),
    ]


def test_a_task_of_a_wiki_says_who_does_it_and_until_when() -> None:
    """A person linked in it owns it, and its day is when it is due, also before an issue."""
    page = (
        "<h1>Checkout outage 2024-03-01</h1><h2>Timeline</h2><ul><li>10:00 Outage starts</li></ul>"
        "<h2>Root cause</h2><p>The volume was full.</p><h2>Action items</h2><ac:task-list><ac:task>"
        "<ac:task-status>incomplete</ac:task-status><ac:task-body>Add a limit <ac:link>"
        '<ri:user ri:username="zlindq" /></ac:link> <time datetime="2024-04-01" /> <ac:structured-macro '
        'ac:name="jira"><ac:parameter ac:name="key">PAY-12</ac:parameter></ac:structured-macro>'
        "</ac:task-body></ac:task></ac:task-list>"
    )
    items = parse_document(page, "x.html", READING, "text/html").incidents[0].action_items
    assert [(i.description, i.owner, i.due_on, i.issue_key, i.is_marked_done) for i in items] == [
        ("Add a limit", "zlindq", date(2024, 4, 1), "PAY-12", False)
    ]


def test_numbered_names_open_items_in_plain_text() -> None:
    """ "AI1: …" on lines of their own are items as bullets are."""
    text = "AI1: Add a limit (Ana)\nAI2: Write down how\n     to lift it"
    assert [(i.description, i.owner) for i in _items(text)] == [
        ("Add a limit", "Ana"),
        ("Write down how to lift it", None),
    ]


def test_items_of_a_wiki_page_are_read() -> None:
    """Task lists, tables with lozenges and Jira macros of Confluence's storage format say the same."""
    page = (
        "<h1>Checkout outage 2024-03-01</h1><h2>Root cause</h2><p>The volume was full.</p>"
        "<h2>Action items</h2>"
        "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>Add a limit "
        '<time datetime="2024-04-01" /></ac:task-body></ac:task></ac:task-list>'
        "<table><tbody><tr><th>Action</th><th>Owner</th><th>Status</th><th>Jira</th></tr>"
        "<tr><td>Alert on lag</td><td>Ana Silva</td>"
        '<td><ac:structured-macro ac:name="status"><ac:parameter ac:name="title">In Progress</ac:parameter>'
        '</ac:structured-macro></td><td><ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">PAY-3'
        "</ac:parameter></ac:structured-macro></td></tr></tbody></table>"
    )
    items = parse_document(page, "x.html", READING, media_type="text/html").incidents[0].action_items
    assert [(i.description, i.owner, i.due_on, i.is_marked_done, i.tracker, i.issue_key) for i in items] == [
        ("Add a limit", None, date(2024, 4, 1), False, None, None),
        ("Alert on lag", "Ana Silva", None, False, "jira", "PAY-3"),
    ]


def test_a_label_on_the_line_below_a_bullet_heads_the_next() -> None:
    """Without a blank line Markdown joins the label to the bullet above it; a reader does not."""
    text = "**High priority**\n- Raise the limit\n**Low priority**\n- Rename the queue"
    assert [(i.description, i.priority) for i in _items(text)] == [
        ("Raise the limit", "High"),
        ("Rename the queue", "Low"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "None required for this run.",
        "None identified at this time",
        "No further action is needed.",
        "N/A",
        "[Action 1]",
        "TBD",
        "No critical action items required",
    ],
)
def test_saying_that_there_are_none_is_no_item(words: str) -> None:
    """Neither as a bullet nor as a sentence."""
    assert (_items(f"- {words}"), _items(words)) == ((), ())


def test_sentences_that_plan_are_items() -> None:
    """In prose each sentence that plans is an item; what explains, or tells of the weather, is not."""
    text = (
        "We will add an alert on full volumes by April 15. This will page the on-call. The platform team "
        "will document how to resize one. It was a quiet day otherwise. We have already doubled the volume."
    )
    assert [
        (i.description, i.owner, i.due_on, i.kind, i.is_marked_done) for i in _items(text, "Next steps")
    ] == [
        ("We will add an alert on full volumes", None, date(2024, 4, 15), "detect", None),
        ("The platform team will document how to resize one.", "platform team", None, "process", None),
        ("We have already doubled the volume.", None, None, None, True),
    ]


def test_a_form_filled_in_between_its_braces_is_read() -> None:
    """Braces left around a sentence are the form's; around a hint they are a placeholder."""
    text = "1. {{ Log all refused uploads in one place }} [link to issue]\n2. {{ summary }} [link to issue]"
    assert [i.description for i in _items(text)] == ["Log all refused uploads in one place"]


def test_prose_below_a_heading_of_its_own_is_read_beside_lists() -> None:
    """A paragraph that introduces a list is none; one that stands alone below its heading is."""
    text = (
        "We will look at all of these.\n\n### Uploads\n\nLimit the size of uploads. "
        "(https://github.com/example/shop/pull/8)\n\n### Queue\n\n1. Alert on lag"
    )
    assert [(i.description, i.url) for i in _items(text)] == [
        ("Limit the size of uploads.", "https://github.com/example/shop/pull/8"),
        ("Alert on lag", None),
    ]


def test_lines_of_plain_text_that_end_like_sentences_are_one_each() -> None:
    """Without bullets each line that opens with a verb, or with a title before one, is an item."""
    text = (
        "Tasks for us:\nEstablish a staging site for all updates.\nRegularly review the quotas.\n"
        "Rollouts: Ship to one region first.\nTraffic was higher than ever."
    )
    assert [i.description for i in _items(text)] == [
        "Establish a staging site for all updates.",
        "Regularly review the quotas.",
        "Rollouts: Ship to one region first.",
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Step 7 — our action items",
        "Remediation items to reach green",
        "Tasks to address the issue",
        "🔮 Prevention strategies",
        "Corrective & preventative action items",
        "Preventive measures:",
    ],
)
def test_headings_that_name_nothing_but_action_items_head_them(heading: str) -> None:
    """A heading may begin or end with the words for action items; those of another incident do not count."""
    assert [i.description for i in _items("- Add a limit", heading)] == ["Add a limit"]
    assert _items("- Add a limit", f"{heading} of a previous incident") == ()


def test_lessons_are_no_items() -> None:
    """What went well or wrong, and where luck helped, promises nothing."""
    text = (
        "## Lessons learned\n\n### What went wrong\n\n- We should have paged\n\n"
        "### Where we got lucky\n\n- Add luck"
    )
    assert _facts(text).incidents[0].action_items == ()


def test_a_table_of_action_items_tells_so_itself() -> None:
    """Without a heading, the head "Action item" with owner and type is enough; any cell may hold marks."""
    text = (
        "| Action Item | Type | Owner | Bug |\n|---|---|---|---|\n"
        "| Ship the smallest patch | process | core team | n/a **DONE** |\n"
        "| More end-to-end tests | prevention | core team | Bug 12345678 **TODO** |\n"
    )
    facts = parse_document(HEAD + text + "\n## Lessons\n\n- None\n", "x.md", READING)
    assert [
        (i.description, i.kind, i.owner, i.is_marked_done, i.tracker) for i in facts.incidents[0].action_items
    ] == [
        ("Ship the smallest patch", "process", "core team", True, None),
        ("More end-to-end tests", "prevent", "core team", False, "other"),
    ]


def test_a_column_of_states_says_done_open_or_declined() -> None:
    """With a date, a sign or a reason behind it; words that say nothing of it leave the mark empty."""
    states = {
        "✅ Done (Apr 27)": True,
        "**Closed 2024-04-01** — it lives elsewhere": True,
        "100%": True,
        "80 %": False,
        "Awaiting decision": False,
        "🚧": False,
        "Ready": False,
        "Won't do, too dear": None,
        "See notes": None,
    }
    rows = "".join(f"| Raise limit {number} | {words} |\n" for number, words in enumerate(states))
    items = _items(f"| Action | Status |\n|---|---|\n{rows}")
    assert {words: item.is_marked_done for words, item in zip(states, items, strict=True)} == states


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("- Add a limit (won't do)", ("Add a limit", True, None)),
        ("- Add a limit — won’t fix", ("Add a limit", True, None)),
        ("- Add a limit. Cancelled.", ("Add a limit", True, None)),
        ("- Add a limit - rejected by the board", ("Add a limit", True, None)),
        ("- Cancelled: add a limit", ("add a limit", True, None)),
        ("- ❌ Won't do: add a limit", ("add a limit", True, None)),
        ("- [-] Add a limit", ("Add a limit", True, None)),
        ("- ~~Add a limit~~ (rejected)", ("Add a limit", True, None)),
        ("- [x] Add a limit (obsolete)", ("Add a limit", True, None)),
        ("- Add a limit (duplicate of OPS-4)", ("Add a limit", True, None)),
        ("- Add a limit (no longer needed)", ("Add a limit", True, None)),
        ("- Add a limit\n  - Status: Declined", ("Add a limit", True, None)),
        (
            "| Action | Status |\n|---|---|\n| Add a limit | Superseded by OPS-3 |",
            ("Add a limit", True, None),
        ),
        ("| Action | Status |\n|---|---|\n| Add a limit | Duplicate |", ("Add a limit", True, None)),
        *(
            (f"| Action | Status |\n|---|---|\n| Add a limit | {words} |", ("Add a limit", True, None))
            for words in (
                "Closed as duplicate",
                "Resolved: won't fix",
                "Cannot reproduce",
                "Done (not planned)",
            )
        ),
        ("- Add a limit (closed, won't do)", ("Add a limit", True, None)),
        ("### Action items declined\n\n- Add a limit", ("Add a limit", True, None)),
        ("**Won't do:**\n\n- Add a limit", ("Add a limit", True, None)),
        ("### Cancelled items\n\n- Add a limit", ("Add a limit", True, None)),
        ("### Cancelled items\n\n- Add a limit (done)", ("Add a limit", False, True)),
        ("- ❌ Add a limit", ("Add a limit", False, None)),
        ("- Delete the job (obsolete)", ("Delete the job (obsolete)", False, None)),
        ("- Count uploads (rejected uploads only)", ("Count uploads (rejected uploads only)", False, None)),
        ("- Count uploads (dropped by gateways)", ("Count uploads (dropped by gateways)", False, None)),
        ("- Add a limit (done, rejected uploads are logged)", ("Add a limit", False, True)),
        ("- Add a limit (Rejected by the board)", ("Add a limit", True, None)),
        ("- Count what is soft-rejected", ("Count what is soft-rejected", False, None)),
        ("- Make it easy to re-open", ("Make it easy to re-open", False, None)),
        ("- Count messages: accepted; rejected", ("Count messages: accepted; rejected", False, None)),
        ("- Count uploads. Rejected, too.", ("Count uploads. Rejected, too.", False, None)),
        ("- Count messages (dropped)", ("Count messages (dropped)", False, None)),
        ("- Reject what cannot be declined", ("Reject what cannot be declined", False, None)),
        ("- Show why it was cancelled", ("Show why it was cancelled", False, None)),
        ("- Won't do harm: add a limit", ("Won't do harm: add a limit", False, None)),
        ("- Duplicate the dashboards", ("Duplicate the dashboards", False, None)),
    ],
)
def test_what_was_decided_against_is_declined(text: str, read: tuple[str, bool, bool | None]) -> None:
    """Words and "[-]" decline; a cross alone may mean "not yet", and a word behind a noun may describe it."""
    item = _items(text)[0]
    assert (item.description, item.is_marked_declined, item.is_marked_done) == read


@pytest.mark.parametrize("word", ["Cancelled", "Won't do", "Rejected", "Not needed"])
def test_what_was_declined_lacks_nothing(word: str) -> None:
    """No owner, ticket or date is asked for what nobody will do."""
    facts = _facts(f"## Action items\n\n| Action | Status |\n|---|---|\n| Add a limit | {word} |")
    assert [finding.rule for finding in facts.findings if "action_item" in finding.rule] == []


@pytest.mark.parametrize(("head", "done"), [("Done?", False), ("Completed", False), ("Status", None)])
def test_a_cross_below_done_says_not_yet(head: str, done: bool | None) -> None:
    """Below "Status" it may as well say that nobody will do it."""
    items = _items(f"| Action | {head} |\n|---|---|\n| Add a limit | ✅ |\n| Fix it | ❌ |")
    assert [(i.is_marked_done, i.is_marked_declined) for i in items] == [(True, False), (done, False)]


def test_columns_are_known_by_what_stands_in_them() -> None:
    """A column "Issue" of sentences is what is promised; one of keys is the ticket; "Date" counts ahead."""
    text = (
        "| ID | Priority | Issue | Owner | Date |\n|---|---|---|---|---|\n"
        "| A-1 | P0 | Remove direct access from the tool | [Engineer] | 2024-05-01 |\n"
        "| A-2 | P1 | Add transactions to the admin service | Ana | 2024-02-01 |\n"
    )
    assert [(i.description, i.owner, i.priority, i.due_on, i.tracker) for i in _items(text)] == [
        ("Remove direct access from the tool", None, "P0", date(2024, 5, 1), None),
        ("Add transactions to the admin service", "Ana", "P1", None, None),
    ]


# --- trackers


@pytest.mark.parametrize(
    ("text", "tracker", "key", "url"),
    [
        ("[PAY-3](jira:PAY-3)", "jira", "PAY-3", None),
        ("https://jira.example.com/projects/PAY/issues/PAY-3", "jira", "PAY-3", ...),
        ("https://other.atlassian.net/browse/ABC-9", "jira", None, ...),
        ("https://tracker.example.org/browse/ABC-9", "jira", None, ...),
        ("https://github.com/example/shop/issues/9", "github", None, ...),
        ("example/shop#12", "github", None, None),
        ("#12 in the list of priorities", None, None, None),
        ("(#12)", "other", None, None),
        ("as we did once (#12) for mail", None, None, None),
        ("https://git.example.com/infra/deploy/-/issues/7", "gitlab", None, ...),
        ("https://bugs.example.org/show_bug.cgi?id=123", "bugzilla", None, ...),
        ("https://bugzil.la/123", "bugzilla", None, ...),
        ("see bug 1234567", "other", None, None),
        ("see bug 1234567, in Bugzilla", "bugzilla", None, None),
        ("https://phabricator.example.org/T123", "phabricator", None, ...),
        ("see T12345", None, None, None),
        ("https://linear.app/example/issue/ENG-12/add-alerts", "linear", None, ...),
        ("https://app.asana.com/0/12345/67890", "asana", None, ...),
        ("https://app.asana.com/1/12/project/34/task/56", "asana", None, ...),
        ("https://trello.com/c/AbCd", "trello", None, ...),
        ("https://dev.azure.com/example/shop/_workitems/edit/12", "azure_devops", None, ...),
        ("https://example.youtrack.cloud/issue/SH-12", "youtrack", None, ...),
        ("https://app.shortcut.com/example/story/12/x", "shortcut", None, ...),
        ("https://example.service-now.com/nav_to.do?uri=problem.do", "servicenow", None, ...),
        ("https://github.com/example/shop/commit/abc", None, None, None),
        ("https://wiki.example.com/x", None, None, None),
        ("Jira ticket ABC-9", "jira", None, None),
        ("ticket ABC-9", "other", None, None),
        ("ABC-9", None, None, None),
        ("for CVE-2021-44228, UTC-7, EIP-1559, PM2019-009, US-EAST-1, UTF-8, SHA-256", None, None, None),
    ],
)
def test_an_issue_is_followed_in_a_known_jira_and_recognised_elsewhere(
    text: str, tracker: str | None, key: str | None, url: object
) -> None:
    """Only a known Jira gives a key; another tracker is named, with its address, and its state is unknown."""
    item = _items(f"- Raise the limit of uploads {text}")[0]
    expected = text if url is ... else url
    assert (item.tracker, item.issue_key, item.url) == (tracker, key, expected)


def test_a_task_number_counts_where_the_document_links_such_tasks() -> None:
    """ "T123" is a Phabricator task once a Phabricator address stands in the document."""
    text = "- Raise the limit, see T12345\n- Do https://phabricator.example.org/T9 as well"
    assert [(i.description, i.tracker, i.url) for i in _items(text)] == [
        ("Raise the limit", "phabricator", None),
        (
            "Do https://phabricator.example.org/T9 as well",
            "phabricator",
            "https://phabricator.example.org/T9",
        ),
    ]


def test_the_name_of_an_issue_leaves_the_words_unless_the_sentence_needs_it() -> None:
    """A key set apart goes; "See PAY-3" keeps it, and a link over the whole promise is the promise."""
    text = (
        "- [GH-10 (done)](https://github.com/example/shop/pull/10): add a limit\n- See PAY-3\n"
        "- [Raise the limit](https://jira.example.com/browse/PAY-4) (Ana)\n- Raise the limit -> PAY-5\n"
        "- Raise the limit once more. [Issue](https://github.com/example/shop/issues/7)"
    )
    assert [(i.description, i.owner, i.issue_key, i.is_marked_done) for i in _items(text)] == [
        ("add a limit", None, None, True),
        ("See PAY-3", None, "PAY-3", None),
        ("Raise the limit", "Ana", "PAY-4", None),
        ("Raise the limit", None, "PAY-5", None),
        ("Raise the limit once more.", None, None, None),
    ]


# --- kinds


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("- Add an alert on lag", "detect", "alert"),
        ("- Document how to restore", "process", "Document"),
        ("- Roll back automatically", "mitigate", "Roll back"),
        ("- Add regression tests", "prevent", "regression tests"),
        ("- Fix the parser", "repair", "Fix"),
        ("- Refresh data after the post-fix run", None, None),
        ("- Add a step to the training pipeline", None, None),
        ("- Change the boundary policy document", None, None),
        ("- Stop the process when it leaks", None, None),
        ("- Disable the noisy alert", None, None),
        ("- Reset the cursor. A unit test covers it.", None, None),
        ("- Prevent: add a limit", "prevent", "prevent"),
        ("- Add a limit (detect)", "detect", "detect"),
        ("### Preventive actions\n\n- Add an alert", "prevent", "preventive"),
        ("### Corrective and preventive actions\n\n- Add an alert", "detect", "alert"),
        (
            "| Action | Type | Owner |\n|--|--|--|\n| Add an alert | Preventative (code) | Ana |",
            "prevent",
            "preventative",
        ),
    ],
)
def test_a_kind_is_the_documents_own_or_shows_what_matched(
    text: str, kind: str | None, words: str | None
) -> None:
    """A column, a label or a heading decides; else rules that show their words; else nothing."""
    item = _items(text)[0]
    assert (item.kind, item.kind_words) == (kind, words)


# --- hostile text


@pytest.mark.parametrize(
    "words",
    [
        "- Add it" + " - A-1" * 4000,
        "- Add it (Ida)" + " https://e.example/-:-:-" * 2000,
        "- Add it " + "@a " * 4000,
        "- Add it" + " (AS, BS" * 2000,
        "- " + "❌ " * 4000 + "Add it",
        "Add it" + "; add it" * 4000,
        "It was full.\n" + "Corrective actions:\n" * 2000,
        "- " + "@a, " * 4000,
        "- " + "(" * 8000,
        "- " + "[a](" * 3000,
        "- Owner: " + "A " * 6000,
        "- Add a limit" + " " * 20000 + "x",
        "- Add a limit " + "- " * 6000 + "x",
        "- " + "Owner: " * 3000,
        "- " + "due " * 5000,
        "- https://" + "a/" * 8000,
        "- " + "PAY-1 " * 4000,
        "- " + "a" * 20000,
        "\n".join(f"{'  ' * depth}- a:" for depth in range(60)),
    ],
)
def test_hostile_items_are_read(words: str) -> None:
    """Long runs of whatever a rule looks for end, and raise nothing."""
    facts = _facts(f"## Action items\n\n{words}")
    assert len(facts.incidents) <= 1


def test_a_setting_among_the_words_is_no_label() -> None:
    """ "when=never" is what is to be set; "when: 1 May 2024" is the day it is due."""
    items = _items("- Set retries when=never in the pool\n- Rotate the keys, when: 1 May 2024")
    assert [(item.description, item.due_on) for item in items] == [
        ("Set retries when=never in the pool", None),
        ("Rotate the keys", date(2024, 5, 1)),
    ]
