"""A document while it is being written, and what it states correctly."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.demo import phrases
from pipeline.demo.house_styles.pdf import printed
from pipeline.demo.promises import ActionItem
from pipeline.demo.roster import DOMAIN
from pipeline.demo.truth import Company, DocumentPlan, Incident, Mistake

StageField = Literal[
    "started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at"
]
LinkKind = Literal["graph", "log", "chat", "document"]
#: A value as a reader should find it: times naive UTC, durations in minutes, lists as tuples.
Value = str | int | float | bool | datetime | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A field of an incident that a document states, and states rightly."""

    incident_id: str
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class StatedActionItem:
    """A promise as a document tells it; what it leaves out is None."""

    incident_id: str
    description: str
    kind: str | None = None
    owner: str | None = None
    due_on: date | None = None
    issue_key: str | None = None
    is_marked_done: bool | None = None


@dataclass(frozen=True, slots=True)
class StatedLink:
    """An address that a document gives as evidence, with what it leads to."""

    incident_id: str
    kind: LinkKind
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """A written file: its unit's folder and path, its bytes, what it states, and the mistakes in it."""

    plan: DocumentPlan
    content: bytes
    stated: tuple[Stated, ...] = ()
    stated_action_items: tuple[StatedActionItem, ...] = ()
    stated_links: tuple[StatedLink, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a timeline. `field` names the time it states, None for what happened in between."""

    at: datetime
    text: str
    field: StageField | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """The words one author finds for one incident; the same in every section."""

    began: str
    root_cause: str
    trigger: str
    mitigation: str
    impact: str
    summary: str


class Page:
    """Collects the lines of one document. Words are drawn from a generator of the document's own."""

    def __init__(
        self,
        company: Company,
        plan: DocumentPlan,
        jira_url: str,
        promises: Mapping[str, tuple[ActionItem, ...]],
    ) -> None:
        self.company = company
        self._promises = promises
        self.plan = plan
        self.jira_url = jira_url.rstrip("/")
        self.zone = ZoneInfo(plan.unit.time_zone)
        self.rng = random.Random(f"{company.seed}/{plan.unit.name}/{plan.path}")
        self.mistakes: list[Mistake] = list(plan.mistakes)
        self._lines: list[str] = []
        self._stated: list[Stated] = []
        self._stated_items: list[StatedActionItem] = []
        self._stated_links: list[StatedLink] = []

    def makes(self, mistake: Mistake) -> bool:
        """Whether the author makes this mistake here."""
        return mistake in self.plan.mistakes

    def note(self, mistake: Mistake) -> None:
        """Record a mistake that came of itself, such as midnight passing without a date."""
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def add(self, *lines: str) -> None:
        """Append lines."""
        self._lines += lines

    def state(self, incident: Incident, field: str, value: Value | None) -> None:
        """Record that the page now states `value`; None states nothing."""
        if value is not None and value != ():
            self._stated.append(Stated(incident.incident_id, field, value))

    def state_time(self, incident: Incident, field: str, *, has_zone: bool) -> None:
        """Record a stated time, unless it is a civil time without a zone that happened twice that day."""
        at: datetime | None = getattr(incident, field)
        if at is None:
            return
        if not has_zone and self._happened_twice(at):
            self.note("clock_change")
        else:
            self.state(incident, field, at)

    def state_item(self, incident: Incident, item: ActionItem, **told: str | date | bool | None) -> None:
        """Record a promise with what the page tells of it."""
        self._stated_items.append(StatedActionItem(incident.incident_id, item.description, **told))  # type: ignore[arg-type]

    def state_step(self, incident: Incident, step: Step, *, has_zone: bool) -> None:
        """Record the time that a line of a timeline states, if it states one."""
        if step.field is not None:
            self.state_time(incident, step.field, has_zone=has_zone)

    def tell_impact(self, incident: Incident, told: Telling) -> str:
        """The words on the impact, which count the users."""
        self.state(incident, "affected_user_count", incident.affected_user_count)
        return told.impact

    def tell_detection(self, incident: Incident) -> str:
        """A sentence on how it was noticed."""
        self.state(incident, "detection_method", incident.detection)
        return self.say(phrases.DETECTION_SENTENCES[incident.detection], incident)

    def tell_cause(self, incident: Incident, told: Telling) -> str:
        """The words on the root cause."""
        self.state(incident, "root_cause", told.root_cause)
        return told.root_cause

    def tell_trigger(self, incident: Incident, told: Telling) -> str:
        """The words on the trigger."""
        self.state(incident, "trigger", told.trigger)
        return told.trigger

    def evidence(self, incident: Incident) -> list[StatedLink]:
        """The addresses this author gives as evidence, none at times; the page states them."""
        key, service = incident.incident_id.lower(), incident.service
        began = int(incident.started_at.replace(tzinfo=UTC).timestamp())
        known: list[tuple[LinkKind, str, str]] = [
            ("graph", f"grafana.{DOMAIN}/d/{service}/overview?from={began}000", "Dashboard"),
            ("log", f"logs.{DOMAIN}/app/discover?service={service}&at={began}", "Error log"),
            ("chat", f"mattermost.{DOMAIN}/incidents/channels/{key}", "Incident channel"),
            ("document", f"status.{DOMAIN}/incidents/{key}", "Status page"),
        ]
        chosen = sorted(self.rng.sample(range(len(known)), self.rng.choices((0, 1, 2, 3), (3, 3, 3, 1))[0]))
        links = [
            StatedLink(incident.incident_id, kind, f"https://{place}", label)
            for kind, place, label in (known[index] for index in chosen)
        ]
        self._stated_links += links
        return links

    def reviewers(self, *incidents: Incident) -> tuple[str, ...]:
        """Who read it before it was published; the page states them of each incident."""
        others = [person.name for person in incidents[0].team.people if person != self.plan.author]
        chosen = tuple(self.rng.sample(others, self.rng.choice((1, 1, 2))))
        for incident in incidents:
            self.state(incident, "reviewers", chosen)
        return chosen

    def review_day(self) -> datetime:
        """When the day of the review began, as the unit's people count days."""
        at = self.local(self.plan.published_at).replace(hour=0, minute=0)
        return at.astimezone(UTC).replace(tzinfo=None)

    def five_whys(self, incident: Incident, told: Telling) -> list[tuple[str, str]]:
        """Questions and answers down to what is beneath the root cause; the page states them."""
        assert incident.story is not None
        words = {
            "impact": told.impact,
            "root_cause": told.root_cause,
            "factor": self.say(incident.story.factors, incident),
            "wrong": self.say(phrases.WENT_WRONG, incident),
            "habit": self.say(phrases.HABITS, incident),
        }
        whys = [
            (self.fill(question, incident), self.fill(answer, incident, **words))
            for question, answer in phrases.WHYS
        ]
        self.state(incident, "five_whys", tuple(f"{question} {answer}" for question, answer in whys))
        return whys

    def approximated(self, steps: list[Step]) -> list[tuple[Step, str]]:
        """Each step with what stands before its time: a tilde for one of them when the author is unsure."""
        unsure = self.rng.randrange(len(steps)) if steps and self.makes("approximate_time") else None
        return [(step, "~" if index == unsure else "") for index, step in enumerate(steps)]

    def may_omit_date(self, previous: datetime, at: datetime) -> bool:
        """Whether the author writes the time alone: always on the same day, at times when midnight passes.

        Only a person with the whole day in mind could tell 09:00 and then 08:00 a day later, so that always
        has its date.
        """
        if at.date() == previous.date():
            return True
        if at - previous < timedelta(hours=14) and self.rng.random() < 0.5:
            self.note("midnight_without_date")
            return True
        return False

    def hours_and_minutes(self, minutes: float) -> str:
        """A duration in one of the forms people write."""
        hours, rest = divmod(round(minutes), 60)
        forms = [f"{hours}h {rest:02d}m", f"{round(minutes)} minutes"]
        if hours and rest:
            plural = "s" if hours > 1 else ""
            forms.append(f"{hours} hour{plural} and {rest} minute{'s' if rest > 1 else ''}")
        return self.rng.choice(forms)

    def local(self, at: datetime) -> datetime:
        """A naive UTC time as the unit's people read it on the wall; aware."""
        return at.replace(tzinfo=UTC).astimezone(self.zone)

    def link(self, item: ActionItem) -> str | None:
        """The address of the item's issue, when the author links it."""
        return f"{self.jira_url}/browse/{item.issue_key}" if item.issue_key and item.is_linked else None

    def key(self, item: ActionItem) -> str | None:
        """The key of the item's issue, when the author names it."""
        return item.issue_key if item.is_linked else None

    def promises(self, incident: Incident) -> list[ActionItem]:
        """The action items the document lists."""
        return [item for item in self._promises.get(incident.incident_id, ()) if item.is_in_document]

    def say(self, patterns: tuple[str, ...], incident: Incident, **more: str) -> str:
        """One of the patterns, filled in."""
        return self.fill(self.rng.choice(patterns), incident, **more)

    def fill(self, pattern: str, incident: Incident, **more: str) -> str:
        """The pattern with the incident's names, and a number and a person of chance."""
        words = {
            "service": incident.service,
            "other": incident.other_service,
            "number": str(self.rng.randint(12, 480)),
            "person": self.rng.choice(incident.team.people).name,
            "team": incident.team.name,
            "users": f"{incident.affected_user_count:,}",
            "weekday": self.local(incident.started_at).strftime("%A"),
            "title": incident.title,
        }
        return pattern.format(**words | more)

    def tell(self, incident: Incident) -> Telling:
        """The incident in this author's words, chosen anew at each call."""
        story = incident.story
        assert story is not None
        trigger, mitigation = self.say(story.triggers, incident), self.say(story.mitigations, incident)
        impact = self.say(phrases.IMPACTS, incident)
        sentence = mitigation[0].upper() + mitigation[1:]
        return Telling(
            began=self.say(story.began, incident),
            root_cause=self.say(story.root_causes, incident),
            trigger=trigger,
            mitigation=mitigation,
            impact=impact,
            summary=self.say(
                phrases.SUMMARIES, incident, trigger=trigger, impact=impact, mitigation=sentence
            ),
        )

    def choices(self, patterns: tuple[str, ...], incident: Incident, most: int) -> list[str]:
        """Up to `most` different patterns, filled in; at least one."""
        count = min(self.rng.randint(1, most), len(patterns))
        return [self.fill(pattern, incident) for pattern in self.rng.sample(patterns, count)]

    def steps(self, incident: Incident, telling: Telling) -> list[Step]:
        """The timeline as the author remembers it, in order."""
        told: list[tuple[StageField, str]] = [
            ("started_at", telling.began + self.rng.choice(phrases.BEGINNINGS)),
            ("detected_at", self.say(phrases.DETECTIONS[incident.detection], incident)),
            ("acknowledged_at", self.say(phrases.ACKNOWLEDGEMENTS, incident)),
            ("declared_at", self.say(phrases.DECLARATIONS, incident)),
            ("mitigated_at", self.say(phrases.MITIGATIONS, incident, mitigation=telling.mitigation)),
            ("resolved_at", self.say(phrases.RESOLUTIONS, incident)),
        ]
        left_out = {"acknowledged_at"} if self.rng.random() < 0.3 else set()
        left_out |= {"declared_at"} if self.rng.random() < 0.25 else set()
        left_out |= {"started_at"} if self.makes("no_start") else set()
        left_out |= {"resolved_at"} if self.makes("no_end") else set()
        steps = []
        for field, text in told:
            at: datetime | None = getattr(incident, field)
            if at is None or field in left_out:
                continue
            steps.append(Step(at, text, field))
            if field == "declared_at" and incident.mitigated_at is not None:
                steps += self._in_between(incident, at, incident.mitigated_at)
        return steps

    def finish(self) -> Document:
        """The document, encoded as its author's editor saves or prints it."""
        text = "\n".join(self._lines).rstrip("\n") + "\n"
        content = printed(text.splitlines()) if self.plan.path.endswith(".pdf") else text.encode()
        if self.makes("not_utf8"):
            # The pound sign is a single byte in this encoding, and no valid UTF-8.
            text += "\nThe cost was about £3,200.\n"
            return Document(self.plan, text.encode("cp1252", "replace"), mistakes=tuple(self.mistakes))
        return Document(
            self.plan,
            content,
            tuple(self._stated),
            tuple(self._stated_items),
            tuple(self._stated_links),
            tuple(self.mistakes),
        )

    def _in_between(self, incident: Incident, since: datetime, until: datetime) -> list[Step]:
        minutes = int((until - since).total_seconds() // 60)
        count = min(self.rng.randint(0, 3), max(0, minutes - 1))
        offsets = sorted(self.rng.sample(range(1, minutes), count)) if count else []
        texts = self.rng.sample(phrases.INVESTIGATIONS, len(offsets))
        return [
            Step(since + timedelta(minutes=offset), self.fill(text, incident))
            for offset, text in zip(offsets, texts, strict=True)
        ]

    def _happened_twice(self, at: datetime) -> bool:
        local = self.local(at)
        return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
