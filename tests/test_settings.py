"""postmortems.toml: what is understood, and how a mistake is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import FolderSource, Settings, load_settings
from pipeline.taxonomy import default_taxonomy, default_taxonomy_text

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "postmortems.toml"


def written(folder: Path, text: str) -> Path:
    """A settings file holding `text`."""
    path = folder / "postmortems.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sample_is_understood(tmp_path: Path) -> None:
    """The documented sample is valid as it stands, with one folder and no Jira."""
    settings = load_settings(written(tmp_path, SAMPLE.read_text(encoding="utf-8")))
    assert settings.sources == [FolderSource(name="postmortems", path=Path("postmortems"))]
    assert settings.jira is None
    assert settings.published_path == tmp_path / "data" / "published"


def test_the_sample_shows_every_setting(tmp_path: Path) -> None:
    """With its comment marks removed, the sample is valid and sets every key there is."""
    lines = []
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        lines.append(re.sub(r"^# (?=\[|\"?[\w ]+\"? = )", "", line))
    (tmp_path / "taxonomy.toml").write_text(default_taxonomy_text(), encoding="utf-8")
    settings = load_settings(written(tmp_path, "\n".join(lines)))

    def unset(table: object, place: str) -> list[str]:
        names = type(table).model_fields  # type: ignore[attr-defined]
        missing = [f"{place}{name}" for name in names if name not in table.model_fields_set]  # type: ignore[attr-defined]
        return [name for name in missing if name not in ("company.is_invented", "folder.type")]

    assert settings.jira is not None
    assert unset(settings, "") == []
    assert unset(settings.company, "company.") == []
    for source in settings.sources:
        assert unset(source, f"{source.type}.") == []
    assert [source.type for source in settings.sources] == ["folder", "git", "confluence", "export", "jira"]
    assert unset(settings.teams[0], "teams.") == []
    assert unset(settings.policy, "policy.") == []
    assert unset(settings.cost, "cost.") == []
    assert unset(settings.metrics, "metrics.") == []
    assert unset(settings.jira, "jira.") == []
    assert unset(settings.access, "access.") == []
    assert unset(settings.paths, "paths.") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[company]\nnme = 'x'", "company.nme: is not a setting; did you mean name?"),
        ("[compny]\nname = 'x'", "compny: is not a setting; did you mean company?"),
        ("[[sources]]\npath = 'x'", "sources[1].name: is missing; add it"),
        ("[lint]\nignore = 'no_end'", "lint.ignore: should be a list in [brackets], not 'no_end'"),
        (
            "[lint]\nfail_on = 'info'",
            "lint.fail_on: input should be 'error', 'warning' or 'never', not 'info'",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'gti'",
            'sources[1].type: should be one of "folder", "git", "confluence", "export", "jira", not \'gti\'',
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'git'\nrepository = 'r'\nbrnch = 'main'",
            "sources[1].brnch: is not a setting; did you mean branch?",
        ),
        (
            "[jira]\nurl = 'https://jira.example'\n[jira.fields]\nsprnt = 'customfield_1'",
            "jira.fields.sprnt: is not a setting; did you mean sprint?",
        ),
        (
            "[[teams]]\nname = 'x'\nservices = [1]",
            "teams[1].services[1]: should be text in quotes, not 1",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'export'\npath = 'x.csv'",
            'sources[1]: should be an export with a format ("pagerduty", "incident.io", "firehydrant", '
            '"opsgenie", "jsm") or with fields of its own',
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'export'\npath = 'x.csv'\nfields = { titel = 'Name' }",
            "sources[1].fields: should be fields of an incident, and titel is none; did you mean title?",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'export'\npath = 'x.csv'\nfields = { title = 'a[b' }",
            "sources[1].fields: should be a path such as severity.name, not “a[b”: "
            "a bracket or quote is open (of title)",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'export'\npath = 'x.csv'\n"
            "fields = { action_items = { list = 'todo', woner = 'who' } }",
            "sources[1].fields: should be fields of one of action_items, and action_items.woner is none; "
            "did you mean owner?",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\n[jira]\nurl = 'https://jira.example'",
            "sources[1].jql: is missing; add it",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'order by created'",
            "sources[1].jql: should be a JQL with a condition, such as "
            '"project = INC AND issuetype = Incident"',
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'project = INC'",
            "sources: x is read from the Jira of a [jira] table, and there is none; add one with its url",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'p = I'\ndocument = ['Root cause']",
            'sources[1].document[1]: should be the id of a field, such as "customfield_10016", '
            'not "Root cause"; `postmortems doctor` tells the ids of those in use',
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'p = I'\n"
            "fields = { started_at = 'customfield_10100' }",
            "sources[1].fields: should be a path in an issue, such as fields.customfield_10100, key or "
            "history[reached=done].at, not “customfield_10100” (of started_at)",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'p = I'\n"
            "fields = { started_at = 'fields.Incident start' }",
            "sources[1].fields: should be a path in an issue, such as fields.customfield_10042, key or "
            "history[reached=done].at, not “fields.Incident start” (of started_at)",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'p = I'\nfields = { titel = 'key' }",
            "sources[1].fields: should be fields of an incident, and titel is none; did you mean title?",
        ),
        (
            "[[sources]]\nname = 'x'\ntype = 'jira'\njql = 'p = I'\nfields = { severity = 3 }",
            'sources[1].fields: should be a path in quotes for severity, such as severity = "column"',
        ),
        (
            "[[sources]]\nname = 'a'\npath = 'x'\ntime_zone = 'Mars/Base'",
            'sources[1].time_zone: should be a time zone such as "Europe/London" or "UTC", not "Mars/Base"',
        ),
        (
            "[[sources]]\nname = 'a'\npath = 'x'\n[[sources]]\nname = 'A'\npath = 'y'",
            'sources: "a" stands there twice; each may stand once',
        ),
        (
            "[policy]\nignored_after_days = 0",
            "policy.ignored_after_days: input should be greater than or equal to 1, not 0",
        ),
        (
            "[cost]\nformula = 'sum(severity)'",
            "cost.formula: should be arithmetic (+ - * / and brackets) on numbers and severity,"
            " customer_impact_minutes, affected_user_count, participant_count, person_hours,"
            " time_to_detect_minutes, time_to_acknowledge_minutes, time_to_mitigate_minutes,"
            ' time_to_resolve_minutes, not "sum(severity)"',
        ),
        (
            "[policy]\nignored_after_days = 'soon'",
            "policy.ignored_after_days: should be a whole number, not 'soon'",
        ),
        (
            "[severity]\n9 = ['x']",
            "severity.9: input should be '1', '2', '3', '4' or '5', not '9'",
        ),
        (
            "[jira]\nurl = 'jira.example'",
            'jira.url: should be an address beginning with https://, not "jira.example"',
        ),
        (
            "[[sources]]\nname = 'a'\npath = 'x'\nday_first = 'maybe'",
            "sources[1].day_first: should be true or false, not 'maybe'",
        ),
        (
            "[metrics]\ntime_to_resolve = ['resolved_at', 'started_at']",
            "metrics.time_to_resolve: should be two times of which the first comes first "
            "(started_at, detected_at, acknowledged_at, declared_at, mitigated_at, resolved_at), "
            "not ['resolved_at', 'started_at']",
        ),
        (
            "[severity]\n1 = ['down']\n2 = ['Down']",
            'severity: "Down" stands under 1 and 2',
        ),
        (
            "[[sources]]\nname = 'Jira'\npath = 'x'",
            'sources: "jira" is the name of the Jira; call the source something else',
        ),
        (
            "[[sources]]\nname = 'a'\npath = 'x'\nteam = 'Nope'\n[[teams]]\nname = 'Shop'",
            'sources: the team "Nope" of a stands in no [[teams]]',
        ),
        (
            "[paths]\nwarehouse = 'raw.duckdb'",
            "paths.warehouse: raw.duckdb is a name of our own; choose another",
        ),
        ("folder = 'x'", "folder: is not a setting; remove it"),
        (
            "[company\nname",
            "is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 9)",
        ),
    ],
)
def test_a_mistake_is_one_line_naming_the_key(tmp_path: Path, text: str, told: str) -> None:
    """Each mistake is one line: the file, the key, and what it should be."""
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        load_settings(path)
    assert str(error.value) == f"{path}: {told}"


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    """Three mistakes are three lines, each with the file and the key."""
    path = written(
        tmp_path, "[company]\nnme = 'x'\n[[sources]]\npath = 'y'\n[policy]\nrepeat_within_days = 0"
    )
    with pytest.raises(SettingsError) as error:
        load_settings(path)
    assert str(error.value).splitlines() == [
        f"{path}: company.nme: is not a setting; did you mean name?",
        f"{path}: sources[1].name: is missing; add it",
        f"{path}: policy.repeat_within_days: input should be greater than or equal to 1, not 0",
    ]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """Without a settings file the message names the command that writes one."""
    path = tmp_path / "none.toml"
    with pytest.raises(SettingsError, match=r"there is no such file; write one with `postmortems init`"):
        load_settings(path)


def with_jira(tmp_path: Path, more: str = "") -> Settings:
    """Settings that follow a Jira."""
    return load_settings(written(tmp_path, f"[jira]\nurl = 'https://jira.example'\n{more}"))


def test_the_token_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is read from the named variable, and does not show when printed."""
    monkeypatch.setenv("TOKEN_HERE", "s3cret")
    token = with_jira(tmp_path, "token_env = 'TOKEN_HERE'").jira_token()
    assert token.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{token!r} {token}"


def test_the_token_comes_from_a_file(tmp_path: Path) -> None:
    """A token file beside the settings is read; the line break at its end is not part of the token."""
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    assert with_jira(tmp_path, "token_file = 'token'").jira_token().get_secret_value() == "s3cret"


def test_a_missing_token_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token the message names the variable and the other ways."""
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="the environment has no JIRA_TOKEN; export it, or set"):
        with_jira(tmp_path).jira_token()


CATEGORY = "[[causes]]\nname = 'capacity'\n[[triggers]]\nname = 'load'\n"


def test_the_categories_of_a_file_replace_those_that_ship(tmp_path: Path) -> None:
    """`taxonomy` names a file beside the settings; without it, the categories are those that ship."""
    (tmp_path / "ours.toml").write_text(CATEGORY + "aliases = ['peak']\n", encoding="utf-8")
    ours = load_settings(written(tmp_path, "taxonomy = 'ours.toml'")).read_taxonomy()
    assert [each.name for each in ours.causes] == ["capacity"]
    assert [(each.name, each.aliases) for each in ours.triggers] == [("load", ("peak",))]
    assert load_settings(written(tmp_path, "")).read_taxonomy() == default_taxonomy()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[causes]]\nname = 'capacity'\n", "triggers: is missing; add it"),
        ("causes = []\ntriggers = []", "causes: is empty; add a category, or take the file that ships"),
        ("[[causes]]\n" + CATEGORY, "causes[1].name: is missing; add it"),
        (CATEGORY + "alias = ['x']", "triggers[1].alias: is not a setting; did you mean aliases?"),
        (CATEGORY + "[[cause]]\nname = 'x'", "cause: is not a setting; did you mean causes?"),
        (CATEGORY + "strong = 'x'", "triggers[1].strong: should be a list in [brackets], not 'x'"),
        (
            CATEGORY + "strong = ['fine', '(bad']",
            "triggers[1].strong[2]: should be a phrase whose brackets pair, without brackets within "
            'brackets, not "(bad"',
        ),
        (
            CATEGORY + "weak = ['[a-z]+']",
            'triggers[1].weak[1]: should be words in lower case, as in "(bad|wrong) config", '
            '"disk ... full" or "misconfigur*", not "[a-z]+"',
        ),
        (
            CATEGORY + "against = ['... full']",
            "triggers[1].against[1]: should be a phrase that begins and ends with words that must be there, "
            'not "... full"',
        ),
        (
            "[[causes]]\nname = 'Load'\n" + "[[causes]]\nname = 'load'\n[[triggers]]\nname = 'x'",
            'causes: "Load" stands there twice; each may stand once',
        ),
        (
            CATEGORY + "aliases = ['peak']\n[[triggers]]\nname = 'peak'",
            'triggers: "peak" means load and peak; leave it with one of them',
        ),
    ],
)
def test_a_mistake_among_the_categories_is_one_line_naming_the_key(
    tmp_path: Path, text: str, told: str
) -> None:
    """Each mistake in the file of categories is told as one in the settings: the file, the key, the form."""
    path = tmp_path / "taxonomy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_settings(written(tmp_path, "taxonomy = 'taxonomy.toml'"))
    assert str(error.value) == f"{path}: {told}"


def test_a_file_of_categories_that_is_not_there_is_told_with_the_command_that_writes_it(
    tmp_path: Path,
) -> None:
    """The message names the setting, the file and the command."""
    with pytest.raises(SettingsError) as error:
        load_settings(written(tmp_path, "taxonomy = 'none.toml'"))
    assert str(error.value) == (
        f"taxonomy: {tmp_path / 'none.toml'}: there is no such file; "
        "write one with `postmortems init --taxonomy none.toml`"
    )
