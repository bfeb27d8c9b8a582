"""The command line: what it says, and what it returns."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline import cli, terminal
from pipeline.cli import main
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.flow import RunSummary
from pipeline.taxonomy import default_taxonomy_text

POSTMORTEM = (
    "# Search was down\n\n- **Severity**: SEV1\n\n## Timeline\n\nAll times in UTC.\n\n"
    "- 2024-03-01 09:00 outage started\n- 2024-03-01 10:00 resolved\n"
)


@pytest.fixture(autouse=True)
def _quiet_log() -> object:
    """Give the logger back as it was: the command points it at a file."""
    logger = logging.getLogger("pipeline")
    before = (list(logger.handlers), logger.level, logger.propagate)
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before


def call(*arguments: str | Path) -> Result:
    """Call `postmortems` as from a shell."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def company(folder: Path, more: str = "") -> Path:
    """A settings file with one folder holding one postmortem."""
    (folder / "docs").mkdir()
    (folder / "docs" / "search.md").write_text(POSTMORTEM, encoding="utf-8")
    config = folder / "postmortems.toml"
    config.write_text(f'[[sources]]\nname = "docs"\npath = "docs"\n{more}', encoding="utf-8")
    return config


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_teaches_by_example(name: str) -> None:
    """Each command's help ends with examples that call it."""
    result = call(name, "--help")
    assert result.exit_code == 0
    examples = result.output.split("Examples:\n")[1].splitlines()
    assert examples
    assert all(
        re.match(rf"\s+(JIRA_TOKEN=… )?postmortems {name}\b", line) for line in examples if line.strip()
    )


def test_init_writes_the_sample_once(tmp_path: Path) -> None:
    """The sample is written where asked, and never over a file that stands there."""
    config = tmp_path / "deep" / "postmortems.toml"
    first = call("init", "--config", config)
    assert (first.exit_code, first.output) == (
        0,
        f"Wrote {config}. Edit its [[sources]], then: postmortems run --config {config}\n",
    )
    assert config.read_text(encoding="utf-8") == cli.SAMPLE.read_text(encoding="utf-8")
    config.write_text("mine", encoding="utf-8")
    second = call("init", "--config", config)
    assert (second.exit_code, second.output) == (
        2,
        f"postmortems: {config}: stands there already; edit it, or name another with --config\n",
    )
    assert config.read_text(encoding="utf-8") == "mine"


def test_run_ends_with_a_summary(tmp_path: Path) -> None:
    """A run says what it read and found, where it published, and how long each stage took."""
    result = call("run", "--config", company(tmp_path))
    assert result.exit_code == 0, result.output
    summary = dict(re.split(r"  +", line, maxsplit=1) for line in result.stdout.splitlines() if "  " in line)
    assert summary["Documents"] == "1 listed, 1 of them postmortems"
    assert summary["Incidents"] == "1, 0 without a time to resolve"
    assert summary["Planned work"] == "0, left out of the incident figures"
    assert summary["Action items"] == (
        "0: 0 done, 0 declined, 0 open (0 overdue, 0 ignored), 0 of unknown outcome"
    )
    assert re.fullmatch(r"\d+ errors?, \d+ warnings?, \d+ hints?", summary["Findings"])
    assert re.fullmatch(r"(\w+ \d+\.\d s(, )?){5}", summary["Time"])
    assert re.search(r"build-\S+\.duckdb as of \d{4}-\d\d-\d\d \d\d:\d\d UTC$", summary["Published"])
    assert "docs: 1 document, 1 read, 0 gone" in result.stderr


def test_build_needs_no_source(tmp_path: Path) -> None:
    """After a run, the tables are built anew though the documents are gone."""
    config = company(tmp_path)
    assert call("run", "--config", config).exit_code == 0
    (tmp_path / "docs" / "search.md").unlink()
    result = call("build", "--config", config)
    assert result.exit_code == 0
    assert "1 listed, 1 of them postmortems" in result.stdout


def test_a_build_of_the_past_is_found_by_what_it_was_made_of(tmp_path: Path) -> None:
    """What `build --as-of` takes, a day or a time, names that build to `restate` and to `dashboard`, too."""
    config = company(tmp_path, '\n[company]\ntime_zone = "Asia/Tokyo"\n')
    assert call("run", "--config", config).exit_code == 0
    for as_of, name in (
        ("2026-09-30", "as-of-2026-09-30.duckdb"),
        ("2026-09-30T12:00", "as-of-2026-09-30T120000.duckdb"),
        ("2026-09-30T12:00+02:00", "as-of-2026-09-30T100000.duckdb"),
    ):
        missing = call("restate", as_of, "--config", config)
        assert missing.exit_code == 1
        (made,) = re.findall(r"make it with `postmortems (build --as-of \S+)`$", missing.stderr.strip())
        built = call(*made.split(), "--config", config)
        assert built.exit_code == 0, built.output
        assert f"{tmp_path / 'data' / 'published' / name} as of " in built.stdout
        restated = call("restate", as_of, "--config", config)
        assert restated.exit_code == 0, restated.output
        # The build is found before it is seen that nobody may serve it so.
        served = call("dashboard", "--build", as_of, "--address", "0.0.0.0", "--config", config)
        assert (served.exit_code, "holds no build" in served.stderr) == (2, False), served.output


@pytest.mark.parametrize(
    ("count", "told"), [(0, []), (1_200, ["Links to pages 1,200 issues not yet asked for them"])]
)
def test_issues_not_asked_for_links_are_told_once_if_any(
    count: int, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A run asks few of them each time: the summary says how many are left, and nothing when none is."""
    summary = RunSummary(Path("x.duckdb"), datetime(2024, 6, 1), {}, {}, unasked_count=count)
    terminal.summarise(summary)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Links to pages")] == told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (
            ("run", "--config", "none.toml"),
            2,
            "none.toml: there is no such file; write one with `postmortems init`",
        ),
        (("status", "--config", "none.toml"), 2, "none.toml: there is no such file"),
        (("run", "--conifg", "x"), 2, "No such option '--conifg'. Did you mean '--config'?"),
        (("demo", "--incidents", "0"), 2, "0 is not in the range 1<=x<=1000000"),
        (("rum",), 2, "No such command 'rum'. Did you mean 'run'?"),
    ],
)
def test_a_wrong_call_exits_2(tmp_path: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    """A wrong call or setting is told in one line, without a traceback."""
    result = call(*arguments)
    assert result.exit_code == code
    assert told in result.output
    assert "Traceback" not in result.output


def test_a_failed_run_exits_1(tmp_path: Path) -> None:
    """A run that cannot read its source says why, and that what was published stands."""
    config = company(tmp_path)
    (tmp_path / "docs").rename(tmp_path / "away")
    result = call("run", "--config", config)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"postmortems: source docs: {tmp_path / 'docs'} is no folder; mend its path in the settings",
        "Nothing was published; what was published before still stands.",
    ]


def test_a_second_run_is_told_who_runs(tmp_path: Path) -> None:
    """While one run is at work, another names it and exits 1; when it is done, the next completes."""
    config = company(tmp_path)
    hold = (
        "import sys; from pathlib import Path; from pipeline.warehouse import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(tmp_path / "data" / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = call("run", "--config", config)
        holder.communicate("")
    assert result.exit_code == 1
    assert re.match(
        rf"postmortems: a run is in progress: process {holder.pid}, since .* UTC, holds .*warehouse\.duckdb; "
        r"wait for it, or stop it, and run again\n",
        result.output,
    )
    assert call("run", "--config", config).exit_code == 0


def test_a_defect_is_one_line_and_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception nobody foresaw shows no traceback; the log holds it whole."""
    from pipeline import flow

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(flow, "run", fail)
    result = call("run", "--config", company(tmp_path))
    log = tmp_path / "data" / "postmortems.log"
    assert (result.exit_code, result.output) == (
        1,
        f"postmortems: unexpected ZeroDivisionError: a defect of ours; the whole story is in {log}\n",
    )
    assert "ZeroDivisionError: deep inside" in log.read_text(encoding="utf-8")


def test_the_token_never_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Jira refuses the token, the run stops at once, and no byte written anywhere holds it."""
    monkeypatch.setenv("JIRA_TOKEN", "planted-s3cret")
    with serve_jira(JiraState(), email="me@example.com", token="another") as jira:
        more = f'\n[jira]\nurl = "{jira.url}"\nemail = "me@example.com"\njql = "project = A"\n'
        result = call("run", "--config", company(tmp_path, more))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-2:] == [
        f"postmortems: jira: {jira.url} refuses the token of me@example.com; "
        "make a new one and put it where jira.token_env or jira.token_file says; "
        "the rest was fetched and is kept",
        "Nothing was published; what was published before still stands.",
    ]
    asked = [request.endpoint for request in jira.requests]
    assert asked == ["serverInfo", "project/search"], "another try may lock the account"
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 3
    for content in (result.output.encode(), *(path.read_bytes() for path in written)):
        assert b"planted-s3cret" not in content


def test_a_stopped_dashboard_leaves_no_server_behind(tmp_path: Path, demo_build: Path) -> None:
    """When the command is stopped as a service manager does it, its web server ends, too."""
    config = tmp_path / "postmortems.toml"
    config.write_text(f'[paths]\npublished = "{demo_build}"\n', encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "dashboard",
        "--config",
        str(config),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        assert any(f"http://127.0.0.1:{port}" in line for line in process.stdout)
        process.terminate()
        assert process.wait(timeout=30) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_help_imports_nothing_heavy() -> None:
    """`--help` answers without the database, the frames, the page or the Jira client."""
    code = (
        "import sys; from pipeline.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'duckdb', 'polars', 'streamlit', 'jira', 'scipy', 'altair', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answered = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answered.stdout.splitlines()[-1] == "[]"


def test_init_writes_the_categories_to_edit(tmp_path: Path) -> None:
    """`init --taxonomy` writes those that ship, over no file that stands there, and says what to set."""
    path = tmp_path / "taxonomy.toml"
    result = call("init", "--taxonomy", path)
    assert result.exit_code == 0, result.output
    assert path.read_text(encoding="utf-8") == default_taxonomy_text()
    assert result.stdout == f'Wrote {path}. Edit it, then set in postmortems.toml: taxonomy = "{path}"\n'
    again = call("init", "--taxonomy", path)
    assert (again.exit_code, again.stderr) == (
        2,
        f"postmortems: {path}: stands there already; edit it, or name another with --taxonomy\n",
    )
