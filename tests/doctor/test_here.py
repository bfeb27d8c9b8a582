"""What the doctor says of this machine: settings, files, warehouse, published builds, sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import flow
from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import Finding
from pipeline.doctor.here import build_age, files, space_left
from pipeline.settings import load_settings
from pipeline.sources.rest import Clock
from tests.doctor.examined import told
from tests.sources import confluence_server
from tests.sources.confluence_server import Page, Wiki

FOLDER = '[[sources]]\nname = "docs"\npath = "docs"\n'
NOBODY = 65534  # the user of that name on Linux


def company(folder: Path) -> str:
    """Settings of one folder with one postmortem."""
    (folder / "docs").mkdir()
    (folder / "docs" / "search.md").write_text(
        "# Search was down\n\n- 2024-03-01 09:00 UTC outage started\n- 2024-03-01 10:00 UTC resolved\n",
        encoding="utf-8",
    )
    return FOLDER


def test_before_the_first_run(tmp_path: Path) -> None:
    """Nothing is wrong with a machine on which nothing was done yet, and nothing is made by looking."""
    lines = told(tmp_path, company(tmp_path))
    assert [line for line in lines if " disk " not in line] == [
        "ok settings 1 source of documents, no Jira",
        "ok reviewed values none",
        "ok annotations none",
        f"ok files {tmp_path / 'data'}, {tmp_path / 'data' / 'published'} can be written to",
        f"ok warehouse there is none yet at {tmp_path / 'data' / 'warehouse.duckdb'}: the first run makes it",
        "ok published nothing yet: `postmortems run` publishes",
        f"ok source docs 1 file in {tmp_path / 'docs'}",
        "ok jira there is no [jira] in the settings: action items are what the documents say of them",
        "",
        "Nothing is wrong; no warnings.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "postmortems.toml"]


def test_after_a_run(tmp_path: Path) -> None:
    """The last fetch and the build are told."""
    settings = company(tmp_path)
    told(tmp_path, settings)
    summary = flow.run(load_settings(tmp_path / "postmortems.toml"))
    warehouse, published = told(tmp_path, settings, "warehouse", "published")
    assert warehouse.startswith("ok warehouse the last fetch went well (docs, 2")
    build_id = summary.published.name.removeprefix("build-").removesuffix(".duckdb")
    assert published.startswith(f"ok published build {build_id}, made 2")


def test_no_source(tmp_path: Path) -> None:
    """Settings that name nothing to read are wrong."""
    assert told(tmp_path, "", "settings") == [
        "wrong settings there is no source; add [[sources]] with the folder of your postmortems"
    ]


def test_reviewed_values(tmp_path: Path) -> None:
    """Each mistake in the file is told, before a run fails by it."""
    settings = company(tmp_path)
    reviewed = tmp_path / "reviewed.csv"
    reviewed.write_text(
        "document,field,value,who,when\ndocs/search.md,severity,9,Ana,2024-03-02\n", encoding="utf-8"
    )
    (line,) = told(tmp_path, settings, "reviewed values")
    assert line == (
        f'wrong reviewed values {reviewed}, line 2: severity: should be a number from 1 (worst) to 5, not "9"'
    )
    reviewed.write_text(
        "document,field,value,who,when\ndocs/search.md,severity,1,Ana,2024-03-02\n", encoding="utf-8"
    )
    assert told(tmp_path, settings, "reviewed values") == ["ok reviewed values 1"]


def test_annotations(tmp_path: Path) -> None:
    """Each mistake in the file is told; a file that is named must be there."""
    settings = f'annotations = "marks.csv"\n{company(tmp_path)}'
    marks = tmp_path / "marks.csv"
    assert told(tmp_path, settings, "annotations") == [
        f"wrong annotations {marks}: there is no such file; write one with the first line date,label, "
        "or take annotations out of the settings until there is one"
    ]
    marks.write_text("date,label\n1 March,New policy\n", encoding="utf-8")
    assert told(tmp_path, settings, "annotations") == [
        f'wrong annotations {marks}, line 2: date: should be a day such as 2024-03-01, not "1 March"'
    ]
    marks.write_text("date,label\n2024-03-01,New policy\n", encoding="utf-8")
    assert told(tmp_path, settings, "annotations") == ["ok annotations 1"]


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where a folder must be; a folder that is not ours to write."""
    (tmp_path / "blocked").write_text("", encoding="utf-8")
    settings = company(tmp_path) + '[paths]\nwarehouse = "blocked/w.duckdb"\n'
    assert told(tmp_path, settings, "files") == [
        f"wrong files paths.warehouse: {tmp_path / 'blocked'} is a file where a folder must be; "
        "mend paths.warehouse"
    ]


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user who may not write everywhere, which root may."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_folder_of_others() -> None:
    """One that this user may not write to is told before a run fails by it."""
    # Not under pytest's own folder, into which another user could not even look.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "postmortems.toml").write_text(company(folder), encoding="utf-8")
        examination = Examination(load_settings(folder / "postmortems.toml"), Clock())
        (folder / "data").mkdir(mode=0o555)
        folder.chmod(0o755)
        with unprivileged():
            finding = next(files(examination))
    assert finding == Finding(
        "files",
        "wrong",
        f"paths.warehouse: {folder / 'data'} cannot be written to",
        "give this user the right, or mend paths.warehouse",
    )


@pytest.mark.parametrize(
    ("free", "size", "expected"),
    [
        (50_000_000, 0, Finding("disk", "wrong", "0.1 GB free at /data", "make room")),
        (
            900_000_000,
            100_000_000,
            Finding("disk", "warning", "0.9 GB free at /data, for a warehouse of 0.1 GB", "make room soon"),
        ),
        (
            5_000_000_000,
            3_000_000_000,
            Finding("disk", "warning", "5.0 GB free at /data, for a warehouse of 3.0 GB", "make room soon"),
        ),
        (5_000_000_000, 2_000_000_000, Finding("disk", "ok", "5.0 GB free at /data")),
    ],
)
def test_room_on_the_disk(free: int, size: int, expected: Finding) -> None:
    """A build may take as much room again as the warehouse."""
    assert space_left(Path("/data"), free, size) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2024, 3, 3, 1), Finding("published", "ok", "build b, made 2024-03-01 02:00 UTC")),
        (
            datetime(2024, 3, 6, 2),
            Finding(
                "published",
                "warning",
                "build b, made 2024-03-01 02:00 UTC, 5 days ago",
                "see whether the run of every night still runs, and what `postmortems status` says",
            ),
        ),
    ],
)
def test_the_age_of_a_build(now: datetime, expected: Finding) -> None:
    """After two days without a new one, a run of every night has failed."""
    assert build_age("b", datetime(2024, 3, 1, 2), now) == expected


def test_a_warehouse_that_a_run_holds(tmp_path: Path) -> None:
    """It is left alone, and what it would tell is not told."""
    settings = company(tmp_path)
    path = tmp_path / "data" / "warehouse.duckdb"
    hold = (
        "import sys; from pathlib import Path; from pipeline.warehouse import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        lines = told(tmp_path, settings, "warehouse")
        holder.communicate("")
    assert lines == [
        f"warning warehouse a run is in progress and holds {path}; "
        "ask again when it is done, for the rest of this"
    ]
    assert told(tmp_path, settings, "warehouse") == [f"ok warehouse {path} holds nothing yet"]


def test_a_warehouse_that_is_none(tmp_path: Path) -> None:
    """A file that DuckDB cannot open is wrong."""
    settings = company(tmp_path)
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "warehouse.duckdb"
    path.write_bytes(b"no database" * 1000)
    (line,) = told(tmp_path, settings, "warehouse")
    assert line.startswith(f"wrong warehouse {path} cannot be opened (")
    assert line.endswith("; move it away and run again")


def test_a_fetch_that_failed(tmp_path: Path) -> None:
    """The last one begun, if it did not end well, with why."""
    settings = company(tmp_path)
    told(tmp_path, settings)
    (tmp_path / "docs").rename(tmp_path / "away")
    with pytest.raises(Exception, match="is no folder"):
        flow.run(load_settings(tmp_path / "postmortems.toml"))
    (line,) = told(tmp_path, settings, "warehouse")
    assert line.startswith("warning warehouse the last fetch failed (docs, 2")
    assert line.endswith(
        f"UTC): source docs: {tmp_path / 'docs'} is no folder; mend its path in the settings; "
        "mend what is wrong below, and run again"
    )


# --- sources ------------------------------------------------------------------------------------------------


def test_folders(tmp_path: Path) -> None:
    """Missing, with nothing in it that is named, with files too large, and links that lead outside."""
    company(tmp_path)
    docs = tmp_path / "docs"
    missing = '[[sources]]\nname = "gone"\npath = "gone"\n'
    none = FOLDER + 'include = ["**/*.pdf"]\n'
    assert told(tmp_path, missing + none, "source") == [
        f"wrong source gone {tmp_path / 'gone'} is no folder; mend its path in the settings",
        f"warning source docs no file in {docs} that its include names; mend its path, include or exclude",
    ]
    (docs / "large.txt").write_bytes(b"x" * 1_000_001)
    assert told(tmp_path, FOLDER + "max_megabytes = 1\n", "source") == [
        f"warning source docs 2 files in {docs}, 1 of them larger than 1 MB; "
        "raise its max_megabytes to have them read, or exclude them"
    ]
    (docs / "link.md").symlink_to(tmp_path / "postmortems.toml")
    assert told(tmp_path, FOLDER, "source") == [
        f"warning source docs 2 files in {docs}, and 1 that lead outside or are no files; "
        "exclude what leads outside"
    ]


def test_repositories(tmp_path: Path) -> None:
    """One that lies here, one that is fetched, a branch that is not there, and no repository."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "one.md").write_text("# One\n", encoding="utf-8")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "One"]):
        named = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "-C", str(repository), *named, *arguments], check=True)
    remote = f"file://{repository}"
    settings = "".join(
        f'[[sources]]\ntype = "git"\nname = "{name}"\nrepository = "{where}"\n{more}'
        for name, where, more in (
            ("here", "repository", ""),
            ("fetched", remote, ""),
            ("branch", remote, 'branch = "old"\n'),
            ("local-branch", "repository", 'branch = "old"\n'),
            ("nowhere", f"file://{tmp_path}/nowhere", ""),
        )
    )
    lines = told(tmp_path, settings, "source")
    assert lines[:4] == [
        f"ok source here 1 file at HEAD of {repository}",
        f"ok source fetched branch main of {remote} can be fetched",
        f"wrong source branch {remote} has no branch old; mend branch in the settings",
        f"wrong source local-branch {repository} has no branch old; mend branch in the settings",
    ]
    assert lines[4].startswith(f"wrong source nowhere git ls-remote of file://{tmp_path}/nowhere: ")
    assert lines[4].endswith("; check repository, branch and credentials")
    assert not (tmp_path / "data").exists(), "no mirror is made"


def test_wikis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that signs in and shows pages, one that shows none, and one that refuses."""
    monkeypatch.setenv("CONFLUENCE_TOKEN", confluence_server.TOKEN)
    with confluence_server.serve(Wiki([Page("1", "Search was down", "<p>…</p>")])) as wiki:
        settings = "".join(
            f'[[sources]]\ntype = "confluence"\nname = "wiki-{label}"\nurl = "{wiki.url}"\n'
            f'email = "{confluence_server.EMAIL}"\nlabels = ["{label}"]\n'
            for label in ("postmortem", "nothing")
        )
        assert told(tmp_path, settings, "source") == [
            f"ok source wiki-postmortem {wiki.url} signs in {confluence_server.EMAIL} and shows pages",
            f"warning source wiki-nothing {wiki.url} signs in {confluence_server.EMAIL} and finds "
            'nothing by type in (page, blogpost) and label in ("nothing") order by created; '
            "see whether the account may see its spaces, or mend its spaces, labels or cql",
        ]
        assert len(wiki.requests) == 2
        monkeypatch.setenv("CONFLUENCE_TOKEN", "another")
        assert told(tmp_path, settings, "source") == [
            f"wrong source wiki-postmortem {wiki.url} refuses the token of {confluence_server.EMAIL}; "
            "make a new one and put it where token_env of source wiki-postmortem or token_file of "
            "source wiki-postmortem says",
            "skipped source wiki-nothing not asked, as it refused these credentials before",
        ]
        assert len(wiki.requests) == 3, "another try may lock the account"
    monkeypatch.delenv("CONFLUENCE_TOKEN")
    assert told(tmp_path, settings, "source wiki-postmortem") == [
        "wrong source wiki-postmortem token_env: the environment has no "
        "CONFLUENCE_TOKEN; export it, or set source wiki-postmortem.token_file, or remove source "
        "wiki-postmortem from the settings"
    ]


def test_exports(tmp_path: Path) -> None:
    """A file of records that can be read, and one that cannot."""
    settings = (
        '[[sources]]\ntype = "export"\nname = "tool"\npath = "records.json"\n'
        '[sources.fields]\nstarted_at = "start"\n'
    )
    path = tmp_path / "records.json"
    path.write_text(json.dumps([{"id": 1, "start": "2024-03-01T09:00:00Z"}]), encoding="utf-8")
    assert told(tmp_path, settings, "source") == [
        f"ok source tool 1 file in {path}; records.json can be read"
    ]
    path.write_text("{ no json", encoding="utf-8")
    assert told(tmp_path, settings, "source") == [
        f"warning source tool 1 file in {path}; records.json cannot be read (malformed); "
        "export it again, or mend its format and records"
    ]
    path.unlink()
    assert told(tmp_path, settings, "source") == [
        f"wrong source tool {path} is no file and no folder; mend its path in the settings"
    ]
