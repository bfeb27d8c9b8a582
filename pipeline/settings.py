"""postmortems.toml and the environment → `Settings`. Nothing is read at import.

The file is documented by `data/sample/postmortems.toml`, which `postmortems init` writes. Every mistake
in it is one line that names the key and says what it should be (`settings_mistakes`).
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    field_validator,
    model_validator,
)

from pipeline.cost_formula import checked_formula
from pipeline.errors import SettingsError
from pipeline.record_mappings import ExportFormat, FieldPaths, check_fields
from pipeline.record_mappings.issues import columns_of, issue_paths, without_order
from pipeline.settings_mistakes import checked
from pipeline.taxonomy import Taxonomy, default_taxonomy

DEFAULT_PATH = Path("postmortems.toml")
TimeField = Literal[
    "started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at"
]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f'a time zone such as "Europe/London" or "UTC", not "{name}"') from error
    return name


def _web_address(url: str) -> str:
    if re.match(r"[^/]*//[^/?#]*@", url):  # it would be kept and published with every link
        raise ValueError("an address without a name or password in it; the token comes from token_env")
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise ValueError(f'an address beginning with https://, not "{url}"')
    return url.rstrip("/")


def _field_id(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(
            f'the id of a field, such as "customfield_10016", not "{name}"; '
            f"`postmortems doctor` tells the ids of those in use"
        )
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Url = Annotated[str, AfterValidator(_web_address)]
Name = Annotated[str, Field(min_length=1)]
FieldId = Annotated[str, AfterValidator(_field_id)]
SeverityLevel = Literal["1", "2", "3", "4", "5"]
Days = Annotated[int, Field(ge=1, le=3650)]


#: Names that mean something else within the warehouse's own connection.
_TAKEN_CATALOGS = {
    "build", "facts", "intermediate", "main", "marts", "memory", "raw", "scratch", "settings", "staging",
    "system", "temp",
}  # fmt: skip


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Company(_Table):
    """Whose numbers these are."""

    name: Name = "Our company"
    time_zone: TimeZone = "UTC"  # in which a due date ends
    is_invented: bool = False  # the demo says so on every page


class Paths(_Table):
    """Where the product keeps its files; relative to the settings file."""

    warehouse: Path = Path("data/warehouse.duckdb")
    published: Path = Path("data/published")
    log: Path = Path("data/postmortems.log")


class Source(_Table):
    """What every source of documents has; its kinds below say where the documents are."""

    name: Name
    type: str
    include: list[str] = Field(default_factory=lambda: ["**/*"])
    exclude: list[str] = Field(default_factory=list)
    time_zone: TimeZone = "UTC"
    day_first: bool | None = None
    team: str | None = None  # owner of incidents whose service belongs to no team
    max_megabytes: Annotated[int, Field(ge=1, le=500)] = 5
    planned: list[str] = Field(default_factory=list)  # values of severity or type that mean maintenance
    restricted: bool = False  # whether only those of [access] restricted_groups see its documents

    @property
    def kind(self) -> str:
        """What it is called where sources stand beside the Jira whose issues are followed."""
        return self.type


class FolderSource(Source):
    """A folder of documents."""

    type: Literal["folder"] = "folder"
    path: Path
    url: str | None = None  # where people read a document; {path} is replaced


class GitSource(Source):
    """A git repository. Credentials are git's own, or a token for https from the environment or a file."""

    type: Literal["git"]
    repository: str  # a URL, or a path relative to the settings file
    branch: str | None = None  # the repository's default unless set
    subfolder: str | None = None
    url: str | None = None  # where people read a document; {path} is replaced
    token_env: str | None = None
    token_file: Path | None = None

    @field_validator("repository")
    @classmethod
    def _holds_no_secret(cls, repository: str) -> str:
        if re.match(r"https?://[^/@]+:[^/@]+@", repository):
            raise ValueError("an address without a password; name the variable of a token in token_env")
        if repository.startswith("-") or re.match(r"\w+::", repository):
            raise ValueError("an https or ssh address, or a path")
        return repository


class ConfluenceSource(Source):
    """Pages of a Confluence, Cloud or Data Center: those of its spaces, with its labels, and of its CQL."""

    type: Literal["confluence"]
    url: Url  # of the Confluence itself, with /wiki for Cloud
    browse_url: Url | None = None  # what people open, when `url` is an API gateway
    email: str | None = None  # of the account the token belongs to; without one the token is a bearer token
    token_env: str = "CONFLUENCE_TOKEN"  # noqa: S105  the variable's name, not the token
    token_file: Path | None = None
    spaces: list[str] = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)
    cql: str | None = None
    request_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60


class ExportSource(Source):
    """Records of another tool: JSON, JSONL, CSV, TSV or Parquet files, each record one incident."""

    type: Literal["export"]
    path: Path  # a file, or a folder of them
    format: ExportFormat | None = None  # a ready-made mapping
    records: str | None = None  # where the list of records stands in a JSON document: "incidents"
    url: str | None = None  # where people read a record without a link of its own; {path}, {id} are replaced
    fields: dict[str, str | dict[str, str]] = Field(default_factory=dict)  # field of an incident → column
    max_megabytes: Annotated[int, Field(ge=1, le=1000)] = 200  # of one file

    @field_validator("fields", mode="before")
    @classmethod
    def _fields_are_known(cls, fields: Any) -> Any:
        check_fields(fields)
        return fields

    @model_validator(mode="after")
    def _has_a_mapping(self) -> ExportSource:
        if self.format is None and not self.fields:
            known = ", ".join(f'"{name}"' for name in get_args(ExportFormat))
            raise ValueError(f"an export with a format ({known}) or with fields of its own")
        return self


class JiraSource(Source):
    """Incidents, and reviews of them, that are issues of the Jira: those that the JQL finds."""

    type: Literal["jira"]
    jql: Name
    fields: dict[str, str | dict[str, str]] = Field(default_factory=dict)  # field of an incident → its path
    document: list[FieldId] = Field(default_factory=lambda: ["description"])  # the texts of the postmortem
    comments: bool = False  # whether they are the timeline of an incident whose text tells none
    reviews: list[str] = Field(default_factory=list)  # types that review an incident, besides the usual names

    @property
    def kind(self) -> str:
        """Its issues are documents, not those that are followed."""
        return "jira_incidents"

    def paths(self, known: JiraFields) -> FieldPaths:
        """Which path in an issue states which field of an incident; `known` fields count where set."""
        return issue_paths(
            self.fields, self.document, comments=self.comments, severity=known.severity, team=known.team
        )

    @field_validator("jql")
    @classmethod
    def _has_a_condition(cls, jql: str) -> str:
        if not without_order(jql):
            raise ValueError('a JQL with a condition, such as "project = INC AND issuetype = Incident"')
        return jql

    @field_validator("fields", mode="before")
    @classmethod
    def _fields_are_known(cls, fields: Any) -> Any:
        check_fields(fields)
        columns_of(issue_paths(fields))
        return fields


def _kind_of_source(given: Any) -> str:
    """A source without a type is a folder."""
    kind = given.get("type", "folder") if isinstance(given, dict) else getattr(given, "type", "folder")
    return kind if isinstance(kind, str) else ""


AnySource = Annotated[
    Annotated[FolderSource, Tag("folder")]
    | Annotated[GitSource, Tag("git")]
    | Annotated[ConfluenceSource, Tag("confluence")]
    | Annotated[ExportSource, Tag("export")]
    | Annotated[JiraSource, Tag("jira")],
    Discriminator(_kind_of_source),
]


class Team(_Table):
    """Who owns what."""

    name: Name
    services: list[str] = Field(default_factory=list)
    jira_projects: list[str] = Field(default_factory=list)
    people: list[str] = Field(default_factory=list)


def _published_by_gitlab() -> dict[SeverityLevel, int]:
    return {"1": 7, "2": 30, "3": 60, "4": 90}


class Policy(_Table):
    """What was agreed about following through. Days run from the promise to the committed date.

    The defaults for severities are those GitLab publishes for corrective actions.
    """

    due_days_by_priority: dict[str, Days] = Field(default_factory=dict)
    due_days_by_severity: dict[SeverityLevel, Days] = Field(default_factory=_published_by_gitlab)
    ignored_after_days: Days = 30
    repeat_within_days: Days = 180
    repeat_similarity: Annotated[float, Field(gt=0, le=1)] = 0.45  # of two texts: a repeat
    written_within_days: Days | None = None  # from the end of an incident to its postmortem
    reviewed_within_days: Days | None = None  # … and to the review of that
    written_within_days_by_severity: dict[SeverityLevel, Days] = Field(default_factory=dict)
    reviewed_within_days_by_severity: dict[SeverityLevel, Days] = Field(default_factory=dict)


class Cost(_Table):
    """What an incident costs, where its document does not say."""

    formula: Annotated[str, Field(max_length=500), AfterValidator(checked_formula)] | None = None
    currency: Annotated[str, Field(max_length=12)] = ""  # of the formula, and of the costs documents state


class Metrics(_Table):
    """Which pair of times is the R of MTTR."""

    time_to_resolve: tuple[TimeField, TimeField] = ("started_at", "resolved_at")

    @field_validator("time_to_resolve")
    @classmethod
    def _goes_forward(cls, pair: tuple[TimeField, TimeField]) -> tuple[TimeField, TimeField]:
        order = get_args(TimeField)
        if order.index(pair[0]) >= order.index(pair[1]):
            raise ValueError(
                f"two times of which the first comes first ({', '.join(order)}), not {list(pair)}"
            )
        return pair


class Priorities(_Table):
    """What is assumed when work is ranked by the loss that it would avoid."""

    effectiveness: Annotated[float, Field(ge=0, le=1)] = 0.5  # of the incidents, how many a fix would avoid
    horizon_days: Days = 91  # how far ahead


class Lint(_Table):
    """What `postmortems lint` asks of a document; its exit code is 1 when a document falls short."""

    minimum_score: Annotated[float, Field(ge=0, le=1)] | None = None  # of the completeness score
    fail_on: Literal["error", "warning", "never"] = "error"  # findings of this level, or a worse one
    ignore: list[str] = Field(default_factory=list)  # names of rules that are not told


class JiraFields(_Table):
    """Custom fields by their ids: names are no help, as they change and two fields may share one.

    What is not set is found by the type Jira gives the field, where one field alone has it.
    """

    team: FieldId | None = None
    story_points: FieldId | None = None
    severity: FieldId | None = None
    sprint: FieldId | None = None
    epic_link: FieldId | None = None
    incident: FieldId | None = None  # holds the key or the address of the incident an issue belongs to


Deployment = Literal["cloud", "data_center"]


class Jira(_Table):
    """Where the action items are followed. The token never stands in the file."""

    url: Url
    deployment: Deployment | None = None  # Jira is asked unless set
    browse_url: Url | None = None  # what people open, when `url` is an API gateway
    email: str | None = None  # whose API token it is, on Cloud; without one the token is a bearer token
    username: str | None = None  # whose password the token is, on Data Center
    token_env: str = "JIRA_TOKEN"  # noqa: S105  the variable's name, not the token
    token_file: Path | None = None
    jql: str | None = None  # issues to follow besides those the documents name
    projects: list[str] = Field(default_factory=list)  # keys a bare PAY-12 may belong to
    automation_accounts: list[str] = Field(default_factory=list)
    action_item_links: list[Name] | None = None  # types of links from an incident's issue to its promises
    fields: JiraFields = Field(default_factory=JiraFields)
    remote_links: bool = True  # whether issues are asked for their links to documents
    overlap_hours: Annotated[float, Field(ge=0, le=24 * 60)] = 12  # search may be this late to show a change
    sweep_every_hours: Annotated[float, Field(gt=0, le=24 * 366)] = 24  # how often everything is looked at
    calls_per_second: Annotated[float, Field(gt=0, le=1000)] | None = None  # the most; unset: as they come
    request_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60

    @property
    def issue_url(self) -> str:
        """The address people open, without the key: `<this>/browse/PAY-12`."""
        return self.browse_url or self.url


class Merge(_Table):
    """By what several documents on one incident are known to be on one; an empty list keeps all apart."""

    by: tuple[Literal["incident_key", "service_and_time"], ...] = ("incident_key",)


class Review(_Table):
    """Where people write what they know better than the documents."""

    file: Path = Path("reviewed.csv")


class Access(_Table):
    """Who may see the dashboard: people whom an OpenID provider signs in. Secrets never stand in the file."""

    url: Url  # where people open the dashboard, with the path a proxy gives it
    server_metadata_url: Url  # of the provider: …/.well-known/openid-configuration
    client_id: Name
    client_secret_env: str = "OIDC_CLIENT_SECRET"  # noqa: S105  the variable's name, not the secret
    client_secret_file: Path | None = None
    cookie_secret_env: str = "DASHBOARD_COOKIE_SECRET"  # noqa: S105  the variable's name, not the secret
    cookie_secret_file: Path | None = None
    scopes: list[Name] = Field(default_factory=lambda: ["openid", "email", "profile"])
    allowed_domains: list[Name] = Field(default_factory=list)  # of verified e-mail addresses
    allowed_groups: list[Name] = Field(default_factory=list)  # one of these, where any is named
    groups_claim: Name = "groups"  # where the provider tells groups; dots lead into a claim
    restricted_groups: list[Name] = Field(default_factory=list)  # who sees restricted documents
    session_hours: Annotated[float, Field(gt=0, le=720)] = 12  # until people sign in again

    @field_validator("url", "server_metadata_url")
    @classmethod
    def _is_private(cls, url: str) -> str:
        host = re.match(r"http://(\[::1\]|[^/:]+)", url)
        if host and host[1] not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError(f'an address beginning with https://, not "{url}"')
        return url

    @model_validator(mode="after")
    def _lets_somebody_in(self) -> Access:
        if not self.allowed_domains and not self.allowed_groups:
            raise ValueError("a table with allowed_domains or allowed_groups, or both: who may see the pages")
        return self


class Settings(_Table):
    """Everything the user decides. `folder` is where the settings file lies; paths are resolved to it."""

    folder: Path = Path()
    company: Company = Field(default_factory=Company)
    paths: Paths = Field(default_factory=Paths)
    sources: list[AnySource] = Field(default_factory=list)
    teams: list[Team] = Field(default_factory=list)
    severity: dict[SeverityLevel, list[str]] = Field(default_factory=dict)
    taxonomy: Path | None = None  # the file of categories; the one that ships unless set
    annotations: Path = Path("annotations.csv")  # what charts mark: releases, changes of policy
    policy: Policy = Field(default_factory=Policy)
    cost: Cost = Field(default_factory=Cost)
    metrics: Metrics = Field(default_factory=Metrics)
    priorities: Priorities = Field(default_factory=Priorities)
    lint: Lint = Field(default_factory=Lint)
    merge: Merge = Field(default_factory=Merge)
    review: Review = Field(default_factory=Review)
    access: Access | None = None  # without it nobody signs in, and only this machine is served
    jira: Jira | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        for what, names in (
            ("sources", [source.name for source in self.sources]),
            ("teams", [team.name for team in self.teams]),
            ("teams.services", [name for team in self.teams for name in team.services]),
            ("teams.jira_projects", [key for team in self.teams for key in team.jira_projects]),
        ):
            folded = [name.casefold() for name in names]
            for name in names:
                if folded.count(name.casefold()) > 1:
                    raise ValueError(f'{what}: "{name}" stands there twice; each may stand once')
        words: dict[str, str] = {}
        for level, meant in self.severity.items():
            for word in meant:
                if words.setdefault(word.casefold(), level) != level:
                    raise ValueError(f'severity: "{word}" stands under {words[word.casefold()]} and {level}')
        teams = {team.name for team in self.teams}
        for source in self.sources:
            if source.name.casefold() == "jira":
                raise ValueError('sources: "jira" is the name of the Jira; call the source something else')
            if source.type == "jira" and self.jira is None:
                raise ValueError(
                    f"sources: {source.name} is read from the Jira of a [jira] table, and there is none; "
                    f"add one with its url"
                )
            if source.team is not None and teams and source.team not in teams:
                raise ValueError(f'sources: the team "{source.team}" of {source.name} stands in no [[teams]]')
        if self.paths.warehouse.stem in _TAKEN_CATALOGS:
            raise ValueError(
                f"paths.warehouse: {self.paths.warehouse.name} is a name of our own; choose another"
            )
        if self.published_path.exists() and not self.published_path.is_dir():
            raise ValueError(f"paths.published: {self.paths.published} is a file; name a folder")
        return self

    def resolve(self, path: Path) -> Path:
        """`path` as the settings file means it: absolute, or relative to the file's own folder."""
        return path if path.is_absolute() else self.folder / path

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file only the pipeline opens."""
        return self.resolve(self.paths.warehouse)

    @property
    def published_path(self) -> Path:
        """The folder of published builds."""
        return self.resolve(self.paths.published)

    @property
    def log_path(self) -> Path:
        """Where whole tracebacks go."""
        return self.resolve(self.paths.log)

    def read_taxonomy(self) -> Taxonomy:
        """The categories of causes and triggers, of the file the settings name or those that ship.

        Raises SettingsError, one line for each mistake in that file.
        """
        if self.taxonomy is None:
            return default_taxonomy()
        path = self.resolve(self.taxonomy)
        hint = f"write one with `postmortems init --taxonomy {self.taxonomy}`"
        content = _content_of(path, hint, place="taxonomy: ")
        return checked(Taxonomy, content, path)

    def jira_token(self) -> SecretStr:
        """The token, from the environment or the file the settings name.

        Raises SettingsError when there is none.
        """
        if self.jira is None:
            raise SettingsError(
                "jira: there is no [jira] table in the settings; add one to follow action items"
            )
        return self.token("jira", self.jira.token_env, self.jira.token_file)

    def token(self, table: str, token_env: str, token_file: Path | None) -> SecretStr:
        """The token that `table` names, from the environment or the file it names.

        Raises SettingsError when there is none.
        """
        return self.secret(table, "token", token_env, token_file)

    def secret(self, table: str, name: str, variable: str, file: Path | None) -> SecretStr:
        """The secret `name` of `table`, from the file it names, else from this variable of the environment.

        Raises SettingsError when there is none.
        """
        words = name.replace("_", " ")
        if file is not None:
            path = self.resolve(file)
            try:
                secret = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"{table}.{name}_file: {path} cannot be read; name a file that holds the {words}"
                ) from error
            if not secret:
                raise SettingsError(f"{table}.{name}_file: {path} is empty; put the {words} in it")
            return SecretStr(secret)
        secret = os.environ.get(variable, "").strip()
        if not secret:
            raise SettingsError(
                f"{table}.{name}_env: the environment has no {variable}; "
                f"export it, or set {table}.{name}_file, or remove {table} from the settings"
            )
        return SecretStr(secret)


def load_settings(path: Path) -> Settings:
    """The settings of the file at `path`.

    Raises SettingsError, one line naming the key and what it should be.
    """
    content = _content_of(path, "write one with `postmortems init`")
    if "folder" in content:
        raise SettingsError(f"{path}: folder: is not a setting; remove it")
    settings = checked(Settings, content | {"folder": path.resolve().parent}, path)
    settings.read_taxonomy()  # its mistakes are told before anything is fetched
    return settings


def _content_of(path: Path, hint: str, place: str = "") -> dict[str, Any]:
    """What a TOML file holds; `hint` says how to have one, `place` is the setting that names the file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"{place}{path}: there is no such file; {hint}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{place}{path}: cannot be read as UTF-8 text ({type(error).__name__})"
        ) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from error
