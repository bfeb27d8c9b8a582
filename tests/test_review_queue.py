"""What most needs a person's eye, as `postmortems review` shows it, and what becomes of its rows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import flow
from pipeline.cli import main
from pipeline.errors import NothingPublishedError
from pipeline.review_queue import describe_review, review_rows
from pipeline.settings import Settings, load_settings

AS_OF = datetime(2024, 6, 1)
DOCUMENT = """# Mail was slow

- **Service**: mail
- **Started**: 2024-03-01 09:00 UTC
- **Detected**: 2024-03-01 09:10 UTC
- **Resolved**: 2024-03-01 10:30 UTC
- **Resolved**: 2024-03-01 11:30 UTC

## Root cause

Nobody knows yet why the relay gave up.
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings beside one published document that leaves things open."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "mail.md").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "postmortems.toml").write_text(
        '[[sources]]\nname = "docs"\npath = "docs"\nteam = "Post"\n', encoding="utf-8"
    )
    settings = load_settings(tmp_path / "postmortems.toml")
    flow.run(settings, as_of=AS_OF)
    return settings


def test_each_field_says_why_and_what_it_costs(settings: Settings) -> None:
    """Place, what is read, why it is in doubt, the words, and the figures that want it."""
    assert list(describe_review(settings.published_path, 20)) == [
        "1. docs/mail.md:6",
        "   resolved_at: 2024-03-01 10:30:00, 95% sure. Line 7 says 2024-03-01 11:30:00.",
        "   “Resolved: 2024-03-01 10:30 UTC”",
        "   doubtful in time to resolve (no severity, 90 minutes)",
        "2. docs/mail.md",
        "   cause_category: nothing read. It is not stated.",
        "   missing in impact by cause (no severity, 90 minutes)",
        "3. docs/mail.md",
        "   severity: nothing read. It is not stated.",
        "   missing in severity (no severity, 90 minutes)",
    ]
    assert list(describe_review(settings.published_path, 1))[-1] == (
        "2 more, which cost less; --limit shows more of them."
    )


def test_rows_are_ready_for_the_file(settings: Settings) -> None:
    """As CSV, every row can stand in reviewed.csv as it is: then it is settled, and asked for no more."""
    rows = review_rows(settings.published_path, 20, who="Ana, of Post", when=date(2024, 5, 1))
    assert rows == (
        "document,incident,field,value,who,when\n"
        'docs/mail.md,,resolved_at,2024-03-01 10:30:00,"Ana, of Post",2024-05-01\n'
        'docs/mail.md,,cause_category,,"Ana, of Post",2024-05-01\n'
        'docs/mail.md,,severity,,"Ana, of Post",2024-05-01\n'
    )
    (settings.folder / "reviewed.csv").write_text(rows, encoding="utf-8")
    flow.build(settings)
    assert list(describe_review(settings.published_path, 20)) == [
        "Nothing needs a person's eye: no figure lacks an incident, and none rests on a doubtful value."
    ]


def test_the_command_prints_either_form(settings: Settings) -> None:
    """Text unless csv is asked for; the status tells what the figures lose by each rule, and where."""
    config = ["--config", str(settings.folder / "postmortems.toml")]
    text = CliRunner().invoke(main, ["review", *config, "--limit", "1"])
    assert (text.exit_code, text.stdout.splitlines()[0]) == (0, "1. docs/mail.md:6")
    rows = CliRunner().invoke(main, ["review", *config, "--limit", "1", "--format", "csv", "--who", "Ana"])
    assert rows.stdout.splitlines()[0] == "document,incident,field,value,who,when"
    assert rows.stdout.splitlines()[1].startswith("docs/mail.md,,resolved_at,2024-03-01 10:30:00,Ana,20")
    status = CliRunner().invoke(main, ["status", *config]).stdout.splitlines()
    begin = status.index("Costs most   what the figures lose or doubt, by rule")
    assert sorted(status[begin + 1 : status.index("", begin)]) == [
        "  cause_uncategorised: 1 incident lost to impact by cause; as in docs/mail.md",
        "  no_severity: 1 incident lost to severity; as in docs/mail.md",
        "  values_contradict: doubts about time to resolve, 90 minutes doubted; as in docs/mail.md:7",
    ]


def test_what_a_terminal_would_obey_is_left_out(settings: Settings) -> None:
    """Escape sequences in a document's words reach no terminal."""
    text = DOCUMENT.replace("**Service**: mail", "**Service**: mail\n- **Severity**: \x1b[31mred\x07")
    (settings.folder / "docs" / "mail.md").write_text(
        text.replace("10:30 UTC", "10:30 UTC (\x1b]0;x\x07)"), encoding="utf-8"
    )
    flow.run(settings, as_of=AS_OF)
    lines = list(describe_review(settings.published_path, 20))
    assert any("10:30" in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_nothing_published_is_told(tmp_path: Path) -> None:
    """Without a build there is nothing to review, and the error says so."""
    with pytest.raises(NothingPublishedError):
        list(describe_review(tmp_path, 20))
