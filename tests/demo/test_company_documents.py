from __future__ import annotations

import re
import subprocess
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from pipeline.demo.company import Company, invent_company
from pipeline.demo.demo_settings import JIRA_TOKEN, write_settings
from pipeline.demo.house_styles import Document, documents, write_documents
from pipeline.demo.reviews import reviews, write_reviewed
from pipeline.demo.roster import DOMAIN
from pipeline.fetching import document_source
from pipeline.narrator import Silent
from pipeline.reviewed import load_reviewed
from pipeline.settings import Settings, load_settings

AS_OF = datetime(2026, 11, 24)
JIRA = "http://127.0.0.1:8089"
STRAYS = {"template", "readme", "empty", "binary"}


@pytest.fixture(scope="module")
def company() -> Company:
    """The company of default size."""
    return invent_company(seed=1, incident_count=240, as_of=AS_OF)


@pytest.fixture(scope="module")
def written(company: Company) -> list[Document]:
    """Its documents."""
    return list(documents(company, JIRA))


def test_equal_companies_write_equal_bytes(company: Company, written: list[Document]) -> None:
    """A second company of the same seed gives the same documents, byte for byte."""
    again = invent_company(seed=1, incident_count=240, as_of=AS_OF)
    assert list(documents(again, JIRA)) == written


def test_files_on_disk_are_the_documents(company: Company, written: list[Document], tmp_path: Path) -> None:
    """Every document lies in its unit's folder with its bytes and its date, records as lines of one file."""
    assert write_documents(company, tmp_path, JIRA) == written
    on_disk = {
        path.relative_to(tmp_path).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in tmp_path.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    expected: dict[str, tuple[bytes, float]] = {}
    for document in written:
        path = f"documents/{document.plan.unit.name}/{document.plan.path.partition('#')[0]}"
        before, _ = expected.get(path, (b"", 0.0))
        published = document.plan.published_at.replace(tzinfo=UTC).timestamp()
        expected[path] = (before + document.content, published)
    assert on_disk == expected


def test_the_repository_holds_the_documents_and_nothing_is_left_to_commit(
    company: Company, written: list[Document], tmp_path: Path
) -> None:
    """Each document of the unit that uses git is a commit of its author, dated when it was published."""
    write_documents(company, tmp_path, JIRA)
    folder = tmp_path / "documents" / "platform"

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert git("status", "--porcelain") == ""
    committed = [line.split("\t") for line in git("log", "--format=%an%x09%at%x09%ct").splitlines()]
    own = [document.plan for document in written if document.plan.unit.name == "platform"]
    dated = [(plan.author.name, int(plan.published_at.replace(tzinfo=UTC).timestamp())) for plan in own]
    assert sorted((name, int(at)) for name, at, _ in committed) == sorted(dated)
    assert [int(at) for _, at, _ in committed] == sorted((at for _, at in dated), reverse=True)


def test_without_git_the_documents_stay_in_a_folder(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings then name a folder, and every document is where it was."""
    monkeypatch.setenv("PATH", str(tmp_path))
    written = write_documents(company, tmp_path, JIRA)
    sources = {source.name: source.type for source in load_settings_of(company, tmp_path).sources}
    assert sources["platform"] == "folder"
    assert all(
        (tmp_path / "documents" / "platform" / document.plan.path).exists()
        for document in written
        if document.plan.unit.name == "platform"
    )


def load_settings_of(company: Company, folder: Path) -> Settings:
    """The settings that the demo writes beside the documents of `folder`."""
    (folder / "reviewed.csv").touch()
    return load_settings(write_settings(company, folder, JIRA))


def test_only_the_planted_files_are_no_text(written: list[Document]) -> None:
    """All are valid UTF-8 but the picture, the PDFs and the one that was saved in an old encoding."""
    broken = []
    for document in written:
        if document.plan.path.endswith(".pdf"):
            continue
        try:
            document.content.decode("utf-8")
        except UnicodeDecodeError:
            broken.append(document.mistakes[-1])
    assert sorted(broken) == ["binary", "not_utf8"]


def test_every_style_is_written(written: list[Document]) -> None:
    """Each unit has its documents, most of them telling an incident."""
    by_unit = Counter(document.plan.unit.style for document in written if document.plan.incident_ids)
    assert set(by_unit) == {"runbook", "labels", "plain", "wiki", "record", "status_post", "review"}
    assert min(by_unit.values()) >= 10


def test_most_incidents_are_told_once(company: Company, written: list[Document]) -> None:
    """A few are never written up, or not yet; twice told are those on the status page, too, and a copy's."""
    told: dict[str, list[str]] = {}
    for document in written:
        for name in document.plan.incident_ids:
            how = "copy" if "copy" in document.mistakes else document.plan.unit.style
            told.setdefault(name, []).append(how)
    assert 0.9 * len(company.incidents) < len(told) < len(company.incidents)
    counts = Counter(tuple(sorted(how)) for how in told.values() if len(how) > 1)
    assert counts == {("labels", "status_post"): counts["labels", "status_post"], ("copy", "runbook"): 1}
    assert counts["labels", "status_post"] >= 3


def test_a_copy_is_its_original_to_the_byte(written: list[Document]) -> None:
    """It differs in its path alone."""
    by_path = {(document.plan.unit.name, document.plan.path): document for document in written}
    for document in written:
        if document.plan.copy_of is not None:
            first = by_path[document.plan.unit.name, document.plan.copy_of]
            assert (document.content, document.stated, document.stated_links) == (
                first.content,
                first.stated,
                first.stated_links,
            )


def test_mistakes_occur_as_they_do_in_real_documents() -> None:
    """Over a large company every mistake is made, and each document's list holds no mistake twice."""
    company = invent_company(seed=5, incident_count=1500, as_of=AS_OF)
    written = list(documents(company, JIRA))
    counts = Counter(mistake for document in written for mistake in document.mistakes)
    assert set(counts) == {
        *("no_start", "no_end", "no_severity", "no_cause", "not_available", "approximate_time"),
        *("dotted_time", "end_year_early", "end_day_early", "duration_contradicts", "zone_against_season"),
        *("midnight_without_date", "two_incidents", "front_matter_broken", "copy", "not_utf8", *STRAYS),
    } | (set(counts) & {"clock_change"})
    assert all(len(set(document.mistakes)) == len(document.mistakes) for document in written)
    flawless = sum(not document.mistakes for document in written)
    assert 0.5 < flawless / len(written) < 0.9


def test_what_is_stated_is_true(company: Company, written: list[Document]) -> None:
    """Apart from a duration that contradicts, the listed statements are the company's own truth."""
    stated_fields: Counter[str] = Counter()
    for document in written:
        if document.plan.copy_of is not None:
            continue  # what it says of its own date is the original's
        for stated in document.stated:
            incident = company.incident(stated.incident_id)
            stated_fields[stated.field] += 1
            assert stated.incident_id in document.plan.incident_ids
            match stated.field:
                case "cause_category":
                    truth: object = incident.cause and incident.cause.category
                case "incident_key":
                    truth = incident.incident_id
                case "team":
                    truth = incident.team.name
                case "stated_time_to_resolve_minutes":
                    if "duration_contradicts" in document.mistakes:
                        continue
                    truth = incident.minutes("resolved_at")
                case "stated_time_to_detect_minutes":
                    truth = incident.minutes("detected_at")
                case "customer_impact_minutes":
                    truth = incident.minutes("mitigated_at")
                case "detection_method":
                    truth = incident.detection
                case "authors":
                    truth = (document.plan.author.name,)
                case "reviewers":
                    assert isinstance(stated.value, tuple)
                    others = {person.name for person in incident.team.people} - {document.plan.author.name}
                    assert {*stated.value} <= others
                    continue
                case "reviewed_at":
                    zone = ZoneInfo(document.plan.unit.time_zone)
                    published = document.plan.published_at.replace(tzinfo=UTC).astimezone(zone)
                    midnight = published.replace(hour=0, minute=0, second=0)
                    truth = midnight.astimezone(UTC).replace(tzinfo=None)
                case "root_cause" | "trigger":
                    assert _is_told(str(stated.value), document)
                    continue
                case "five_whys":
                    assert isinstance(stated.value, tuple)
                    assert len(stated.value) == 5
                    assert all(_is_told(answer, document) for answer in stated.value)
                    continue
                case _:
                    truth = getattr(incident, stated.field)
            assert stated.value == truth, stated
    assert stated_fields["started_at"] > 150
    assert stated_fields["resolved_at"] > 150


def _is_told(words: str, document: Document) -> bool:
    """Whether the words stand in the document, wrapped or escaped as its form has it."""
    text = document.content.decode("utf-8", "replace")
    if document.plan.path.endswith(".pdf"):
        lines = re.findall(rb"^\((.*)\) Tj T\*$", document.content, re.MULTILINE)
        text = "\n".join(re.sub(r"\\(.)", r"\1", line.decode("cp1252")) for line in lines)
    return " ".join(words.split()) in " ".join(unescape(text).split())


def test_a_planted_gap_is_a_gap(written: list[Document]) -> None:
    """A document that does not say when it was over states no end and no duration; and so for the others."""
    silent_on = {
        "no_start": {"started_at"},
        "no_end": {"resolved_at", "stated_time_to_resolve_minutes"},
        "no_severity": {"severity"},
        "end_year_early": {"resolved_at"},
        "end_day_early": {"resolved_at"},
        "not_available": {"stated_time_to_resolve_minutes"},
    }
    for document in written:
        fields = {stated.field for stated in document.stated}
        for mistake in document.mistakes:
            assert not fields & silent_on.get(mistake, set()), document.plan.path


def test_linked_keys_stand_in_the_text(company: Company, written: list[Document]) -> None:
    """Each key a document is said to name is there; a key that the author forgot is not."""
    promises = company.promises_by_incident()
    for document in written:
        text = document.content.decode("utf-8", "replace")
        for item in document.stated_action_items:
            assert _is_told(item.description, document)
            assert item.issue_key is None or _is_told(item.issue_key, document)
        words = set(re.split(r"[\s\[\]/<>\"]+", text))
        for incident_id in document.plan.incident_ids:
            for promise in promises.get(incident_id, ()):
                assert promise.is_linked or promise.issue_key not in words


def test_documents_hold_only_addresses_of_the_company(written: list[Document]) -> None:
    """Nothing in them leads to a real site, and each link that is stated stands in its document."""
    hosts = set()
    for document in written:
        text = document.content.decode("utf-8", "replace")
        hosts |= {urlsplit(url).netloc for url in re.findall(r"https?://[^\s\"<>)]+", text)}
        assert all(_is_told(link.url, document) for link in document.stated_links)
    assert hosts == {
        urlsplit(JIRA).netloc,
        *(f"{name}.{DOMAIN}" for name in ("grafana", "incidents", "logs", "mattermost", "status")),
    }


def test_what_people_reviewed_is_true_and_not_in_the_documents(
    company: Company, written: list[Document], tmp_path: Path
) -> None:
    """Each row of reviewed.csv is one the product takes, says what the document leaves out, and is true."""
    folder = tmp_path / "company"
    folder.mkdir()
    write_reviewed(company, written, folder)
    settings = load_settings(write_settings(company, folder, JIRA))
    taken = {(row.document, row.field): row for row in load_reviewed(settings, AS_OF.date())}
    told = reviews(company, written)
    assert {each.field for each in told} == {"resolved_at", "severity", "cause_category"}
    assert taken.keys() == {(each.document, each.field) for each in told}
    by_place = {f"{document.plan.unit.name}/{document.plan.path}": document for document in written}
    for each in told:
        incident, row = company.incident(each.incident_id), taken[each.document, each.field]
        truth = {
            "resolved_at": f"{incident.resolved_at:%Y-%m-%d %H:%M:%S}",
            "severity": str(incident.severity),
            "cause_category": incident.cause and incident.cause.category,
        }
        assert (row.value, row.reviewer) == (truth[each.field], each.who)
        assert each.field not in {stated.field for stated in by_place[each.document].stated}


def test_the_settings_load_and_name_everything(company: Company, tmp_path: Path) -> None:
    """The written settings are valid and hold every unit, team, service, person and project."""
    write_documents(company, tmp_path, JIRA)
    path = write_settings(company, tmp_path, JIRA)
    settings = load_settings(path)
    assert settings.company.is_invented
    assert settings.jira is not None
    assert settings.jira.url == JIRA
    assert settings.jira_token().get_secret_value() == JIRA_TOKEN
    assert JIRA_TOKEN not in path.read_text(encoding="utf-8")
    assert [
        (source.name, source.type, source.time_zone, bool(source.day_first)) for source in settings.sources
    ] == [(unit.name, unit.kept, unit.time_zone, unit.day_first) for unit in company.units]
    assert [(team.name, *team.services, *team.jira_projects, *team.people) for team in settings.teams] == [
        (team.name, *team.services, team.project, *(person.name for person in team.people))
        for team in company.teams
    ]
    assert set(settings.jira.projects) == {team.project for team in company.teams}


def test_the_settings_are_plain_toml(company: Company, tmp_path: Path) -> None:
    """An address with odd characters comes back as it was."""
    odd = 'http://127.0.0.1:8089/a"b\\c'
    path = write_settings(company, tmp_path, odd)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["jira"]["url"] == odd


def test_a_large_company_is_written_in_proportion() -> None:
    """Ten times the incidents give about ten times the documents, none lost to a path used twice."""
    company = invent_company(seed=4, incident_count=2400, as_of=AS_OF)
    paths = [(document.plan.unit.name, document.plan.path) for document in documents(company, JIRA)]
    assert len(paths) == len(set(paths)) > 2200


def test_the_smallest_company_has_every_place_its_settings_name(tmp_path: Path) -> None:
    """A unit without a document has an empty place, and reading it is no error."""
    company = invent_company(seed=1, incident_count=1, as_of=AS_OF)
    written = write_documents(company, tmp_path, JIRA)
    write_reviewed(company, written, tmp_path)
    settings = load_settings(write_settings(company, tmp_path, JIRA))
    listed = {
        (source.name, path)
        for source in settings.sources
        for path in document_source(source, settings, Silent()).fetch({}).paths
    }
    assert listed == {(document.plan.unit.name, document.plan.path) for document in written}


def test_some_reports_are_printed(written: list[Document]) -> None:
    """Two of the plain texts are PDFs."""
    endings = Counter(
        Path(document.plan.path).suffix
        for document in written
        if document.plan.unit.style == "plain" and document.plan.incident_ids
    )
    assert endings == {".pdf": 2, ".txt": endings[".txt"]}


def test_recent_incidents_may_have_no_document_yet(company: Company) -> None:
    """Reviews take days, so the last week's incidents are mostly told by the status page alone."""
    told = {name for plan in company.documents for name in plan.incident_ids}
    recent = [
        incident
        for incident in company.incidents
        if incident.started_at > AS_OF - timedelta(days=3) and not incident.is_planned
    ]
    assert recent
    assert all(incident.team.unit == "status-page" for incident in recent if incident.incident_id in told), [
        incident.incident_id for incident in recent
    ]
