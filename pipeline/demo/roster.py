"""Who the invented company is: its units, teams, services and people. All names are made up.

The lists are fixed, so that the seed changes what happens and not who it happens to. Which team behaves how
is fixed too: the demo tells the same story whatever the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COMPANY_NAME = "Quillmarsh"
DOMAIN = "quillmarsh.example"
FOLLOW_UP_LABEL = "postmortem-action"

Behaviour = Literal["follows_through", "ignores", "pushes_due_dates", "closes_in_bulk", "reopens"]
Style = Literal["runbook", "labels", "plain", "wiki", "record", "status_post", "review"]
Kept = Literal["folder", "git", "export"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Jira account."""

    account_id: str
    name: str

    @property
    def handle(self) -> str:
        """`Ana Ruiz` as `ana.ruiz`, in plain ASCII."""
        plain = self.name.lower().replace(" ", ".").replace("-", "").replace("'", "")
        return plain.translate(str.maketrans("áãçéèëíîñóöøőřšúüýžłåäß", "aaceeeiinoooorsuuyzlaas"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the company that keeps its postmortems in a place of its own, in a style of its own.

    `time_zone` is where its people live: the zone of every time they write without one. `kept` says in what:
    a folder, a git repository, or the export of a tool. `day_first` tells of those who write 31/12/2025,
    `address` where people read what is kept in a folder.
    """

    name: str
    style: Style
    time_zone: str
    kept: Kept = "folder"
    day_first: bool = False
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team and what makes it different.

    `incident_share` is its part of all incidents (the shares sum to 1). `improves` says that half-way
    through the history its incidents become five times shorter, for good; all others stay as they are.
    """

    name: str
    unit: str
    project: str
    services: tuple[str, ...]
    people: tuple[Person, ...]
    behaviour: Behaviour
    incident_share: float
    improves: bool = False


UNITS = (
    Unit("platform", "runbook", "UTC", kept="git"),
    Unit("payments", "labels", "Europe/London", day_first=True),
    Unit("fulfilment", "plain", "Europe/Paris", address=f"https://files.{DOMAIN}/fulfilment"),
    Unit("storefront", "wiki", "America/Los_Angeles", address=f"https://wiki.{DOMAIN}/storefront"),
    Unit("insights", "record", "America/Los_Angeles", kept="export"),
    Unit("status-page", "status_post", "UTC"),
    Unit("search", "review", "Asia/Kolkata", address=f"https://reviews.{DOMAIN}"),
)

_NAMES = {
    "IDN": "Amara Okafor, Tomasz Wójcik, Leilani Kahale, Henrik Dahlberg, Priya Raghunathan",
    "FND": "Mateus Carvalho, Ingrid Solheim, Kwabena Asante, Yuki Haramoto, Declan Mulvey",
    "PAY": "Zoë Lindqvist, Rajesh Iyengar, Fatima Benhaddou, Owen Prys, Catalina Duarte, Nnamdi Eze",
    "FUL": "Élodie Marchetti, Bartosz Kowalczyk, Sanne Vermeulen, Giulia Ferrante, Hamza Tahiri",
    "SHOP": "Marisol Fuentes, Dwayne Pritchard, Mei-Ling Chao, Tevita Fonua, Harper Lindell, Arjun Malhotra",
    "DATA": "Shreya Banerjee, Luca Santoro, Abena Owusu, Jonas Reinholt",
    "EDGE": "Viktor Novotný, Halima Yusuf, Santiago Arce, Freya Nygaard",
    "SRCH": "Ananya Deshpande, Karthik Subramaniam, Rohan Kulkarni, Nithya Menon, Imran Sheikh",
}


def _people(project: str) -> tuple[Person, ...]:
    return tuple(
        Person(f"7120:{project.lower()}-{number:02d}", name)
        for number, name in enumerate(_NAMES[project].split(", "), start=1)
    )


TEAMS = (
    Team(
        "Identity",
        "platform",
        "IDN",
        ("login", "session-store", "account-directory", "access-rules"),
        _people("IDN"),
        "follows_through",
        0.22,
        improves=True,
    ),
    Team(
        "Foundations",
        "platform",
        "FND",
        ("cluster-scheduler", "secrets-vault", "message-bus", "artifact-store"),
        _people("FND"),
        "follows_through",
        0.11,
    ),
    Team(
        "Payments",
        "payments",
        "PAY",
        ("checkout-api", "card-gateway", "ledger"),
        _people("PAY"),
        "follows_through",
        0.13,
    ),
    Team(
        "Fulfilment",
        "fulfilment",
        "FUL",
        ("order-router", "warehouse-sync", "label-printer"),
        _people("FUL"),
        "pushes_due_dates",
        0.12,
    ),
    Team(
        "Storefront",
        "storefront",
        "SHOP",
        ("storefront-web", "product-catalog", "recommendations", "image-resizer"),
        _people("SHOP"),
        "ignores",
        0.18,
    ),
    Team(
        "Insights",
        "insights",
        "DATA",
        ("event-pipeline", "report-builder"),
        _people("DATA"),
        "reopens",
        0.07,
    ),
    Team(
        "Edge",
        "status-page",
        "EDGE",
        ("edge-proxy", "dns", "build-farm"),
        _people("EDGE"),
        "follows_through",
        0.08,
    ),
    Team(
        "Search",
        "search",
        "SRCH",
        ("search-api", "search-indexer", "suggestions"),
        _people("SRCH"),
        "closes_in_bulk",
        0.09,
    ),
)

#: Edits issues on a schedule; none of its edits is anybody's work.
AUTOMATION = Person("557058:automation-for-jira", "Automation for Jira")


def unit_of(team: Team) -> Unit:
    """The unit `team` belongs to."""
    return next(unit for unit in UNITS if unit.name == team.unit)
