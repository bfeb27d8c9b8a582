"""The doctor as a whole: its command, its table of checks, what it says, leaves alone and keeps to itself."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.demo.jira.server import serve_jira
from pipeline.doctor import CHECKS, Check, Finding, as_lines, examine
from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import ok, warning, wrong
from pipeline.errors import SourceError
from pipeline.settings import FolderSource, Settings
from tests.doctor.examined import EMAIL, TOKEN, answering, jira, small_jira


@pytest.fixture(autouse=True)
def _quiet_log() -> object:
    """Give the logger back as it was: the command points it at a file."""
    logger = logging.getLogger("pipeline")
    before = (list(logger.handlers), logger.level, logger.propagate)
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before


def call(folder: Path, settings: str, *arguments: str) -> Result:
    """`postmortems doctor` with these settings."""
    (folder / "postmortems.toml").write_text(settings, encoding="utf-8")
    config = ["--config", str(folder / "postmortems.toml")]
    return CliRunner().invoke(main, ["doctor", *config, *arguments])


# --- the table --------------------------------------------------------------------------------------------


def test_checks_stand_in_the_order_of_their_needs() -> None:
    """Each has its own name, and needs only what was looked at before it."""
    names = [check.name for check in CHECKS]
    assert sorted(set(names)) == sorted(names)
    for place, check in enumerate(CHECKS):
        assert set(check.needs) <= set(names[:place]), check.name
        assert check.ask.__doc__, check.name


def test_every_check_stands_in_the_documentation() -> None:
    """docs/jira.md has a row for each."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "jira.md").read_text(encoding="utf-8")
    told = [name for row in re.findall(r"^\| ([a-z].*?) \|", page, re.MULTILINE) for name in row.split(", ")]
    assert sorted(told) == sorted([*(check.name for check in CHECKS), "what"])


def test_a_failure_ends_what_needs_it_and_nothing_else() -> None:
    """An error of ours and a defect are lines; the checks that need theirs are skipped, the others asked."""

    def fails(examination: Examination) -> Iterator[Finding]:
        yield ok("first", "begins well")
        raise SourceError("first: the wire is cut; mend it")

    def breaks(examination: Examination) -> Iterator[Finding]:
        raise ZeroDivisionError("deep inside")

    def works(examination: Examination) -> Iterator[Finding]:
        yield warning("part of third", "is thin", "feed it")
        yield wrong("part of third", "is bent", "straighten it")

    def told(name: str) -> Check:
        return Check(name, lambda examination: [ok(name, "fine")], needs=(needs[name],))

    needs = {"of first": "first", "of that": "of first", "of second": "second", "of third": "third"}
    checks = [Check("first", fails), Check("second", breaks), Check("third", works), *map(told, needs)]
    settings = Settings(sources=[FolderSource(name="a", path=Path("a"))])
    assert list(examine(settings, checks=checks))[:-1] == [
        ok("first", "begins well"),
        wrong("first", "the wire is cut", "mend it"),
        wrong(
            "second",
            "could not be looked at (ZeroDivisionError): a defect of ours",
            "send its maintainers the end of the log",
        ),
        warning("part of third", "is thin", "feed it"),
        wrong("part of third", "is bent", "straighten it"),
        Finding("of first", "skipped", "not asked before “first” is right"),
        Finding("of that", "skipped", "not asked before “first” is right"),
        Finding("of second", "skipped", "not asked before “second” is right"),
        ok("of third", "fine"),
    ]


# --- what it says -----------------------------------------------------------------------------------------


def test_lines_have_their_columns() -> None:
    """Sign, what was looked at, what was found and what to do; what is skipped for one reason is one line."""
    findings = [
        ok("disk", "79.1 GB free"),
        warning("jira.fields.story_points", "two fields", "set one"),
        Finding("jira jql", "skipped", "not asked"),
        Finding("jira issues", "skipped", "not asked"),
        Finding("jira clock", "skipped", "for another reason"),
        wrong("source wiki", "is gone", "find it"),
    ]
    assert list(as_lines(findings)) == [
        "ok       disk                     79.1 GB free",
        "warning  jira.fields.story_points two fields; set one",
        "skipped  jira                     jql, issues: not asked",
        "skipped  jira clock               for another reason",
        "wrong    source wiki              is gone; find it",
        "",
        "1 wrong, 1 warning; mend the first that is wrong, which may explain the others",
    ]
    assert list(as_lines(findings[:2]))[-1] == "Nothing is wrong; 1 warning."
    assert next(as_lines(findings[:1], lambda words, colour: f"<{colour}>{words}")) == (
        "<green>ok       disk                     79.1 GB free"
    )


def test_the_exit_code_tells_whether_something_is_wrong(tmp_path: Path) -> None:
    """0 with warnings, 1 when anything is wrong."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        well = call(tmp_path, jira(served.url, 'jql = "labels = nobodys"'))
        assert (well.exit_code, well.stdout.splitlines()[-1]) == (0, "Nothing is wrong; 1 warning.")
        badly = call(tmp_path, jira(served.url, 'projects = ["GONE"]'))
    assert (badly.exit_code, badly.stdout.splitlines()[-1]) == (
        1,
        "1 wrong, 0 warnings; mend the first that is wrong, which may explain the others",
    )


def test_findings_for_programs(tmp_path: Path) -> None:
    """JSON with a count of each state, and every finding with the same four keys."""
    with serve_jira(small_jira(), email=EMAIL, token="another") as served:
        result = call(tmp_path, jira(served.url), "--format", "json")
    content = json.loads(result.stdout)
    assert result.exit_code == 1
    assert content["counts"] == {
        state: sum(each["state"] == state for each in content["findings"])
        for state in ("ok", "warning", "wrong", "skipped")
    }
    assert content["counts"]["wrong"] == 1
    assert [each for each in content["findings"] if each["check"] in ("jira sign-in", "jira statuses")] == [
        {"check": "jira sign-in", "state": "ok", "found": f"with the API token of {EMAIL}", "mend": None},
        {
            "check": "jira statuses",
            "state": "skipped",
            "found": "not asked, as Jira refused the credentials",
            "mend": None,
        },
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_settings_that_cannot_be_read(tmp_path: Path, form: str) -> None:
    """Every mistake is a finding; nothing else can be looked at."""
    result = call(tmp_path, '[jira]\nurl = "jira.example"\ncolour = "red"\n', "--format", form)
    path = tmp_path / "postmortems.toml"
    assert result.exit_code == 1
    if form == "text":
        assert result.stdout.splitlines() == [
            f"wrong    settings                 {path}: jira.url: should be an address beginning with "
            'https://, not "jira.example"',
            f"wrong    settings                 {path}: jira.colour: is not a setting; "
            f"{re.findall('known here: .*|did you mean .*', result.stdout)[0]}",
            "",
            "2 wrong, 0 warnings; mend the first that is wrong, which may explain the others",
        ]
    else:
        assert json.loads(result.stdout)["counts"] == {"ok": 0, "warning": 0, "wrong": 2, "skipped": 0}


def test_no_settings(tmp_path: Path) -> None:
    """A file that is not there is told with how to have one."""
    result = CliRunner().invoke(main, ["doctor", "--config", str(tmp_path / "none.toml")])
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        1,
        f"wrong    settings                 {tmp_path / 'none.toml'}: there is no such file; "
        "write one with `postmortems init`",
    )


# --- what it leaves alone, and keeps to itself --------------------------------------------------------------


def test_no_secret_is_said_or_written(tmp_path: Path) -> None:
    """Not even one that a server sends back, in words or in a header, or that stands in a query."""
    pair = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
    known = {
        "/rest/api/2/serverInfo": {
            "deploymentType": "Cloud",
            "version": TOKEN,
            "baseUrl": f"https://{TOKEN}",
        },
        "/rest/api/2/myself": {"accountId": "1", "displayName": f"I am {TOKEN}", "timeZone": TOKEN},
        "/rest/api/2/project/search": {"values": [{"key": TOKEN.upper()}, {"key": TOKEN}], "isLast": True},
        "/rest/api/2/status": [{"id": "1", "name": f"Basic {pair}", "statusCategory": {"key": "none"}}],
    }

    def answer(path: str) -> tuple[int, dict[str, str], object]:
        if path in known:
            return 200, {"X-RateLimit-Limit": TOKEN}, known[path]
        return 400, {}, {"errorMessages": [f"You sent {TOKEN}, as {pair}"]}

    with answering(answer) as url:
        result = call(tmp_path, jira(url, f'jql = "text ~ {TOKEN}"'))
    assert "ok       jira account             signed in as I am …" in result.stdout
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".toml"]
    assert [path.name for path in written] == ["postmortems.log"]
    for content in (result.output.encode(), *(path.read_bytes() for path in written)):
        assert TOKEN.encode() not in content
        assert pair.encode() not in content


def test_nothing_is_changed(tmp_path: Path) -> None:
    """Jira is only read, and what was published, fetched and set stays byte for byte."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "search.md").write_text("# Search was down\n", encoding="utf-8")
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        settings = (
            jira(served.url, 'jql = "labels = postmortem"') + '[[sources]]\nname = "docs"\npath = "docs"\n'
        )
        config = str(tmp_path / "postmortems.toml")
        assert call(tmp_path, settings).exit_code == 0
        assert CliRunner().invoke(main, ["run", "--config", config]).exit_code == 0
        version = served.state.version
        before = _files(tmp_path)
        assert call(tmp_path, settings).exit_code == 0
        assert _files(tmp_path) == before
        assert served.state.version == version
    posted = {request.endpoint for request in served.requests if request.method == "POST"}
    assert posted == {"search/jql", "search/approximate-count", "issue/bulkfetch"}, "POSTs that only read"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "postmortems.log"
    }
