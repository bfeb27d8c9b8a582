"""The file of annotations, `annotations.csv`: releases, changes of policy and the like, for charts to mark.

Columns `date` and `label`, and when needed `end_date` (its last day, of what lasted), `service` (of which
alone it is; else it is of all) and `kind` (a word such as release or policy). It is read anew at every build.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.settings import Settings
from pipeline.written_tables import WrittenTable

COLUMNS = ("date", "label")
MORE = ("end_date", "service", "kind")
MAX_BYTES = 1_000_000
#: In characters: a label has to fit into a chart.
LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row of the file. The days are those of the company's time zone, `ends_on` the last one, counted.

    `ends_on` is None of what happened on one day, `service` of what is of all, `kind` when nothing is said.
    """

    line: int
    starts_on: date
    ends_on: date | None
    label: str
    service: str | None
    kind: str | None


def load_annotations(settings: Settings) -> list[Annotation]:
    """The rows of the file the settings name; none when there is no file and the settings name none.

    Raises SettingsError with a line for each mistake, naming file and line.
    """
    table = WrittenTable(settings.resolve(settings.annotations), "annotations", COLUMNS, MORE)
    text = table.text(MAX_BYTES, is_named="annotations" in settings.model_fields_set)
    if text is None:
        return []
    found: dict[tuple[date, date | None, str, str | None], Annotation] = {}
    for line, cells in table.rows(text):
        annotation = _annotation(table, line, cells)
        if annotation is None:
            continue
        same = (annotation.starts_on, annotation.ends_on, annotation.label, annotation.service)
        earlier = found.setdefault(same, annotation)
        if earlier is not annotation:
            table.mistake(line, f"says what line {earlier.line} says; remove one")
    table.tell_mistakes()
    return list(found.values())


def _annotation(table: WrittenTable, line: int, cells: dict[str, str]) -> Annotation | None:
    known = len(table.mistakes)
    cells = {name: value.replace("\x00", "") for name, value in cells.items()}
    starts_on, ends_on = _day(table, line, "date", cells), None
    if cells["end_date"]:
        ends_on = _day(table, line, "end_date", cells)
    if starts_on and ends_on and ends_on < starts_on:
        table.mistake(line, f"end_date: {ends_on} is before {starts_on}, the date; correct one of them")
    if not cells["label"]:
        table.mistake(line, "label: is empty; say in a few words what happened")
    elif len(cells["label"]) > LONGEST_LABEL:
        length = len(cells["label"])
        table.mistake(line, f"label: has {length} characters; shorten it to {LONGEST_LABEL}")
    if len(table.mistakes) > known or starts_on is None:
        return None
    return Annotation(
        line, starts_on, ends_on, cells["label"], cells["service"] or None, cells["kind"] or None
    )


def _day(table: WrittenTable, line: int, name: str, cells: dict[str, str]) -> date | None:
    text = cells[name]
    try:
        return date.fromisoformat(text)
    except ValueError:
        table.mistake(line, f'{name}: should be a day such as 2024-03-01, not "{text[:60]}"')
        return None
