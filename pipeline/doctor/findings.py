"""What the doctor says: a finding for each thing looked at, as lines for people or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Literal

from pipeline.raw_documents import Glance

State = Literal["ok", "warning", "wrong", "skipped"]

_COLOURS = {"ok": "green", "warning": "yellow", "wrong": "red", "skipped": "bright_black"}
_NAME_WIDTH = 24


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; `mend` is what to do next, unless it is ok or was not looked at."""

    check: str
    state: State
    found: str
    mend: str | None = None


def ok(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, mend: str) -> Finding:
    """It works, and something is lost or surprising unless it is mended."""
    return Finding(check, "warning", found, mend)


def wrong(check: str, found: str, mend: str) -> Finding:
    """A run would fail by it, or miss what it should bring."""
    return Finding(check, "wrong", found, mend)


def of_error(check: str, error: Exception) -> Iterator[Finding]:
    """An error of ours as findings: each of its lines ends with what to do next."""
    for line in str(error).splitlines():
        for prefix in (f"{check}: ", f"{check}.", "jira: "):
            line = line.removeprefix(prefix)
        found, _, mend = line.rpartition("; ")
        yield Finding(check, "wrong", found or mend, mend if found else None)


def of_glance(check: str, seen: Glance) -> Finding:
    """What a look at a source showed."""
    return ok(check, seen.found) if seen.mend is None else warning(check, seen.found, seen.mend)


def as_lines(
    findings: Iterable[Finding], paint: Callable[[str, str], str] = lambda words, colour: words
) -> Iterator[str]:
    """A line for each, as it is found, and one for all that for one reason were not looked at."""
    told: list[Finding] = []
    unasked: list[Finding] = []
    for finding in findings:
        told.append(finding)
        if unasked and (finding.state, finding.found) != ("skipped", unasked[0].found):
            yield _line(_together(unasked), paint)
            unasked = []
        if finding.state == "skipped":
            unasked.append(finding)
        else:
            yield _line(finding, paint)
    if unasked:
        yield _line(_together(unasked), paint)
    yield ""
    yield _summary(told)


def as_json(findings: Iterable[Finding]) -> str:
    """All of them, and how many are of each state."""
    told = list(findings)
    count = Counter(finding.state for finding in told)
    states: tuple[State, ...] = ("ok", "warning", "wrong", "skipped")
    content = {
        "counts": {state: count[state] for state in states},
        "findings": [asdict(each) for each in told],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _line(finding: Finding, paint: Callable[[str, str], str]) -> str:
    sign = paint(f"{finding.state:<8}", _COLOURS[finding.state])
    mend = f"; {finding.mend}" if finding.mend else ""
    return f"{sign} {finding.check:<{_NAME_WIDTH}} {finding.found}{mend}"


def _together(unasked: list[Finding]) -> Finding:
    """Several that were not looked at for the same reason, as one."""
    if len(unasked) == 1:
        return unasked[0]
    names = ", ".join(each.check.removeprefix("jira ") for each in unasked)
    return replace(unasked[0], check="jira", found=f"{names}: {unasked[0].found}")


def _summary(told: list[Finding]) -> str:
    count = Counter(finding.state for finding in told)
    warnings = f"{count['warning']} warning{'' if count['warning'] == 1 else 's'}"
    if count["wrong"]:
        return (
            f"{count['wrong']} wrong, {warnings}; mend the first that is wrong, which may explain the others"
        )
    return f"Nothing is wrong; {warnings if count['warning'] else 'no warnings'}."
