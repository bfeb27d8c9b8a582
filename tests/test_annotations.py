"""The file of annotations: what it can say, how its mistakes are told, and what becomes of it."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import flow
from pipeline.annotations import LONGEST_LABEL, Annotation, load_annotations
from pipeline.errors import SettingsError
from pipeline.settings import Settings, load_settings

HEADER = "date,label,end_date,service,kind"


def settings_with(folder: Path, text: str | None, extra: str = "") -> Settings:
    """Settings beside a file of annotations."""
    (folder / "postmortems.toml").write_text(extra, encoding="utf-8")
    if text is not None:
        (folder / "annotations.csv").write_text(text, encoding="utf-8", newline="")
    return load_settings(folder / "postmortems.toml")


def mistakes(folder: Path, *rows: str, header: str = HEADER) -> list[str]:
    """The lines of the error, without the path."""
    settings = settings_with(folder, "\n".join((header, *rows)) + "\n")
    with pytest.raises(SettingsError) as error:
        load_annotations(settings)
    return [line.removeprefix(f"{folder / 'annotations.csv'}, ") for line in str(error.value).splitlines()]


def test_a_row_becomes_an_annotation(tmp_path: Path) -> None:
    """Columns in any order and case, a byte order mark, blank lines, quotes, and what may be left out."""
    text = (
        "\ufeffLabel,Kind,date,Service,end_date\r\n\r\n"
        '"Checkout 2.0, at last",release,2024-03-01,checkout,\r\n'
        "Change freeze,,2024-12-20,,2025-01-05\r\n,,,,\r\n"
    )
    assert load_annotations(settings_with(tmp_path, text)) == [
        Annotation(3, date(2024, 3, 1), None, "Checkout 2.0, at last", "checkout", "release"),
        Annotation(4, date(2024, 12, 20), date(2025, 1, 5), "Change freeze", None, None),
    ]
    assert load_annotations(settings_with(tmp_path, "date,label\n2024-03-01,New policy\n")) == [
        Annotation(2, date(2024, 3, 1), None, "New policy", None, None)
    ]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=LONGEST_LABEL))
def test_any_label_comes_out_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, label: str) -> None:
    """Commas, quotes, line ends of any kind, formulas and scripts are words like others."""
    if not label.strip():
        return
    written = io.StringIO(newline="")
    csv.writer(written).writerows((("date", "label"), ("2024-03-01", label), ("2024-03-02", "after it")))
    settings = settings_with(tmp_path_factory.mktemp("any"), written.getvalue())
    assert [row.label for row in load_annotations(settings)] == [label.strip(), "after it"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1 March,x,,,", 'date: should be a day such as 2024-03-01, not "1 March"'),
        (",x,,,", 'date: should be a day such as 2024-03-01, not ""'),
        ("2024-02-30,x,,,", 'date: should be a day such as 2024-03-01, not "2024-02-30"'),
        ("2024-03-01,x,soon,,", 'end_date: should be a day such as 2024-03-01, not "soon"'),
        (
            "2024-03-01,x,2024-02-01,,",
            "end_date: 2024-02-01 is before 2024-03-01, the date; correct one of them",
        ),
        ("2024-03-01, ,,,", "label: is empty; say in a few words what happened"),
        (f"2024-03-01,{'x' * 121},,,", "label: has 121 characters; shorten it to 120"),
        ("2024-03-01,a,b,,,", "has 6 values for 5 columns; put quotes around a value with a comma"),
        ('2024-03-01,"a', "is not CSV (unexpected end of data); close the quotes"),
    ],
)
def test_a_mistake_is_one_line_with_its_line_number(tmp_path: Path, row: str, told: str) -> None:
    """Each mistake of a row names file and line, and says what to write."""
    assert mistakes(tmp_path, row) == [f"line 2: {told}"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Each mistake has its line; what is said twice is one too many, of another service it is not."""
    assert mistakes(
        tmp_path, "2024-03-01,x,,,", "2024-03-01,x,,,policy", "2024-03-01,x,,mail,", "soon,,,,"
    ) == [
        "line 3: says what line 2 says; remove one",
        'line 5: date: should be a day such as 2024-03-01, not "soon"',
        "line 5: label: is empty; say in a few words what happened",
    ]


@pytest.mark.parametrize(
    "header", ["date,what", "label,end_date", "date;label", HEADER + ",who", "date,date,label"]
)
def test_a_wrong_first_line_says_what_it_should_be(tmp_path: Path, header: str) -> None:
    """A column missing, too many or twice, and another separator."""
    (line,) = mistakes(tmp_path, "2024-03-01,x", header=header)
    assert line.startswith("line 1: has ")
    assert line.endswith(
        "; the first line should be date,label, separated by commas, "
        "with end_date, service, kind as more when needed"
    )


def test_without_a_file_nothing_is_marked(tmp_path: Path) -> None:
    """No file is no mistake, unless the settings name one; what is no text is one."""
    assert load_annotations(settings_with(tmp_path, None)) == []
    with pytest.raises(
        SettingsError, match=r"^annotations: .*marks\.csv: there is no such file; write one with"
    ):
        load_annotations(settings_with(tmp_path, None, 'annotations = "marks.csv"\n'))
    (tmp_path / "annotations.csv").write_bytes(b"date,label\n2024-03-01,\xff\n")
    with pytest.raises(SettingsError, match=r"^annotations: .* cannot be read as UTF-8 text"):
        load_annotations(settings_with(tmp_path, None))


def test_what_happened_is_published_with_every_build(tmp_path: Path) -> None:
    """The file is read anew at each build; a build of the past holds nothing that came after its day."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(
        "# Search was down\n\n- 2024-03-01 09:00 UTC outage started\n- 2024-03-01 10:00 UTC resolved\n",
        encoding="utf-8",
    )
    source = '[[sources]]\nname = "docs"\npath = "docs"\n[[teams]]\nname = "Find"\nservices = ["search"]\n'
    text = f"{HEADER}\n2024-03-01,=New policy,,,policy\n2024-04-01,Search 5,2024-04-03,Search,\n"
    settings = settings_with(tmp_path, text, source)
    rows = "SELECT starts_on, ends_on, label, service, team, kind FROM marts.annotations ORDER BY line"
    policy = (date(2024, 3, 1), date(2024, 3, 1), "=New policy", None, None, "policy")
    search = (date(2024, 4, 1), date(2024, 4, 3), "Search 5", "Search", "Find", None)

    def published(path: Path) -> list[tuple[object, ...]]:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(rows).fetchall()

    assert published(flow.run(settings).published) == [policy, search]
    assert published(flow.build(settings, as_of=datetime(2024, 4, 1)).published) == [policy, search]
    assert published(flow.build(settings, as_of=datetime(2024, 3, 31, 23)).published) == [policy]
    (tmp_path / "annotations.csv").write_text(f"{HEADER}\n2024-03-01,,,,\n", encoding="utf-8")
    for build in (flow.run, flow.build):
        with pytest.raises(SettingsError, match=r"annotations\.csv, line 2: label: is empty"):
            build(settings)
    (tmp_path / "annotations.csv").unlink()
    assert published(flow.build(settings).published) == []
