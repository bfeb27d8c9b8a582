"""Five whys: each answer in order, with its question when one is written, in every form that houses use."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

HEAD = "# Outage of 2024-01-05\n\n**Severity**: SEV2\n\n- 10:00 UTC outage starts\n- 11:00 UTC resolved\n\n"
CHAIN = [
    "Why did orders fail? The ledger was out of disk.",
    "Why was it out of disk? Its log was never rotated.",
    "Why was the log never rotated? The new image lost the setting.",
]


def _read(text: str) -> dict[str, str]:
    facts = parse_document(HEAD + text, "x.md", Reading(today=date(2026, 1, 1)))
    return {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}


def _whys(text: str) -> list[str]:
    return list(json.loads(_read(text).get("five_whys", "[]")))


@pytest.mark.parametrize(
    "text",
    [
        "## Five whys\n\n"
        "1. Why did orders fail? The ledger was out of disk.\n"
        "2. Why was it out of disk? Its log was never rotated.\n"
        "3. Why was the log never rotated? The new image lost the setting.\n",
        "## Root cause\n\n### 5 Whys Analysis\n\n"
        "1. **Why did orders fail?**\n   - The ledger was out of disk.\n"
        "2. **Why was it out of disk?**\n   - Its log was never rotated.\n"
        "3. **Why was the log never rotated?**\n   - The new image lost the setting.\n",
        "## 5-Whys\n\nWhy 1: Why did orders fail?\n  → The ledger was out of disk.\n\n"
        "Why 2: Why was it out of disk?\n  → Its log was never rotated.\n\n"
        "Why 3: Why was the log never rotated?\n  → The new image lost the setting.\n\n"
        "ROOT CAUSE: images are not tested for their settings\n",
        "## Five Whys\n\n**Problem**: orders failed\n\n"
        "**Q1**: Why did orders fail?\n**A1**: The ledger was out of disk.\n\n"
        "**Q2**: Why was it out of disk?\n**A2**: Its log was never rotated.\n\n"
        "**Q3**: Why was the log never rotated?\n**A3**: The new image lost the setting.\n\n"
        "**Root cause**: images are not tested for their settings\n",
        "## THE FIVE WHYS - DONE\n\n### Why 1: Why did orders fail?\n\n**Answer:** The ledger was out of "
        "disk.\n\n"
        "### Why 2: Why was it out of disk?\n\n**Answer:** Its log was never rotated.\n\n"
        "### Why 3: Why was the log never rotated?\n\n**Answer:** The new image lost the setting.\n",
        "## 5 whys\n\n| # | Question | Answer |\n| --- | --- | --- |\n"
        "| 1 | Why did orders fail? | The ledger was out of disk. |\n"
        "| 2 | Why was it out of disk? | Its log was never rotated. |\n"
        "| 3 | Why was the log never rotated? | The new image lost the setting. |\n",
        "## Root cause analysis\n\nWhy did orders fail? → The ledger was out of disk.\n"
        "Why was it out of disk? → Its log was never rotated.\n"
        "Why was the log never rotated? → The new image lost the setting.\n",
        "**Root cause (5 whys)**:\n\n"
        "1. Why did orders fail? The ledger was out of\n   disk.\n"
        "2. Why was it out of disk? Its log was never rotated.\n"
        "3. Why was the log never rotated? The new image lost the setting.\n",
    ],
)
def test_the_chain_is_read_in_every_form(text: str) -> None:
    """Numbers, labels, headings, tables, arrows and question marks say the same chain."""
    assert _whys(text) == CHAIN


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            "## Five whys\n\n- Why 1: The ledger was out of disk.\n- Why 2: Its log was never rotated.\n"
            "- Root cause: images are not tested\n",
            ["The ledger was out of disk.", "Its log was never rotated."],
        ),
        (
            "## Five whys\n\n1. The ledger was out of disk.\n2. Its log was never rotated.\n"
            "3. The image lost the setting.\n",
            ["The ledger was out of disk.", "Its log was never rotated.", "The image lost the setting."],
        ),
        (
            "## Root cause\n\nWhy? → The ledger was out of disk\nWhy? → Its log was never rotated\n",
            ["The ledger was out of disk", "Its log was never rotated"],
        ),
        ("## Five whys\n\n1. Why did orders fail?\n2. Why was that?\n3. Why was that?\n", []),
        ("## Five whys\n\n1. Why did orders fail? [Answer]\n2. Why? [Answer]\n", []),
        ("## Root cause\n\nThe ledger was out of disk. Why it was is not known.\n", []),
        ("## Lessons learned\n\n- Why did we not see it? No alert.\n- Why so long? No runbook.\n", []),
    ],
)
def test_answers_alone_count_and_questions_alone_do_not(text: str, answers: list[str]) -> None:
    """Without a question the answer stands for itself; a form's questions and other lists are no chain."""
    assert _whys(text) == answers


def test_the_chain_is_not_the_root_cause_where_that_is_written() -> None:
    """A root cause beside the whys is the root cause; the chain stays in its own field."""
    read = _read(
        "## Root cause\n\nImages are not tested for their settings.\n\n### Five whys\n\n"
        "1. Why did orders fail? The disk was full.\n2. Why was it full? Nothing rotated the log.\n"
    )
    assert (read["root_cause"], json.loads(read["five_whys"])) == (
        "Images are not tested for their settings.",
        ["Why did orders fail? The disk was full.", "Why was it full? Nothing rotated the log."],
    )


def test_the_last_answer_is_the_root_cause_where_nothing_else_is() -> None:
    """Where the causes hold the whys alone, what the last was answered with is it, at a lower confidence."""
    facts = parse_document(
        f"{HEAD}## 3. Root cause\n\n### 3.1 Five whys\n\n1. **Why** did orders fail?\n   The disk was full.\n"
        "2. **Why** was it full?\n   Nothing rotated the log.\n\n### 3.2 Contributing factors\n\n"
        "| # | Factor | Description |\n| --- | --- | --- |\n| 1 | No alert | Disks are not watched |\n",
        "x.md",
        Reading(today=date(2026, 1, 1)),
    )
    rows = {row.field: row for row in facts.incidents[0].evidence if row.is_chosen}
    cause = rows["root_cause"]
    assert (cause.value, cause.line, cause.confidence) == ("Nothing rotated the log.", 15, 0.6)
    assert json.loads(rows["contributing_factors"].value) == ["No alert: Disks are not watched"]


@pytest.mark.parametrize(
    "below",
    [
        "### Playback\n\n1. It stopped.\n2. It had one shot.\n3. So did its example.\n\n"
        "### Keys\n\n1. They were dead.\n2. None was bound.\n3. The map was empty.\n",
        "1. なぜ止まったか？ 終了したため\n2. なぜ終了したか？ 一回だけ動いたため\n",
    ],
)
def test_several_chains_and_unread_ones_name_no_root_cause(below: str) -> None:
    """Which answer is the last cannot be told, so the root cause stays empty."""
    assert "root_cause" not in _read(f"## Five whys\n\n{below}")


def test_boxes_not_ticked_are_no_root_cause() -> None:
    """A list of work on the causes says nothing until it is done; the answers do."""
    read = _read(
        "## Root cause analysis\n\n- [ ] Five whys done\n- [ ] Code read\n\n## Five whys\n\n"
        "### Why 1: Why did orders fail?\n\n**Direct cause**: The disk was full.\n\n"
        "### Why 2: Why was it full?\n\n**Immediate contributing factor**: Nothing rotated the log.\n"
    )
    assert read["root_cause"] == "Nothing rotated the log."
    assert json.loads(read["five_whys"])[1] == "Why was it full? Nothing rotated the log."


WORDS = st.text("abcdefgh ", min_size=3, max_size=30).map(lambda words: f"x{words.strip()}y z")


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=7))
def test_any_chain_written_as_numbered_questions_is_read_back(chain: list[tuple[str, str]]) -> None:
    """What stands between "Why" and the mark is the question, what follows is the answer."""
    text = "".join(f"{n}. Why did {asked}? It {said}.\n" for n, (asked, said) in enumerate(chain, start=1))
    whys = _whys(f"## Five whys\n\n{text}")
    assert whys == [" ".join(f"Why did {asked}? It {said}.".split()) for asked, said in chain]
