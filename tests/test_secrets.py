"""A token that is planted and then looked for in every byte written, whatever goes wrong."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from pipeline.cli import main
from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.query import Query, QueryError
from pipeline.demo.jira.server import serve_jira
from pipeline.errors import JiraError, SettingsError
from pipeline.settings import Jira, load_settings
from pipeline.sources.jira.site import open_site
from pipeline.sources.rest import Clock
from pipeline.warehouse.jira import JiraTables
from tests.sources.clock import StillClock
from tests.sources.jira_served import plain_jira

EMAIL, TOKEN = "reports@example.com", "planted-s3cret-5b1f"
FORMS = (TOKEN, base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode())
DOCUMENT = (
    "# Search was down\n\n- Started: 2024-03-01 09:00 UTC\n\n## Action items\n\n- Add an alert (PAY-1)\n"
)


@pytest.fixture
def everything_logged(tmp_path: Path) -> Iterator[None]:
    """Every logger there is writes at DEBUG, into a file beside the rest."""
    root, product = logging.getLogger(), logging.getLogger("pipeline")
    before = (root.level, list(product.handlers), product.level, product.propagate)
    handler = logging.FileHandler(tmp_path / "everything.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(handler)
    handler.close()
    for each in product.handlers:
        if each not in before[1]:
            each.close()
    root.setLevel(before[0])
    product.handlers[:], product.level, product.propagate = before[1:]


def settings_in(folder: Path, url: str) -> Path:
    """A settings file with a document that names an issue, and a Jira."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "search.md").write_text(DOCUMENT, encoding="utf-8")
    config = folder / "postmortems.toml"
    config.write_text(
        f'[[sources]]\nname = "docs"\npath = "docs"\n'
        f'[jira]\nurl = "{url}"\nemail = "{EMAIL}"\njql = "labels = pm"\n',
        encoding="utf-8",
    )
    return config


def written(folder: Path) -> dict[str, bytes]:
    """Every file there is, but for the settings, in which people write what they like."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "postmortems.toml"
    }


def rows_of(folder: Path) -> dict[str, bytes]:
    """Every row of every table kept or published: their files are compressed."""
    found: dict[str, bytes] = {}
    for file in folder.rglob("*.duckdb"):
        with duckdb.connect(str(file), read_only=True) as connection:
            names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            for schema, table in names:
                rows = connection.execute(f"SELECT CAST(t AS VARCHAR) FROM {schema}.{table} AS t").fetchall()
                found[f"{file.name} {schema}.{table}"] = repr(rows).encode()
    return found


def holding(texts: dict[str, bytes]) -> list[str]:
    """The names of the texts that hold the token, the password, or both as they are sent."""
    return [name for name, content in texts.items() for form in FORMS if form.encode() in content]


def echo(*_: object) -> None:
    """A Jira that repeats what it was sent."""
    raise QueryError(f"You sent {TOKEN}, that is Basic {FORMS[1]}")


TROUBLES: list[Callable[[Request], Fault | None]] = [
    lambda request: None,
    *(
        (lambda request, fault=fault: fault if request.endpoint == "search/jql" else None)
        for fault in (
            Fault("status", 302, (("Location", f"https://sso.example/?token={TOKEN}"),)),
            Fault("status", 400, (("Set-Cookie", f"session={TOKEN}"),)),
            faults.unauthorized(),
            faults.captcha(),
            faults.expired_token(),
            faults.connection_reset(),
            faults.truncated(),
            faults.bad_gzip(),
            faults.web_page(),
            faults.too_many_requests(retry_after=5000),
        )
    ),
]  # fmt: skip


@pytest.mark.usefixtures("everything_logged")
def test_no_byte_written_holds_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over good runs, refusals, troubles, an echo and a defect: output, logs and databases are without it."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: None)
    said: dict[str, bytes] = {}

    def call(*arguments: str) -> int:
        result = CliRunner().invoke(main, [*arguments, "--config", str(tmp_path / "postmortems.toml")])
        said[f"{len(said)} {arguments}"] = result.output.encode()
        return result.exit_code

    exits = []
    for trouble in TROUBLES:
        with serve_jira(plain_jira(), email=EMAIL, token=TOKEN, trouble=trouble) as jira:
            settings_in(tmp_path, jira.url)
            exits.append(call("run", "--sweep"))
            call("doctor")
    with serve_jira(plain_jira(), email=EMAIL, token=TOKEN) as jira:
        settings_in(tmp_path, jira.url)
        with monkeypatch.context() as broken:
            broken.setattr(Query, "__init__", echo)
            call("run", "--sweep")
        with monkeypatch.context() as broken:
            broken.setattr(JiraTables, "follow_related", lambda *_: 1 / 0)
            exits.append(call("run", "--sweep"))
        exits.append(call("run", "--sweep"))
    call("status")
    assert exits == [0, *[1] * 10, 1, 0]
    texts = written(tmp_path)
    assert {"everything.log", "data/warehouse.duckdb", "data/postmortems.log"} <= texts.keys()
    assert b"ZeroDivisionError" in texts["data/postmortems.log"]
    assert b"refuses the token" in b"".join(said.values())
    rows = rows_of(tmp_path)
    assert b"refuses the token" in rows["warehouse.duckdb raw.fetches"]
    assert holding(texts | said | rows) == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.unauthorized(),
        faults.server_error(),
        faults.connection_reset(),
        faults.truncated(),
        faults.web_page(),
        Fault("status", 400),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
def test_a_crash_report_with_local_values_holds_no_token(fault: Fault) -> None:
    """What a crash reporter would send, every frame with its locals and all that led there, is without it."""
    with serve_jira(plain_jira(), email=EMAIL, token=TOKEN, trouble=lambda request: fault) as jira:
        settings = Jira(url=jira.url, email=EMAIL)
        with pytest.raises(JiraError) as caught:
            open_site(settings, SecretStr(TOKEN), clock=StillClock()).account()
    report = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "account" in report
    assert holding({"report": report.encode()}) == []


def test_a_token_that_can_be_none_is_in_no_crash_report() -> None:
    """A token with a space in it is refused without being shown, not even among the locals of a frame."""
    settings = Jira(url="http://127.0.0.1:9", email=EMAIL, deployment="cloud")
    with pytest.raises(JiraError, match="copy it once more") as caught:
        open_site(settings, SecretStr(f"{TOKEN} x")).account()
    report = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert holding({"report": report.encode()}) == []


def test_settings_do_not_show_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, and the token they lead to, are shown without it."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    settings = load_settings(settings_in(tmp_path, "http://127.0.0.1:9"))
    assert TOKEN not in f"{settings!r} {settings.jira_token()!r} {settings.jira_token()}"


@pytest.mark.parametrize("key", ["url", "browse_url"])
def test_an_address_with_a_password_is_refused_without_being_shown(tmp_path: Path, key: str) -> None:
    """An address is kept and published with every link, so none may hold a name or a password."""
    config = settings_in(tmp_path, "http://127.0.0.1:9")
    text = config.read_text(encoding="utf-8").replace(
        'url = "http://127.0.0.1:9"', 'url = "https://j.example"'
    )
    text = text.replace('url = "https://j.example"', f'{key} = "https://me:{TOKEN}@j.example"')
    config.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(config)
    assert f"jira.{key}: should be an address without a name or password in it; the token" in str(
        caught.value
    )
    assert TOKEN not in str(caught.value)
