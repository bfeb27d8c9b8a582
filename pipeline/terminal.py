"""How a command talks: while it works, of its result, and of each error in one line; the rest is logged."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.errors import PostmortemsError, RunError, SettingsError

if TYPE_CHECKING:
    from pipeline.flow import RunSummary

Item = TypeVar("Item")
Command = TypeVar("Command", bound=Callable[..., Any])
log = logging.getLogger("pipeline")

#: What DuckDB makes of Ctrl-C, as a RuntimeError.
_INTERRUPTED_QUERY = "Query interrupted"


def in_one_line(command: Command) -> Command:
    """Turn every error into one line on standard error and an exit code; tracebacks go to the log."""

    @wraps(command)
    def call(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except PostmortemsError as error:
            log.debug("failed", exc_info=True)
            for line in str(error).splitlines():
                click.echo(f"postmortems: {line}", err=True)
            if isinstance(error, RunError) and command.__name__ in ("run", "build", "demo"):
                click.echo("Nothing was published; what was published before still stands.", err=True)
            raise SystemExit(error.exit_code) from None
        except click.exceptions.Exit:
            raise
        except click.ClickException:
            raise
        except BrokenPipeError:  # the reader of our output has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            raise SystemExit(1) from None
        except Exception as error:
            if str(error) == _INTERRUPTED_QUERY:
                click.echo("stopped", err=True)
                raise SystemExit(1) from None
            log.exception("a defect of this product")
            where = _log_file()
            told = f"the whole story is in {where}" if where else "run it again with --config to have a log"
            click.echo(f"postmortems: unexpected {type(error).__name__}: a defect of ours; {told}", err=True)
            raise SystemExit(1) from None

    return call  # type: ignore[return-value]


class Terminal:
    """Tells how a run goes: a progress bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()

    def say(self, line: str) -> None:
        """One line on standard error, so that standard output holds the summary only."""
        click.echo(line, err=True)

    def follow(self, items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
        """Pass `items` through under a progress bar, when there is someone to look at it."""
        if not self._is_terminal or (total is not None and total < 20):
            yield from items
            return
        with click.progressbar(items, length=total, label=what, file=sys.stderr) as bar:
            yield from bar


def painted(words: str, colour: str) -> str:
    """Words in that colour, for a terminal."""
    return click.style(words, fg=colour)


def plain(words: str, colour: str) -> str:
    """The same words, for anything else."""
    return words


def summarise(summary: RunSummary, *, is_as_of: bool = False) -> None:
    """The run's result as a person reads it, on standard output."""
    from pipeline.metrics.sentences import count_of

    count = {name: f"{number:,}" for name, number in summary.counts.items()}

    def of(name: str) -> str:
        return count.get(name, "0")

    lost = summary.counts.get("lost_overdue", 0)
    rows = [
        ("Documents", f"{of('documents')} listed, {of('postmortems')} of them postmortems"),
        ("Incidents", f"{of('incidents')}, {of('unresolved')} without a time to resolve"),
        ("Planned work", f"{of('planned')}, left out of the incident figures"),
        (
            "Action items",
            f"{of('action_items')}: {of('done')} done, {of('declined')} declined, {of('open')} open "
            f"({of('overdue')} overdue, {of('ignored')} ignored), {of('unknown')} of unknown outcome"
            + (f" ({lost:,} deleted or hidden while open and late)" if lost else ""),
        ),
        (
            "Findings",
            ", ".join(
                count_of(summary.counts.get(f"findings_{level}", 0), word)
                for level, word in (("error", "error"), ("warning", "warning"), ("info", "hint"))
            ),
        ),
        ("Time", ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in summary.seconds.items())),
        ("Published", f"{summary.published} as of {summary.as_of:%Y-%m-%d %H:%M} UTC"),
    ]
    if summary.unasked_count:
        unasked = count_of(summary.unasked_count, "issue")
        rows.insert(-2, ("Links to pages", f"{unasked} not yet asked for them"))
    if is_as_of:
        rows.insert(
            1,
            (
                "Known to exist",
                f"{of('documents_listed')} by a fetch, {of('documents_written')} by the source's dates, "
                f"{of('documents_incident')} only because what they tell of had ended",
            ),
        )
    for label, text in rows:
        click.echo(f"{label:<14} {text}")


def start_log(path: Path) -> None:
    """Everything from DEBUG up goes to the log file; nothing of it to the terminal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=2, encoding="utf-8", delay=True)
    except OSError as error:
        raise SettingsError(f"paths.log: {path} cannot be written ({error.strerror})") from error
    logging.raiseExceptions = False  # a log that cannot be written is no reason for a traceback
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.handlers[:] = [handler]
    log.setLevel(logging.DEBUG)
    log.propagate = False


def _log_file() -> str | None:
    return next((each.baseFilename for each in log.handlers if isinstance(each, RotatingFileHandler)), None)
