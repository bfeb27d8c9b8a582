"""The file of reviewed values: what it can say, and how its mistakes are told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.documents.facts import FIELDS
from pipeline.errors import SettingsError
from pipeline.reviewed import ReviewedValue, load_reviewed
from pipeline.settings import Settings, load_settings

TODAY = date(2024, 6, 1)
HEADER = "document,field,value,who,when"


def settings_with(folder: Path, text: str | None, extra: str = "") -> Settings:
    """Settings beside a file of reviewed values."""
    (folder / "postmortems.toml").write_text(extra, encoding="utf-8")
    if text is not None:
        (folder / "reviewed.csv").write_text(text, encoding="utf-8")
    return load_settings(folder / "postmortems.toml")


def value_of(folder: Path, field: str, value: str) -> str | None:
    """What one row makes of a value."""
    text = f'{HEADER}\na.md,{field},"{value}",Ana,2024-05-01\n'
    return next(row.value for row in load_reviewed(settings_with(folder, text), TODAY) if not row.is_implied)


def mistakes(folder: Path, *rows: str, header: str = HEADER) -> list[str]:
    """The lines of the error, without the path."""
    settings = settings_with(folder, "\n".join((header, *rows)) + "\n")
    with pytest.raises(SettingsError) as error:
        load_reviewed(settings, TODAY)
    return [line.removeprefix(f"{folder / 'reviewed.csv'}, ") for line in str(error.value).splitlines()]


def test_a_row_becomes_a_value_with_who_and_when(tmp_path: Path) -> None:
    """Names of columns in any order and case, an offset in the value, a byte order mark and blank lines."""
    text = (
        "\ufeffWho,When,Document,incident,Field,Value\n\n"
        "Ana Silva,2024-05-01 10:00+02:00,docs/a.md,2,started_at,2024-03-01 09:30+01:00\n,,,,,\n"
    )
    assert load_reviewed(settings_with(tmp_path, text), TODAY) == [
        ReviewedValue(
            3,
            "docs/a.md",
            2,
            "started_at",
            "2024-03-01 08:30:00",
            "Ana Silva",
            datetime(2024, 5, 1, 8, 0),
            "Reviewed by Ana Silva on 2024-05-01 (reviewed.csv, line 3)",
        )
    ]


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("started_at", "2024-03-01 09:30", "2024-03-01 09:30:00"),
        ("started_at", "2024-03-01T09:30:15Z", "2024-03-01 09:30:15"),
        ("published_at", "2024-03-01 00:00", "2024-03-01 00:00:00"),
        ("occurred_on", "2024-03-01", "2024-03-01"),
        ("severity", "2", "2"),
        ("stated_time_to_resolve_minutes", "90", "90"),
        ("started_at", "2024-03-04 14:02 UTC", "2024-03-04 14:02:00"),
        ("started_at", "2024-03-04 14:02 UTC-5", "2024-03-04 19:02:00"),
        ("started_at", "2024-05-04 14:02 Europe/London", "2024-05-04 13:02:00"),
        ("started_at", "4 March 2024, 2:02 pm CET", "2024-03-04 13:02:00"),
        ("stated_time_to_resolve_minutes", "1 h 30 min", "90"),
        ("affected_user_count", "1200", "1200"),
        ("cost", "99.5", "99.5"),
        ("is_planned", "Yes", "true"),
        ("detection_method", "Alert", "alert"),
        ("authors", "Ana; Ben ;", '["Ana", "Ben"]'),
        ("title", "Größe, of it", "Größe, of it"),
        ("root_cause", "", None),
    ],
)
def test_a_value_takes_the_form_of_its_field(
    tmp_path: Path, field: str, written: str, value: str | None
) -> None:
    """Times with an offset or in UTC, durations in minutes or words, lists by semicolons, nothing."""
    assert value_of(tmp_path, field, written) == value


def test_a_category_is_one_of_the_taxonomy(tmp_path: Path) -> None:
    """A category is taken in any case, as the taxonomy writes it."""
    settings = settings_with(tmp_path, None)
    for field, known in (
        ("cause_category", settings.read_taxonomy().causes),
        ("trigger_category", settings.read_taxonomy().triggers),
    ):
        assert value_of(tmp_path, field, known[0].name.upper()) == known[0].name


def test_services_say_the_service_and_the_other_way_about(tmp_path: Path) -> None:
    """The first of the services is the service, and a service alone is all of them."""
    text = f"{HEADER}\na.md,services,shop; cart,Ana,2024-05-01\nb.md,service,mail,Ana,2024-05-01\n"
    rows = load_reviewed(settings_with(tmp_path, text), TODAY)
    assert [(row.line, row.field, row.value, row.is_implied) for row in rows] == [
        (2, "services", '["shop", "cart"]', False),
        (2, "service", "shop", True),
        (3, "service", "mail", False),
        (3, "services", '["mail"]', True),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a.md,severty,1,Ana,2024-05-01", 'field: "severty" is none; did you mean severity?'),
        (
            "a.md,time_to_resolve_minutes,9,Ana,2024-05-01",
            'field: "time_to_resolve_minutes" is none; did you mean stated_time_to_resolve_minutes?',
        ),
        (",severity,1,Ana,2024-05-01", "document: is empty; say which one"),
        ("a.md,severity,1,,2024-05-01", "who: is empty; say who"),
        ("a.md,severity,1,Ana,yesterday", 'when: should be a day such as 2024-03-01, not "yesterday"'),
        ("a.md,severity,1,Ana,2034-05-01", "when: 2034-05-01 is still to come; correct it"),
        ("a.md,severity,6,Ana,2024-05-01", 'severity: should be a number from 1 (worst) to 5, not "6"'),
        (
            "a.md,started_at,2024-03-01,Ana,2024-05-01",
            "started_at: should be a moment such as 2024-03-01 09:30, in UTC or with its zone as in "
            '2024-03-01 09:30 Europe/London, not "2024-03-01"',
        ),
        (
            "a.md,resolved_at,2034-03-01 09:00,Ana,2024-05-01",
            "resolved_at: 2034-03-01 09:00 is still to come; correct it",
        ),
        ("a.md,cost,-1,Ana,2024-05-01", 'cost: should be a number, not "-1"'),
        ("a.md,cost,nan,Ana,2024-05-01", 'cost: should be a number, not "nan"'),
        ("a.md,is_planned,perhaps,Ana,2024-05-01", 'is_planned: should be true or false, not "perhaps"'),
        (
            "a.md,customer_impact_minutes,a while,Ana,2024-05-01",
            'customer_impact_minutes: should be minutes, or a duration such as "1 h 30 min", not "a while"',
        ),
        ("a.md,title,one,two,Ana,2024-05-01",
         "has 6 values for 5 columns; put quotes around a value with a comma"),
        ('a.md,title,"open,Ana,2024-05-01', "is not CSV (unexpected end of data); close the quotes"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_line_number(tmp_path: Path, row: str, told: str) -> None:
    """Each mistake of a row names file and line, and says what to write."""
    assert mistakes(tmp_path, row) == [f"line 2: {told}"]


def test_an_unknown_category_is_a_mistake(tmp_path: Path) -> None:
    """A category that the taxonomy has not is told, so that a slip makes no new one."""
    (line,) = mistakes(tmp_path, "a.md,cause_category,xyzzy,Ana,2024-05-01")
    assert line.startswith('line 2: cause_category: "xyzzy" is no category of the taxonomy; known: ')


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Each mistake has its line; rows contradict each other at one time only."""
    assert mistakes(
        tmp_path,
        "a.md,1,severity,1,Ana,2024-05-01",
        "a.md,1,severity,2,Ben,2024-05-01",
        "a.md,1,severity,3,Ben,2024-05-02",
        "a.md,0,severity,1,Ana,2024-05-01",
        header="document,incident,field,value,who,when",
    ) == [
        'line 5: incident: should be its place in the document, from 1, not "0"',
        "line 3: contradicts line 2, which says otherwise of severity of a.md at the same time; "
        "remove one, or give the later one a later when",
    ]


@pytest.mark.parametrize(
    "header", ["document,field,value,who", "document;field;value;who;when", HEADER + ",why", HEADER + ",who"]
)
def test_a_wrong_first_line_says_what_it_should_be(tmp_path: Path, header: str) -> None:
    """A column missing, too many or twice, and another separator."""
    (line,) = mistakes(tmp_path, "a.md,severity,1,Ana,2024-05-01", header=header)
    assert line.startswith("line 1: has ")
    assert "the first line should be document,field,value,who,when, separated by commas" in line


def test_without_a_file_nothing_is_reviewed(tmp_path: Path) -> None:
    """No file is no mistake, unless the settings name one."""
    assert load_reviewed(settings_with(tmp_path, None), TODAY) == []
    with pytest.raises(
        SettingsError, match=r"^review\.file: .*other\.csv: there is no such file; write one with"
    ):
        load_reviewed(settings_with(tmp_path, None, '[review]\nfile = "other.csv"\n'), TODAY)


def test_every_field_can_be_cleared(tmp_path: Path) -> None:
    """An empty value is understood for every field there is."""
    rows = [f"a.md,{field},,Ana,2024-05-01" for field in FIELDS]
    found = load_reviewed(settings_with(tmp_path, "\n".join((HEADER, *rows))), TODAY)
    assert {row.field: row.value for row in found} == dict.fromkeys(FIELDS)


def test_a_row_says_of_two_incidents_that_one_came_back_or_not(tmp_path: Path) -> None:
    """Of one incident there may be several others, each named as the row names it."""
    text = (
        f"{HEADER}\n"
        "b.md,repeat_of,docs/a.md,Ana,2024-05-01\n"
        "b.md,repeat_of,INC-7,Ana,2024-05-01\n"
        "b.md,not_repeat_of,docs/two.md#2,Ana,2024-05-01\n"
        "b.md,not_repeat_of,docs/a.md,Ben,2024-05-02\n"
    )
    assert [
        (row.field, row.value, row.reviewer) for row in load_reviewed(settings_with(tmp_path, text), TODAY)
    ] == [
        ("repeat_of", "docs/a.md", "Ana"),
        ("repeat_of", "INC-7", "Ana"),
        ("not_repeat_of", "docs/two.md#2", "Ana"),
        ("not_repeat_of", "docs/a.md", "Ben"),
    ]


def test_what_is_said_of_two_incidents_must_name_the_other_and_not_contradict_itself(tmp_path: Path) -> None:
    """Each mistake is told by its line."""
    assert mistakes(
        tmp_path,
        "b.md,repeat_of,,Ana,2024-05-01",
        "b.md,repeat_of,a.md,Ana,2024-05-01",
        "b.md,not_repeat_of,a.md,Ben,2024-05-01",
    ) == [
        "line 2: repeat_of: is empty; name the other incident by its id or its document",
        "line 4: contradicts line 3, which says otherwise of not_repeat_of of b.md at the same time; "
        "remove one, or give the later one a later when",
    ]
