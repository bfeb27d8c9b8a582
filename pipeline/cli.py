"""The command `postmortems`: one call per command; every error becomes one line and an exit code.

0: done. 1: the run failed, and what was published before still stands. 2: the call or a setting was wrong.
"""

from __future__ import annotations

import getpass
import logging
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.errors import SettingsError
from pipeline.terminal import Terminal, in_one_line, painted, plain, start_log, summarise

if TYPE_CHECKING:
    from pipeline.doctor import Finding
    from pipeline.settings import Settings

Item = TypeVar("Item")
Command = TypeVar("Command", bound=Callable[..., Any])
SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "postmortems.toml"
log = logging.getLogger("pipeline")

config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=Path("postmortems.toml"),
    show_default=True,
    help="The settings file.",
)
port_option = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port of the dashboard; the first free one from 8501 unless set.",
)
address_option = click.option(
    "--address", default="127.0.0.1", show_default=True, help="Address the dashboard listens on."
)

open_option = click.option(
    "--open-to-everyone",
    is_flag=True,
    help="Serve other machines without sign-in, to everyone who reaches the address.",
)


def _examples(*lines: str) -> str:
    """Examples under a command's help, kept line by line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_examples(
        "postmortems demo                 an invented company, to see what this does",
        "postmortems init                 write postmortems.toml, then edit it",
        "postmortems doctor               what to mend before it can run",
        "postmortems run                  fetch, parse, build, check and publish",
        "postmortems dashboard            look at what was published",
        "postmortems lint postmortems/    what authors can mend, before it is merged",
    ),
)
@click.version_option(package_name="postmortem-analytics", prog_name="postmortems")
def main() -> None:
    """Learn from incidents: read postmortems, follow their action items in Jira, see what they say."""


@main.command(
    epilog=_examples(
        "postmortems init",
        "postmortems init --config teams/payments.toml",
        "postmortems init --taxonomy taxonomy.toml      only the categories of causes, to edit",
    )
)
@config_option
@click.option(
    "--taxonomy",
    type=click.Path(path_type=Path),
    help="Write the categories of causes and triggers to this file instead.",
)
@in_one_line
def init(config: Path, taxonomy: Path | None) -> None:
    """Write a documented settings file to start from."""
    if taxonomy is not None:
        from pipeline.taxonomy import default_taxonomy_text

        _write_new(taxonomy, default_taxonomy_text(), "--taxonomy")
        click.echo(f'Wrote {taxonomy}. Edit it, then set in {config}: taxonomy = "{taxonomy}"')
        return
    _write_new(config, SAMPLE.read_text(encoding="utf-8"), "--config")
    click.echo(f"Wrote {config}. Edit its [[sources]], then: postmortems run --config {config}")


def _write_new(path: Path, text: str, option: str) -> None:
    """Write a file for people to edit, over none that stands there."""
    if path.exists():
        raise SettingsError(f"{path}: stands there already; edit it, or name another with {option}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror})") from error


@main.command(
    epilog=_examples(
        "postmortems run",
        "postmortems run --config ops/postmortems.toml",
        "JIRA_TOKEN=… postmortems run      the token comes from the environment, never from the file",
        "postmortems run --sweep           look at every Jira issue now, not only once a day",
    )
)
@config_option
@click.option(
    "--sweep", is_flag=True, help="Look at every Jira issue now, for what was deleted, moved or hidden."
)
@click.option(
    "--accept-vanished",
    is_flag=True,
    help="Take for gone what is there no more, though it is half of the issues or pages, or all documents.",
)
@in_one_line
def run(config: Path, sweep: bool, accept_vanished: bool) -> None:
    """Fetch documents and Jira issues, read them, build and check the tables, and publish them."""
    settings = _settings(config)
    from pipeline import flow

    summarise(flow.run(settings, Terminal(), sweep=sweep, accept_vanished=accept_vanished))


@main.command(
    epilog=_examples(
        "postmortems build                        after a change of settings: no fetch, the same raw data",
        "postmortems build --as-of 2026-09-30     as they would have been at the end of that day",
        "postmortems build --as-of 2026-09-30T12:00      at that time in UTC",
    )
)
@config_option
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    help="Only what was known by then counts. Published as a file of its own; the current build stays.",
)
@in_one_line
def build(config: Path, as_of: str | None) -> None:
    """Build, check and publish the tables anew from what was fetched before."""
    settings = _settings(config)
    from pipeline import flow
    from pipeline.past import moment_of

    moment = None if as_of is None else moment_of(as_of, settings.company.time_zone)
    summary = flow.build(settings, Terminal(), as_of=moment)
    summarise(summary, is_as_of=moment is not None)


@main.command(
    epilog=_examples(
        "postmortems dashboard",
        "postmortems dashboard --port 9000 --base-path /postmortems     behind a proxy",
        "postmortems dashboard --address 0.0.0.0       with [access] in the settings",
        "postmortems dashboard --build 2026-09-30      what `postmortems build --as-of` made",
    )
)
@config_option
@click.option(
    "--build",
    "build_name",
    metavar="FILE",
    help="Another build than the current one: its file, or its --as-of.",
)
@port_option
@address_option
@click.option(
    "--base-path",
    help="Path below which a proxy serves the dashboard, as /postmortems; that of access.url unless set.",
)
@open_option
@in_one_line
def dashboard(
    config: Path,
    build_name: str | None,
    port: int | None,
    address: str,
    base_path: str | None,
    open_to_everyone: bool,
) -> None:
    """Serve what was published, until Ctrl-C.

    Nobody signs in unless the settings have [access]; other machines are served only then.
    """
    settings = _settings(config)
    shown = settings.published_path
    if build_name is not None:
        from pipeline.restating import build_file

        shown = build_file(shown, build_name, settings.company.time_zone)
    raise SystemExit(_serve(settings, shown, port, address, base_path, open_to_everyone=open_to_everyone))


@main.command(
    epilog=_examples(
        "postmortems restate 2026-09-30 --from 2026-07-01      July to September, then and now",
        "postmortems restate data/published/build-20261001T020000-a1b2.duckdb 2026-09-30",
        "postmortems restate 2026-09-30 --format csv > restated.csv",
    )
)
@config_option
@click.argument("then")
@click.argument("now", required=False)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day of the period.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last; the day of THEN unless set.")
@click.option("--team", "teams", multiple=True, metavar="NAME", help="Only of this team; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "csv", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@in_one_line
def restate(
    config: Path,
    then: str,
    now: str | None,
    first: datetime | None,
    last: datetime | None,
    teams: tuple[str, ...],
    form: str,
) -> None:
    """Say what is stated of a period otherwise now than then, row by row, and why.

    THEN and NOW are builds: a file, or the day or time of one that `postmortems build --as-of` made. NOW is
    the current build unless named.
    """
    settings = _settings(config)
    from pipeline.metrics import Filters
    from pipeline.restating import describe_restatement

    filters = Filters(first and first.date(), last and last.date(), teams)
    told = describe_restatement(settings.published_path, then, now, filters, form, settings.company.time_zone)
    click.echo(told, nl=False)


@main.command(
    epilog=_examples(
        "postmortems doctor",
        "postmortems doctor --config ops/postmortems.toml",
        "postmortems doctor --format json > findings.json",
    )
)
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@in_one_line
def doctor(config: Path, form: str) -> None:
    """Look at everything a run needs, and say in one line each what to mend.

    Settings, files, sources, and the Jira: address, credentials, rights, clock, fields. Nothing is fetched,
    changed or published. The exit code is 0 when nothing is wrong, and 1 otherwise.
    """
    from pipeline.doctor import as_json, as_lines, examine, unusable_settings

    try:
        findings = examine(_settings(config))
    except SettingsError as error:
        findings = unusable_settings(error)
    told: list[Finding] = []

    def noted() -> Iterator[Finding]:
        for finding in findings:
            told.append(finding)
            yield finding

    if form == "json":
        click.echo(as_json(noted()), nl=False)
    else:
        is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for line in as_lines(noted(), painted if is_coloured else plain):
            click.echo(line)
    if any(finding.state == "wrong" for finding in told):
        raise SystemExit(1)


@main.command(epilog=_examples("postmortems status", "postmortems status --config ops/postmortems.toml"))
@config_option
@in_one_line
def status(config: Path) -> None:
    """Say what is published, how fresh it is, and what was skipped and why."""
    settings = _settings(config)
    from pipeline.status import describe_status

    for line in describe_status(settings.published_path, settings.warehouse_path):
        click.echo(line)


@main.command(
    epilog=_examples(
        "postmortems review",
        "postmortems review --limit 50 --format csv --who 'Ana Silva' > rows.csv",
    )
)
@config_option
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="How many.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv"]),
    default="text",
    show_default=True,
    help="csv: rows for reviewed.csv, with each value as read, to correct or to confirm.",
)
@click.option("--who", help="Who reviews, for csv; your login unless set.")
@in_one_line
def review(config: Path, limit: int, form: str, who: str | None) -> None:
    """List what most needs a person's eye, by what it costs the figures."""
    settings = _settings(config)
    from pipeline.review_queue import describe_review, review_rows

    if form == "csv":
        today = datetime.now(UTC).date()
        click.echo(review_rows(settings.published_path, limit, who=who or _login(), when=today), nl=False)
        return
    for line in describe_review(settings.published_path, limit):
        click.echo(line)


@main.command(
    epilog=_examples(
        "postmortems demo",
        "postmortems demo --no-dashboard --directory /tmp/demo --incidents 40 --seed 7",
    )
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/demo"),
    show_default=True,
    help="Where the invented company is written.",
)
@click.option(
    "--incidents",
    type=click.IntRange(1, 1_000_000),
    default=240,
    show_default=True,
    help="How many incidents.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another company.")
@click.option("--no-dashboard", is_flag=True, help="Stop after publishing.")
@port_option
@address_option
@open_option
@in_one_line
def demo(
    directory: Path,
    incidents: int,
    seed: int,
    no_dashboard: bool,
    port: int | None,
    address: str,
    open_to_everyone: bool,
) -> None:
    """Invent a company, run everything on it against a Jira that speaks HTTP, and serve its dashboard."""
    from pipeline import flow
    from pipeline.demo.stage import staged_company

    terminal = Terminal()
    began = time.perf_counter()
    with staged_company(directory, incidents=incidents, seed=seed) as staged:
        terminal.say(f"invented {staged.description}, in {directory}")
        settings = _settings(staged.settings_path)
        summarise(flow.run(settings, terminal, as_of=staged.as_of))
        terminal.say(f"done in {time.perf_counter() - began:.1f} s; every name and number here is invented")
        if no_dashboard:
            return
        raise SystemExit(
            _serve(settings, settings.published_path, port, address, open_to_everyone=open_to_everyone)
        )


@main.command(
    epilog=_examples(
        "postmortems lint postmortems/2024-03-01-checkout-down.md",
        "postmortems lint --threshold 0.8 postmortems/",
        "postmortems lint --format github postmortems/ # in a workflow, to annotate the change",
        "postmortems lint --format sarif postmortems/ > lint.sarif",
        "postmortems lint - < draft.md",
        "postmortems lint --rules",
    )
)
@click.argument("paths", nargs=-1, metavar="PATH…")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The settings file; postmortems.toml if there is one, and none is needed.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "sarif", "github")),
    default="text",
    show_default=True,
    help="For people, for programs, for code scanning, or as annotations of a GitHub workflow.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="The lowest completeness score that passes; minimum_score of the settings unless set.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "never")),
    help="The level of finding that fails; fail_on of the settings unless set.",
)
@click.option("--rules", is_flag=True, help="List the rules instead.")
@in_one_line
def lint(
    paths: tuple[str, ...],
    config: Path | None,
    form: str,
    threshold: float | None,
    fail_on: str | None,
    rules: bool,
) -> None:
    """Say what authors can mend in postmortems: what is missing, contradictory or blames people.

    PATH is a file, a folder, or - for standard input. The exit code is 0 when nothing falls short, 1 when a
    document is below the threshold or has a finding of the level that fails, and 2 when the call is wrong.
    """
    from pipeline.linting import outputs
    from pipeline.linting.check import check_paths

    if rules:
        click.echo(outputs.rules_as_text(), nl=False)
        return
    if not paths:
        raise click.UsageError("Name a file, a folder, or - for standard input.")
    checked = check_paths(paths, config, sys.stdin.buffer, minimum_score=threshold, fail_on=fail_on)
    if form == "text":
        is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        told = outputs.as_text(checked.documents, painted if is_coloured else plain)
    else:
        write = {"json": outputs.as_json, "sarif": outputs.as_sarif, "github": outputs.as_annotations}[form]
        told = write(checked.documents)
    click.echo(told, nl=False)
    if checked.has_failed:
        raise SystemExit(1)


@main.command(
    epilog=_examples(
        'postmortems new "Checkout down"',
        'postmortems new "Checkout down" --started "2024-03-01 09:30 UTC+1" --severity SEV2',
        'postmortems new "Checkout down" --service checkout --service payments --output postmortems/',
    )
)
@click.argument("title")
@click.option(
    "--started", metavar="TIME", help="When it began, as in 2024-03-01 09:30 UTC+1; UTC unless said."
)
@click.option("--severity", metavar="WORD", help="As in SEV2.")
@click.option(
    "--service", "services", multiple=True, metavar="NAME", help="An affected service; may be repeated."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path(),
    help="A folder, where the file is called YYYY-MM-DD-title.md, or a file; this folder unless set.",
)
@click.option("--force", is_flag=True, help="Write over a file that stands there.")
@in_one_line
def new(
    title: str,
    started: str | None,
    severity: str | None,
    services: tuple[str, ...],
    output: Path,
    force: bool,
) -> None:
    """Write the template of a postmortem, with what is known of the incident filled in."""
    from pipeline.documents.template import Draft, file_name, postmortem_markdown
    from pipeline.documents.times.moments import lone_moment

    if not title.strip():
        raise click.BadParameter("say in a few words what failed", param_hint="TITLE")
    start = lone_moment(started) if started is not None else None
    if started is not None and start is None:
        raise click.BadParameter("write date and time, as in 2024-03-01 09:30 UTC+1", param_hint="--started")
    at, zone = start or (None, UTC)
    draft = Draft(title, severity_label=severity, services=services, started_at=at, zone=zone)
    day = at.replace(tzinfo=UTC).astimezone(zone).date() if at else date.today()
    path = output / file_name(title, day) if output.is_dir() or not output.suffix else output
    if path.exists() and not force:
        raise SettingsError(f"{path}: stands there already; name another with --output, or add --force")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(postmortem_markdown(draft), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror})") from error
    click.echo(f"Wrote {path}. Fill it in, then: postmortems lint {shlex.quote(str(path))}")


@main.command(
    epilog=_examples(
        "postmortems evaluate --golden golden/ --documents postmortems/",
        "postmortems evaluate --golden golden/ --documents docs/ --time-zone uk-team=Europe/London",
    )
)
@click.option(
    "--golden",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of CSV files holding what the documents state.",
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of the documents.",
)
@click.option(
    "--time-zone",
    "zones",
    multiple=True,
    metavar="FOLDER=ZONE",
    help="Time zone of one folder of the documents, or of all with .=ZONE; UTC unless set.",
)
@in_one_line
def evaluate(golden: Path, documents: Path, zones: tuple[str, ...]) -> None:
    """Compare what the parser reads with what is known to stand in the documents, field by field."""
    from pipeline.evaluate import evaluate as compare
    from pipeline.evaluate import evaluation_table, zones_of_folders

    rows = compare(golden, documents, time_zones=zones_of_folders(zones, documents))
    click.echo(evaluation_table(rows))
    if any(row.wrong or row.invented for row in rows):
        raise SystemExit(1)


def _settings(config: Path) -> Settings:
    from pipeline.settings import load_settings

    settings = load_settings(config)
    start_log(settings.log_path)
    return settings


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise SettingsError("--who: your login has no name here; say who reviews, as in --who Ana") from None


def _serve(
    settings: Settings,
    published: Path,
    port: int | None,
    address: str,
    base_path: str | None = None,
    *,
    open_to_everyone: bool,
) -> int:
    """Run the dashboard's server in the foreground; returns its exit code."""
    from dashboard.launch import base_path_of, check_openness, secrets_file, streamlit_command

    check_openness(address, settings.access, open_to_everyone=open_to_everyone)
    below = base_path_of(base_path, settings.access)
    # A service manager stops us by SIGTERM: neither the server nor its secrets must outlive this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with secrets_file(settings) as secrets:
        command, extra = streamlit_command(
            published,
            port=port,
            address=address,
            base_path=below,
            access=settings.access,
            secrets=secrets,
        )
        with subprocess.Popen(command, env=os.environ | extra) as process:  # noqa: S603  our own page
            try:
                return process.wait()
            except KeyboardInterrupt:
                return 0
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
