"""How numbers are written: thousands and decimals, told by the document itself or left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading
from pipeline.documents.numbers import plain_numbers

_HEAD = "# Postmortem: Parcel labels outage\n\nStart: 2024-05-02 10:00 UTC\nEnd: 2024-05-02 11:00 UTC\n"


def _read(lines: str) -> tuple[str | None, str | None, list[tuple[str, int | None]]]:
    facts = parse_document(f"{_HEAD}{lines}\n", "labels.md", Reading())
    chosen = {e.field: e.value for e in facts.incidents[0].evidence if e.is_chosen}
    doubts = [(f.rule, f.line) for f in facts.findings if f.rule == "number_ambiguous"]
    return chosen.get("affected_user_count"), chosen.get("cost"), doubts


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("Users affected: 3.500\nCost: 1.250 EUR", (None, None, [("number_ambiguous", 5)])),
        ("Affected: 3.400 customers", (None, None, [("number_ambiguous", 5)])),
        ("Cost: 7.250 EUR\nUptime was 99.95 % in May.", (None, None, [("number_ambiguous", 5)])),
        ("Users affected: 3.500\nCost: 4.250,50 EUR", ("3500", "4250.5", [])),
        ("Users affected: 3.500\n\n## Impact\n4,5 % of all parcels got no label.", ("3500", None, [])),
        ("Users affected: 12,500\nCost: 4,50 EUR", (None, "4.5", [("number_ambiguous", 5)])),
        ("Users affected: 1.250.000", ("1250000", None, [])),
        ("Users affected: 12,500\nCost: $4.25", ("12500", "4.25", [])),
        ("Users affected: 2\nCost: $4,250.50", ("2", "4250.5", [])),
        ("Users affected: 3,000\nCost: 5,000 EUR", ("3000", "5000", [])),
        ("Users affected: 1.2k", ("1200", None, [])),
        ("Users affected: 3.5", (None, None, [])),
    ],
)
def test_a_dot_before_three_digits_counts_only_where_the_document_shows_its_meaning(
    lines: str, read: tuple[str | None, str | None, list[tuple[str, int | None]]]
) -> None:
    """Dotted thousands are left out with a finding, unless another number of the document is plain."""
    assert _read(lines) == read


def test_sentences_count_people_as_the_document_writes_numbers() -> None:
    """Dotted thousands in the impact are people where the document shows its decimal comma."""
    told = "\n## Impact\n3.200 customers could not print. That was 2,5 % of all."
    assert _read(told)[0] == "3200"


@given(whole=st.integers(1000, 10**9), cents=st.integers(0, 99))
def test_any_number_is_read_back_from_either_way_of_writing(whole: int, cents: int) -> None:
    """Thousands parted by dots and by commas give the same number once the decimal mark is shown."""
    english = f"{whole:,}.{cents:02d}"
    european = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert plain_numbers(european, european) == f"{whole}.{cents:02d}"
    assert plain_numbers(english, english) == english


@given(number=st.integers(1000, 999_999))
def test_no_lone_dotted_number_is_guessed(number: int) -> None:
    """Without another number to go by, "3.500" is not read."""
    dotted = f"{number:,}".replace(",", ".")
    assert plain_numbers(f"{dotted} EUR", f"Cost: {dotted} EUR") is None


@pytest.mark.parametrize(
    "bound", ["over {}", "more than {}", "up to {}", "at least {}", "< {}", "{}+", "{} or more"]
)
@given(number=st.integers(2, 10**6))
def test_a_bound_is_no_number(bound: str, number: int) -> None:
    """What is only known to be more or less than a number is not that number."""
    said = bound.format(f"{number:,}")
    assert _read(f"Users affected: {said}\nCost: {said} EUR") == (None, None, [])
    assert _read(f"\n## Impact\nThe site was down for {said} users.")[0] is None


@pytest.mark.parametrize("said", ["between 3,000 and 5,000 EUR", "3,000 - 5,000 EUR", "3,000 to 5,000"])
def test_a_range_is_no_number(said: str) -> None:
    """Neither end of a range is the value."""
    assert _read(f"Cost: {said}\nUsers affected: {said}")[:2] == (None, None)
