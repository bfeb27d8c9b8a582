"""A Jira in which anything may happen, one small step at a time, and the documents that name its issues.

A step is a name and two numbers, so that a test can draw steps, shrink them and print them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.query import find_issues
from pipeline.demo.jira.site import SPRINT, STORY_POINTS, Deployment
from pipeline.demo.jira.state import JiraState

JQL = "labels = pm"
SEVERITY = "customfield_10099"
TEAM = "customfield_10001"
LINK_TYPES = ("Blocks", "Duplicate", "Relates", "Cloners")
#: Search is never later than this, which is less than the overlap of the settings.
MOST_LAG = timedelta(hours=11)
#: Seconds that pass with a step. Two issues may be made in one second, and be changed in one millisecond.
_PASSES = (0, 1, 90, 3600)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens; what the numbers choose is the step's own affair."""

    what: str
    a: int = 0
    b: int = 0


class World:
    """The Jira (`state`), its time (`now`, naive UTC), and the keys that documents name.

    `unnoticed` are the ids that came into view, or changed place, without a word in `updated`: only a sweep
    can find them. It is for the tests to empty.
    """

    def __init__(self, deployment: Deployment, *, inline_comments: int) -> None:
        self.now = datetime(2024, 3, 1, 9, 0)
        self.named: set[str] = set()
        self.incidents: set[str] = set()
        self.unnoticed: set[str] = set()
        self._late_since: datetime | None = None
        self._renames = 0
        state = self.state = JiraState(deployment=deployment, inline_comments=inline_comments)
        for status_id, name, category in (
            ("1", "To Do", "new"),
            ("2", "Doing", "indeterminate"),
            ("3", "Done", "done"),
            ("4", "Closed", "done"),
        ):
            state.add_status(status_id, name, category)
        state.add_project("PAY", "Payments")
        state.add_project("OPS", "Operations", statuses=["1", "4"])
        state.add_project("WEB", "Website")
        for person in ("ana", "ben", "bot"):
            state.add_user(person, person.title(), "app" if person == "bot" else "atlassian")
        state.add_field(
            SEVERITY, "Severity", "com.atlassian.jira.plugin.system.customfieldtypes:select", "option"
        )
        for sprint_id in (7, 8):
            state.add_sprint(sprint_id, f"Sprint {sprint_id}", startDate="2024-03-01T09:00:00.000Z")

    def do(self, step: Step) -> None:
        """Let it happen. A step that cannot be taken now is none."""
        self.let_pass(timedelta(seconds=_PASSES[(step.a + step.b) % len(_PASSES)]))
        with self.state.lock:
            STEPS[step.what](self, step.a, step.b)

    def let_pass(self, time: timedelta) -> None:
        """Let time go by; search catches up before it is too late."""
        if self._late_since is not None and self.now + time > self._late_since + MOST_LAG:
            self.catch_up()
        self.now += time

    def catch_up(self) -> None:
        """Let search see everything as it is."""
        self.state.refresh_index()
        self._late_since = None

    def show_everything(self) -> None:
        """Give back every right to see."""
        for key in list(self.state.hidden_projects):
            self.state.hide_project(key, hidden=False)
        for issue in self.state.issues.values():
            issue.is_hidden = False
        self.unnoticed.update(self.state.issues)

    def found_by_jql(self) -> list[Issue]:
        """The issues that search finds for the JQL of the settings now."""
        return find_issues(JQL, self.state)

    # --- steps --------------------------------------------------------------------------------------------

    def _wait(self, a: int, b: int) -> None:
        self.let_pass(timedelta(hours=a))

    def _create(self, a: int, b: int) -> None:
        parent = None
        issue_type = ("Task", "Story", "Epic", "Sub-task")[b % 4]
        if issue_type == "Sub-task":
            parent = self._a_parent(a, level=0)
            issue_type = "Task" if parent is None else issue_type
        elif issue_type != "Epic" and a % 2:
            parent = self._a_parent(a, level=1)
        self.state.create_issue(
            self._a_project(a),
            f"Promise {b}",
            at=self.now,
            status_id="1",
            reporter=self._a_person(b) or "ana",
            issue_type=issue_type,
            priority=self._a_priority(b),
            assignee=self._a_person(a),
            due_on=date(2024, 4, 1 + b) if b % 3 else None,
            labels=["pm"] if a % 3 else ["other"],
            parent=None if parent is None else parent.key,
            custom={STORY_POINTS: b, TEAM: "Shop"} if a % 4 == 1 else {},
        )

    def _edit(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is None:
            return
        changes = (
            {"summary": f"Promise {self.now}"},
            {"priority": self._a_priority(b)},
            {"assignee": self._a_person(b)},
            {"reporter": self._a_person(b) or "ben"},
            {"due_on": date(2024, 5, 1 + b)},
            {"due_on": None},
            {"description": f"Because of {b}"},
            {"custom": {SEVERITY: f"S{b}"}},
            {"custom": {STORY_POINTS: None if b % 2 else b}},
            {"custom": {SPRINT: [7, 8][: b % 3]}},
            {"custom": {TEAM: ("Shop", "Infra", None)[b % 3]}},
            {"resolution": ("Done", None)[b % 2]},
        )
        self.state.edit(issue.key, at=self.now, by=self._a_person(a + b), **changes[b % len(changes)])

    def _edit_often(self, a: int, b: int) -> None:
        for number in range(2 + b):
            if (issue := self._an_issue(a)) is not None:
                summary = f"Version {number} of {self.now}"
                self.state.edit(issue.key, at=self.now, by="bot", summary=summary)
                self.let_pass(timedelta(seconds=number % 2))

    def _label(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            labels = [] if "pm" in issue.fields["labels"] else ["pm", "other"]
            self.state.edit(issue.key, at=self.now, by="ana", labels=labels)

    def _transition(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            done = b % 4 > 1
            self.state.transition(
                issue.key,
                str(1 + b % 4),
                at=self.now,
                by=self._a_person(b),
                resolution=("Done", "Won't Do")[b % 2] if done else None,
            )

    def _reopen(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            self.state.transition(issue.key, "1", at=self.now, by="ana", keep_resolution=bool(b % 2))

    def _comment(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            for number in range(1 + b % 4):
                self.state.comment(issue.key, f"Still on it, {number}", at=self.now, by="ben")

    def _move(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None and issue.project != (there := self._a_project(b)):
            self.state.move(issue.key, there, at=self.now, by="ana")

    def _delete(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            self.state.delete(issue.key)

    def _hide(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            self.state.hide(issue.key, hidden=not issue.is_hidden)
            self.unnoticed.add(issue.issue_id)

    def _hide_project(self, a: int, b: int) -> None:
        key = self._a_project(a)
        self.state.hide_project(key, hidden=key not in self.state.hidden_projects)
        self._all_of(key)

    def _rename(self, a: int, b: int) -> None:
        state = self.state
        self._renames += 1
        name = f"Renamed {self._renames}"
        match b % 6:
            case 0:
                state.rename_status(str(1 + a % 4), name)
            case 1:
                state.rename_user(("ana", "ben", "bot")[a % 3], name)
            case 2:
                state.rename_priority(list(state.priorities.values())[a % len(state.priorities)], name)
            case 3:
                state.rename_field((SEVERITY, TEAM, STORY_POINTS)[a % 3], name)
            case 4:
                state.rename_project(self._a_project(a), name=name)
            case 5:
                state.deactivate_user(("ana", "ben", "bot")[a % 3])

    def _rename_key(self, a: int, b: int) -> None:
        """Every key of a project changes; sometimes another project takes the key it had."""
        key = self._a_project(a)
        self._renames += 1
        self._all_of(key)
        self.state.rename_project(key, new_key=f"{key[:3]}{self._renames}")
        if b % 2:
            self.state.add_project(key, f"Another {key}")

    def _hide_field(self, a: int, b: int) -> None:
        self.state.hide_field(self._a_project(a), ("duedate", "priority", STORY_POINTS, "components")[b % 4])

    def _link(self, a: int, b: int) -> None:
        one, two = self._an_issue(a), self._an_issue(b)
        kind = LINK_TYPES[(a * 5 + b) % len(LINK_TYPES)]
        if one is not None and two is not None and one is not two and not _is_linked(one, two, kind):
            self.state.link(one.key, two.key, at=self.now, by="ana", link_type=kind)

    def _unlink(self, a: int, b: int) -> None:
        if (one := self._an_issue(a)) is not None and one.links:
            link = one.links[b % len(one.links)]
            there = self.state.issues[link["issue_id"]]
            self.state.unlink(one.key, there.key, at=self.now, by="ben", link_type=link["type"])

    def _parent(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is None or issue.fields["issuetype"] == "Epic":
            return
        is_subtask = self.state.is_subtask(issue)
        parent = self._a_parent(b, level=0 if is_subtask else 1)
        if parent is not issue and (parent is not None or not is_subtask) and b % 4:
            self.state.edit(issue.key, at=self.now, by="ana", parent=None if parent is None else parent.key)
        elif not is_subtask:
            self.state.edit(issue.key, at=self.now, by="ana", parent=None)

    def _remote_link(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None:
            self.state.add_remote_link(
                issue.key,
                f"https://wiki.example/{b}",
                f"Postmortem {b}",
                noted_at=self.now if b % 3 else None,
                by="ana",
            )

    def _remove_remote_link(self, a: int, b: int) -> None:
        if (issue := self._an_issue(a)) is not None and issue.remote_links:
            link = issue.remote_links[b % len(issue.remote_links)]
            self.state.remove_remote_link(issue.key, str(link["id"]))

    def _name_key(self, a: int, b: int) -> None:
        """A document names the key an issue has, or had, or the next one will have, or none will."""
        issue = self._an_issue(a)
        key = f"{self._a_project(a)}-{900 + b}"
        if issue is not None and b % 4 < 2:
            key = issue.key
        elif issue is not None and b % 4 == 2:
            key = ([issue.key, *issue.old_keys])[b % (1 + len(issue.old_keys))]
        elif b % 2:
            number = max((int(each.key.rpartition("-")[2]) for each in self.state.issues.values()), default=0)
            key = f"{self._a_project(b)}-{number + 1}"
        (self.incidents if a % 3 == 2 else self.named).add(key)

    def _late(self, a: int, b: int) -> None:
        if self._late_since is None:
            self.state.freeze_index()
            self._late_since = self.now

    def _catch_up(self, a: int, b: int) -> None:
        issue = self._an_issue(a)
        if b % 2 and issue is not None:
            self.state.refresh_index(issue.key)
        else:
            self.catch_up()

    # --- choosing -----------------------------------------------------------------------------------------

    def _an_issue(self, number: int) -> Issue | None:
        issues = list(self.state.issues.values())
        return issues[number % len(issues)] if issues else None

    def _a_parent(self, number: int, *, level: int) -> Issue | None:
        types = self.state.issue_types
        fit = [each for each in self.state.issues.values() if types[each.fields["issuetype"]].level == level]
        return fit[number % len(fit)] if fit else None

    def _a_project(self, number: int) -> str:
        return list(self.state.projects)[number % len(self.state.projects)]

    def _a_priority(self, number: int) -> str:
        return list(self.state.priorities.values())[number % len(self.state.priorities)]

    @staticmethod
    def _a_person(number: int) -> str | None:
        return ("ana", "ben", "bot", None)[number % 4]

    def _all_of(self, project: str) -> None:
        self.unnoticed.update(
            issue.issue_id for issue in self.state.issues.values() if issue.project == project
        )


def _is_linked(one: Issue, two: Issue, kind: str) -> bool:
    return any(link["issue_id"] == two.issue_id and link["type"] == kind for link in one.links)


#: Every step, the one that matters least first: shrinking goes there.
STEPS: dict[str, Callable[[World, int, int], None]] = {
    "wait": World._wait,
    "create": World._create,
    "edit": World._edit,
    "edit often": World._edit_often,
    "label": World._label,
    "transition": World._transition,
    "reopen": World._reopen,
    "comment": World._comment,
    "move": World._move,
    "delete": World._delete,
    "hide or show": World._hide,
    "hide or show a project": World._hide_project,
    "rename": World._rename,
    "rename a project's key": World._rename_key,
    "hide a field": World._hide_field,
    "link": World._link,
    "unlink": World._unlink,
    "parent": World._parent,
    "remote link": World._remote_link,
    "remove a remote link": World._remove_remote_link,
    "name a key": World._name_key,
    "search is late": World._late,
    "search catches up": World._catch_up,
}
