"""`postmortems evaluate`: what is stated and read, read otherwise, not read, and read out of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.errors import SourceError
from pipeline.evaluate import FieldScore, evaluate, evaluation_table

DOCUMENT = """\
# Parcel labels came out blank

**Severity**: 2

## Impact

Depots could not print.

## Timeline

- 2024-03-04 09:10 UTC: start of the incident
- 2024-03-04 09:40 UTC: the incident was resolved

## Action items

- [x] Check the template before a release https://github.com/example/labels/issues/7 (Ida)
- [ ] Print a sample page (Omar)
"""


def _evaluated(folder: Path, *facts: str) -> list[FieldScore]:
    (folder / "golden").mkdir()
    (folder / "documents" / "depots").mkdir(parents=True)
    (folder / "documents" / "depots" / "labels.md").write_text(DOCUMENT, encoding="utf-8")
    rows = "".join(f"depots/labels.md,{fact},,\n" for fact in facts)
    (folder / "golden" / "depots.csv").write_text(f"doc,field,value,line,note\n{rows}", encoding="utf-8")
    return evaluate(folder / "golden", folder / "documents")


def _score(folder: Path, *facts: str) -> tuple[int, int, int, int, int, int]:
    (row,) = _evaluated(folder, *facts)
    return (row.stated, row.found, row.wrong, row.missed, row.absent, row.invented)


@pytest.mark.parametrize(
    "fact",
    [
        "kind,postmortem",
        "title,Parcel labels came out blank",
        "started_at,2024-03-04 09:10",
        "restored_at,2024-03-04 09:40",
        "last_event_at,2024-03-04 09:40",
        "severity_label,2",
        "incident_count,1",
        "event_count,2",
        "action_item_count,2",
        "action_item_done_count,1",
        "has_impact,true",
        "impact_line,5-7",
    ],
)
def test_a_fact_read_as_stated_is_found(tmp_path: Path, fact: str) -> None:
    """Times, words, counts, presence and places are each compared in their own way."""
    assert _score(tmp_path, fact) == (1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "fact",
    [
        "kind,template",
        "title,Parcel labels",
        "started_at,2024-03-04 09:11",
        "last_event_at,2024-03-05 09:40",
        "severity_label,1",
        "event_count,3",
        "action_item_count,1",
        "impact_line,8-9",
    ],
)
def test_a_fact_read_otherwise_is_wrong(tmp_path: Path, fact: str) -> None:
    """A minute, a word, a row or a line beside what is stated is a mistake."""
    assert _score(tmp_path, fact) == (1, 0, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "fact", ["acknowledged_at,2024-03-04 09:20", "five_whys_count,3", "has_root_cause,true", "authors,Ida"]
)
def test_a_fact_that_is_not_read_is_missed(tmp_path: Path, fact: str) -> None:
    """Nothing read is no mistake, and neither is a count of nothing."""
    assert _score(tmp_path, fact) == (1, 0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    "fact", ["acknowledged_at,", "is_planned,", "five_whys_count,", "has_root_cause,", "authors,"]
)
def test_what_is_known_to_be_absent_and_not_read_counts_as_absent(tmp_path: Path, fact: str) -> None:
    """An empty value says that the document does not state the field."""
    assert _score(tmp_path, fact) == (0, 0, 0, 0, 1, 0)


@pytest.mark.parametrize(
    "fact", ["severity_label,", "started_at,", "has_impact,", "event_count,", "action_item_done_count,"]
)
def test_what_is_read_although_absent_is_invented(tmp_path: Path, fact: str) -> None:
    """A value read where the document states none is a mistake of its own kind."""
    assert _score(tmp_path, fact) == (0, 0, 0, 0, 1, 1)


def test_owners_are_compared_as_a_whole(tmp_path: Path) -> None:
    """One row per owner: those read and stated are found, others stated are missed, others read invented."""
    assert _score(tmp_path, "action_item_owner,Ida", "action_item_owner,Lena") == (2, 1, 0, 1, 0, 1)


def test_tracker_links_are_compared_as_a_whole(tmp_path: Path) -> None:
    """The address of an action item is a fact as much as its owner."""
    assert _score(tmp_path, "action_item_url,https://github.com/example/labels/issues/7") == (
        1,
        1,
        0,
        0,
        0,
        0,
    )


def test_the_table_sums_up_and_names_each_mistake(tmp_path: Path) -> None:
    """Columns in reading order, a last row for all, then one line per mistake."""
    rows = _evaluated(tmp_path, "event_count,3", "severity_label,", "authors,Ida", "has_impact,true")
    table = [line.split() for line in evaluation_table(rows).splitlines()]
    assert table[0] == ["golden", "field", "stated", "found", "absent", "invented", "wrong", "missed"]
    assert table[5] == ["all", "3", "1", "1", "1", "1", "1"]
    assert [line[0] for line in table[6:]] == ["wrong:", "invented:", "missed:"]


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    """A misspelt field would count as never read, so it is an error."""
    with pytest.raises(SourceError, match="resolvd_at: no field of that name"):
        _evaluated(tmp_path, "resolvd_at,2024-03-04 09:40")


@pytest.mark.parametrize(
    ("fact", "status"), [("event_count,2", 0), ("event_count,3", 1), ("severity_label,", 1)]
)
def test_the_command_fails_on_what_is_wrong_or_invented(tmp_path: Path, fact: str, status: int) -> None:
    """Exit code 1 for a single value read otherwise or out of nothing, so that a build can depend on it."""
    _evaluated(tmp_path, fact)
    ran = CliRunner().invoke(
        main, ["evaluate", "--golden", str(tmp_path / "golden"), "--documents", str(tmp_path / "documents")]
    )
    assert ran.exit_code == status


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("team", 'postmortems: --time-zone: "team": write FOLDER=ZONE, as in docs=Europe/London'),
        ("nobody=Europe/Berlin", "name one that is, or . for all"),
        ("../golden=Europe/Berlin", "name one that is, or . for all"),
        (
            ".=Nowhere",
            'postmortems: --time-zone: "Nowhere" is no time zone; name one such as Europe/London or UTC',
        ),
        (".=", 'postmortems: --time-zone: "" is no time zone; name one such as Europe/London or UTC'),
    ],
)
def test_a_zone_of_no_folder_and_no_zone_of_a_folder_are_refused(
    tmp_path: Path, zone: str, told: str
) -> None:
    """A misspelt folder or zone would silently read all times in UTC, so it is one line and exit code 2."""
    _evaluated(tmp_path, "event_count,2")
    golden, documents = str(tmp_path / "golden"), str(tmp_path / "documents")
    ran = CliRunner().invoke(
        main, ["evaluate", "--golden", golden, "--documents", documents, "--time-zone", zone]
    )
    assert ran.exit_code == 2
    assert ran.output.count("\n") == 1
    assert told in ran.output
