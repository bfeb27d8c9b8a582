"""What the Jira defines: which custom field holds what, its priorities, its statuses."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import Finding, ok, warning, wrong
from pipeline.sources.jira.fields import SCHEMAS, custom_fields

#: So many fields are told with their ids.
_SHOWN = 12
#: What people call the fields of each purpose; a name that holds one of these is a candidate, no more.
_NAMES = {
    "team": ("team", "squad"),
    "story_points": ("story point", "storypoint"),
    "severity": ("severity", "sev level"),
    "sprint": ("sprint",),
    "epic_link": ("epic link",),
    "incident": ("incident", "outage", "postmortem", "post-mortem"),
}


def fields(examination: Examination) -> Iterator[Finding]:
    """For each purpose: which field holds it, why that one, and which others may be meant."""
    defined = [each for each in examination.site.fields() if str(each["id"]).startswith("customfield_")]
    by_id = {str(each["id"]): each for each in defined}
    resolved = custom_fields(examination.jira.fields, defined)
    chosen = {purpose: name for purpose, name in examination.jira.fields if name is not None}
    candidates = {purpose: _candidates(purpose, defined) for purpose in _NAMES}
    filled = _filled(examination, list(by_id))
    yield _in_use(by_id, filled, len(examination.sample))
    for purpose, others in candidates.items():
        name = f"jira.fields.{purpose}"
        field_id = resolved.get(purpose)

        def shown(each: str) -> str:
            return _shown(by_id[each], filled, len(examination.sample))

        if field_id is not None and field_id not in by_id:
            near = others or _called(field_id, defined)
            yield wrong(
                name,
                f"Jira has no field {field_id}",
                f"set it to {_or(map(shown, near))}"
                if near
                else f"take {name} out, or name a field by its id",
            )
        elif field_id is not None:
            reason = "by the settings" if purpose in chosen else "by its type"
            fuller = [each for each in others if filled[each] > filled[field_id]]
            if fuller:
                yield warning(
                    name,
                    f"{shown(field_id)}, {reason}",
                    f'if {_or(map(shown, fuller))} is meant, set {name} = "{fuller[0]}"',
                )
            elif not examination.sample and len(others) > 1 and purpose not in chosen:
                rest = [each for each in others if each != field_id]
                yield warning(
                    name,
                    f"{shown(field_id)}, {reason}",
                    f"if {_or(map(shown, rest))} is meant, set {name}",
                )
            else:
                yield ok(name, f"{shown(field_id)}, {reason}")
        elif len(others) > 1:
            yield warning(
                name,
                f"it is not known which of {len(others)} fields is meant: {', '.join(map(shown, others))}",
                f"set {name} to the one whose values count",
            )
        elif others:
            yield warning(
                name,
                f"no field is known to hold it; {shown(others[0])} may",
                f'if so, set {name} = "{others[0]}"',
            )
        else:
            yield ok(name, "no field holds it, and none is called so")


def _in_use(by_id: Mapping[str, Mapping[str, Any]], filled: Counter[str], of_issues: int) -> Finding:
    """The custom fields with their ids, those that issues have set most first: somebody looks for one."""
    used = sorted(by_id, key=lambda each: -filled[each])
    if of_issues:
        used = [each for each in used if filled[each]]
    shown = ", ".join(_shown(by_id[each], filled, of_issues) for each in used[:_SHOWN])
    more = f", and {len(used) - _SHOWN} more" if len(used) > _SHOWN else ""
    many = f"{len(by_id)} custom field{'' if len(by_id) == 1 else 's'}"
    if of_issues:
        many += f", {len(used)} of them set in the issues tried"
    return ok("jira fields", f"{many}: {shown}{more}" if used else many)


def _candidates(purpose: str, defined: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of the fields that may serve a purpose, by their type or their name; in Jira's order."""
    return [
        str(field["id"])
        for field in defined
        if (field.get("schema") or {}).get("custom") in SCHEMAS.get(purpose, ())
        or any(word in str(field["name"]).casefold() for word in _NAMES[purpose])
    ]


def _called(name: str, defined: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of the fields of this name, or nearly: somebody may have written a name for the id."""
    near = difflib.get_close_matches(name.casefold(), [str(each["name"]).casefold() for each in defined], n=2)
    return [str(each["id"]) for each in defined if str(each["name"]).casefold() in near]


def _filled(examination: Examination, field_ids: Sequence[str]) -> Counter[str]:
    """In how many of the issues of the sample each field holds something."""
    count: Counter[str] = Counter()
    if examination.sample and field_ids:
        for held in examination.site.values(examination.sample, field_ids):
            count.update(each for each in field_ids if held.get(each) not in (None, "", []))
    return count


def _shown(field: Mapping[str, Any], filled: Counter[str], of_issues: int) -> str:
    """`customfield_10050 "Team" (select, set in 38 of 60 issues)`."""
    schema = field.get("schema") or {}
    kind = str(schema.get("custom") or schema.get("type") or "of no type").rpartition(":")[2]
    values = f", set in {filled[str(field['id'])]} of {of_issues} issues" if of_issues else ""
    return f'{field["id"]} "{field["name"]}" ({kind}{values})'


def _or(words: Any) -> str:
    return " or ".join(words)


def priorities(examination: Examination) -> Iterator[Finding]:
    """Which there are, in their order, and whether the policy names these."""
    names = [str(each["name"]) for each in examination.site.priorities()]
    if names:
        yield ok("jira priorities", f"{', '.join(names)}, the most urgent first")
    else:
        yield warning(
            "jira priorities", "Jira tells of none", "see whether the account may see any issue type"
        )
    known = {name.casefold(): name for name in names}
    for word in examination.settings.policy.due_days_by_priority:
        if word.casefold() in known:
            continue
        near = difflib.get_close_matches(word.casefold(), known, n=1)
        yield warning(
            "policy",
            f"“{word}” of due_days_by_priority is no priority of this Jira",
            f"put “{known[near[0]]}” there if that is meant"
            if near
            else "leave it if documents use that word",
        )


def statuses(examination: Examination) -> Iterator[Finding]:
    """Whether each says by its category what it means."""
    listed = examination.site.statuses()
    by_category: dict[str, list[str]] = {}
    for each in listed:
        by_category.setdefault(str(each["statusCategory"].get("key")), []).append(str(each["name"]))
    meant = {"new": "to do", "indeterminate": "in progress", "done": "done"}
    unknown = [name for key, names in by_category.items() if key not in meant for name in names]
    if unknown:
        yield warning(
            "jira statuses",
            f"{', '.join(unknown[:5])}: of no category, so that it is neither open nor done for Jira",
            "give each status its category in Jira's administration",
        )
    elif "done" not in by_category:
        yield warning(
            "jira statuses", "none is of the category Done, so that nothing ever counts as done",
            "give the statuses that mean it their category in Jira's administration",
        )  # fmt: skip
    else:
        told = ", ".join(f"{len(by_category.get(key, ()))} {word}" for key, word in meant.items())
        yield ok("jira statuses", f"{len(listed)}: {told}")
