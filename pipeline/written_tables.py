"""Tables that people write beside the settings, as CSV: read with line numbers, mistakes told by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import SettingsError


@dataclass(slots=True)
class WrittenTable:
    """A table somebody wrote: the file `path`, which the key `key` of the settings names.

    `columns` must be there, `more` may; in any order and case. `mistakes` grows as rows are read.
    """

    path: Path
    key: str
    columns: tuple[str, ...]
    more: tuple[str, ...]
    mistakes: list[str] = field(default_factory=list)

    def text(self, max_bytes: int, *, is_named: bool) -> str | None:
        """What the file holds; None when there is no file and the settings do not name one.

        Raises SettingsError when one is named and is not there, and for one too large or not UTF-8.
        """
        try:
            if self.path.stat().st_size > max_bytes:
                raise SettingsError(
                    f"{self.path}: is larger than {max_bytes // 1_000_000} MB; name the right file"
                )
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            if is_named:
                raise SettingsError(
                    f"{self.key}: {self.path}: there is no such file; write one with the first line "
                    f"{','.join(self.columns)}, or take {self.key} out of the settings until there is one"
                ) from None
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{self.key}: {self.path}: cannot be read as UTF-8 text ({type(error).__name__})"
            ) from error

    def rows(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Every row that has a value for each column, by the line it begins in; no white space around values.

        Empty rows are passed over; of a column of `more` that is not there the value is "".
        """
        rows = _numbered(text)
        first = next(rows, None)
        if first is None:
            return
        number, cells = first
        if isinstance(cells, str):
            self.mistake(number, cells)
            return
        names = [cell.strip().lower() for cell in cells]
        missing = [name for name in self.columns if name not in names]
        unknown = [name for name in names if name not in (*self.columns, *self.more)]
        if missing or unknown or len(set(names)) < len(names):
            wrong = f"has no column {missing[0]}" if missing else f"has a column {unknown or names} too many"
            more = "one more" if len(self.more) == 1 else "more"
            self.mistake(
                number,
                f"{wrong}; the first line should be {','.join(self.columns)}, separated by commas, "
                f"with {', '.join(self.more)} as {more} when needed",
            )
            return
        for number, cells in rows:
            if isinstance(cells, str):
                self.mistake(number, cells)
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                self.mistake(
                    number,
                    f"has {len(cells)} values for {len(names)} columns; "
                    "put quotes around a value with a comma",
                )
                continue
            written = dict(zip(names, (cell.strip() for cell in cells), strict=True))
            yield number, dict.fromkeys(self.more, "") | written

    def mistake(self, line: int, what: str) -> None:
        """Keep a mistake, to be told with the others."""
        self.mistakes.append(f"{self.path}, line {line}: {what}")

    def tell_mistakes(self) -> None:
        """Raise SettingsError with a line for each mistake, when there are any."""
        if self.mistakes:
            raise SettingsError("\n".join(self.mistakes))


def _numbered(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each row of the text with the line it begins in; a string instead of a row says what is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"is not CSV ({error}); close the quotes"
            return
        if cells:
            yield line, cells
