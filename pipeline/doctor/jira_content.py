"""What the Jira shows: projects, issues, their histories, comments and links."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import Finding, of_error, of_glance, ok, warning, wrong
from pipeline.errors import JiraError
from pipeline.record_mappings.issues import without_order
from pipeline.settings import JiraSource
from pipeline.sources.jira.answers import lack_of_list
from pipeline.sources.jira.incidents import JiraIncidents

_TRIED = 20
_MANY_ISSUES = 100_000
_GONE = (404, 410)


def projects(examination: Examination) -> Iterator[Finding]:
    """Whether the projects that the settings and the documents name can be browsed."""
    name = "jira projects"
    examination.projects = examination.site.projects()
    shown = {key.upper() for key in examination.projects}
    if not shown:
        yield wrong(
            name,
            f"{examination.who} may browse no project",
            "give the account the right Browse Projects in those it is to follow",
        )
        return
    yield ok(name, f"{examination.who} may browse {_first(examination.projects)}")
    yield from _unshown("jira.projects", examination, examination.jira.projects, is_wrong=True)
    for team in examination.settings.teams:
        yield from _unshown(f"team {team.name}", examination, team.jira_projects, is_wrong=False)
    linked = examination.held.linked
    if hidden := {key: count for key, count in linked.items() if key not in shown}:
        told = ", ".join(f"{key} ({count:,})" for key, count in hidden.items())
        yield warning(
            "linked projects",
            f"documents name issues of projects that Jira does not show: {told}",
            f"give {examination.who} the right to browse them, if they are still there",
        )
    elif linked:
        yield ok("linked projects", f"documents name issues of {_first(list(linked))}, all of them shown")


def _unshown(
    name: str, examination: Examination, named: Sequence[str], *, is_wrong: bool
) -> Iterator[Finding]:
    say = wrong if is_wrong else warning
    for key in named:
        if key.upper() in {each.upper() for each in examination.projects}:
            continue
        near = difflib.get_close_matches(key.upper(), examination.projects, n=1)
        meant = f"put {near[0]} there if that is meant, or " if near else ""
        mend = f"{meant}give {examination.who} the right Browse Projects in {key}"
        yield say(name, f"Jira does not show the project {key}", mend)


def jql(examination: Examination) -> Iterator[Finding]:
    """Whether Jira takes the JQL, and how many issues it finds."""
    name, written = "jira jql", examination.jira.jql
    if written is None:
        yield ok(
            name, "there is no jira.jql: followed are the issues that documents name, and what these lead to"
        )
        return
    condition = without_order(written)
    if not condition:
        yield wrong(
            name,
            "jira.jql has no condition, so that it means every issue there is",
            "add one, as in labels = x",
        )
        return
    try:
        count = examination.site.count(condition)
        examination.sample = next(examination.site.find_ids(condition), [])
    except JiraError as error:
        if error.status not in _GONE:
            raise
        yield wrong(
            name,
            f"{examination.session.site} lacks the search this product asks with ({error.status})",
            "have that Jira brought up to date, or this product if the Jira is the newer of both",
        )
        return
    order = "" if condition == written.strip() else " (its ORDER BY is left out: the order is our own)"
    if not examination.sample:
        yield warning(
            name,
            f"jira.jql finds no issue that {examination.who} may see{order}",
            "try it in Jira's own search as that account, and mend jira.jql or the account's rights",
        )
    elif count > _MANY_ISSUES:
        yield warning(
            name, f"jira.jql finds {count:,} issues{order}", "narrow it, unless all of them are promises"
        )
    else:
        yield ok(name, f"jira.jql finds {count:,} issue{'' if count == 1 else 's'}{order}")


def issues(examination: Examination) -> Iterator[Finding]:
    """Whether issues can be read by their ids: a few of those the JQL finds, else of those held or shown."""
    name = "jira issues"
    sample = examination.sample or list(examination.held.sample)
    if not sample and examination.projects:
        named = ", ".join(f'"{key}"' for key in examination.projects[:50])
        sample = next(examination.site.find_ids(f"project in ({named})"), [])
    examination.sample = sample[:100]
    asked = sample[:_TRIED]
    if not asked:
        yield Finding(name, "skipped", "there is no issue to try reading with")
        return
    examination.read = [issue for batch in examination.site.fetch(asked) for issue in batch]
    if not examination.read:
        yield wrong(
            name,
            f"search finds {len(asked)} issues, and none of them can be read by its id",
            f"see whether {examination.who} may see them in a browser",
        )
    elif len(examination.read) < len(asked):
        yield warning(
            name,
            f"{len(examination.read)} of {len(asked)} issues tried can be read",
            "try again in a few minutes; the others were just deleted, or are hidden by a security level",
        )
    else:
        yield ok(name, f"{len(asked)} of {len(asked)} issues tried can be read")


def history(examination: Examination) -> Iterator[Finding]:
    """Whether their histories come whole."""
    name = "jira history"
    longest = max(examination.read, key=lambda issue: issue.history_count or 0)
    short = [issue for issue in examination.read if not issue.history_complete]
    if short:
        first = short[0]
        total = "an unknown number" if first.history_count is None else f"{first.history_count:,}"
        yield wrong(
            name,
            f"of {first.issue_key} {len(first.histories):,} of {total} entries come",
            "see in a browser whether its history opens; what is missing of it is missing in the figures",
        )
    elif not longest.history_count:
        yield warning(
            name,
            f"none of the {len(examination.read)} issues tried has a history",
            "see in a browser whether that is so",
        )
    else:
        told = f"the longest, of {longest.issue_key}, with all its {longest.history_count:,} entries"
        yield ok(name, f"whole in {len(examination.read)} issues, {told}")


def comments(examination: Examination) -> Iterator[Finding]:
    """Whether their comments come, which count as activity."""
    name = "jira comments"
    pages = [(issue.issue_key, issue.payload["fields"].get("comment")) for issue in examination.read]
    lacking = [key for key, page in pages if not isinstance(page, dict)]
    read = [(key, len(page["comments"]), page["total"]) for key, page in pages if isinstance(page, dict)]
    short = [(key, count, total) for key, count, total in read if count < total]
    if lacking:
        yield warning(
            name,
            f"{lacking[0]} comes without comments, so that what is only discussed looks ignored",
            "let the field Comment be shown in that project",
        )
    elif short:
        key, count, total = short[0]
        yield warning(
            name,
            f"of {key} {count:,} of {total:,} comments come",
            "see in a browser whether the others are hidden from the account",
        )
    else:
        yield ok(name, f"all {sum(total for _, _, total in read):,} of {len(read)} issues")


def remote_links(examination: Examination) -> Iterator[Finding]:
    """Whether links to pages elsewhere can be read, by which an issue names its postmortem."""
    name = "jira remote links"
    if not examination.jira.remote_links:
        yield ok(name, "not asked for, as jira.remote_links is false")
        return
    issue = examination.read[0]
    try:
        links = examination.session.call(f"issue/{issue.issue_id}/remotelink", check=lack_of_list("object"))
    except JiraError as error:
        if examination.is_refused:
            yield from of_error(name, error)
            return
        yield warning(
            name,
            f"{examination.session.site} does not tell the links of {issue.issue_key} to pages elsewhere",
            "have issue linking turned on for the account, or set jira.remote_links = false",
        )
        return
    yield ok(name, f"they can be read ({issue.issue_key} has {len(links)})")


def incidents(examination: Examination) -> Iterator[Finding]:
    """Whether the sources of incidents that live in the Jira find any, and hold something in their fields."""
    for source in examination.settings.sources:
        if not isinstance(source, JiraSource):
            continue
        name = f"source {source.name}"
        try:
            yield of_glance(name, JiraIncidents(source, examination.jira, lambda: examination.site).glance())
        except JiraError as error:
            yield from of_error(name, error)
            if error.is_refusal:
                return


def automation_accounts(examination: Examination) -> Iterator[Finding]:
    """Whether the accounts that are no people are known by these names."""
    name = "jira automation"
    named, held = examination.jira.automation_accounts, examination.held
    if not named:
        yield ok(name, "jira.automation_accounts names none; apps of Cloud are known without")
        return
    if not held.people:
        yield ok(name, "not compared: no histories were fetched yet")
        return
    known = {each.casefold(): each for person in held.people for each in person}
    unknown = [each for each in named if each.strip().casefold() not in known]
    for each in unknown:
        near = difflib.get_close_matches(each.casefold(), known, n=2, cutoff=0.5)
        meant = " or ".join(f"“{known[match]}”" for match in near)
        yield warning(
            name,
            f"“{each}” of jira.automation_accounts did nothing in any history",
            f"put {meant} there if that is meant" if near else "name it as it stands in Jira's histories",
        )
    if not unknown:
        yield ok(name, "every name in jira.automation_accounts is known in histories")


def _first(keys: Sequence[str], most: int = 8) -> str:
    """A few of the keys, and how many there are."""
    shown = ", ".join(keys[:most])
    if len(keys) > most:
        shown += f" and {len(keys) - most:,} more"
    return f"{len(keys):,} project{'' if len(keys) == 1 else 's'}: {shown}"
