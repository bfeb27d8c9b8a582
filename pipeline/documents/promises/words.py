"""Which words promise something: sentences that plan, bullets that say more than "none", opening verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.documents.blocks import Text

_LONGEST_SENTENCE = 400
_NOT_ITEM = re.compile(
    r"(?:n ?/? ?a|none|nil|nothing|not applicable|tb[acd]|to ?do|to be (?:added|determined|decided"
    r"|filled).{0,30}"
    r"|see (?:above|below).{0,40}|\W*)\W*"
    r"|(?:none|nothing)\b[^\n]{0,60}"
    r"|no (?:further |additional |new |other |critical |immediate |open |more )*(?:action|actions|action"
    r" items?|follow"
    r"|follow[ -]?ups?|corrective|remediation|next|changes?|steps?|work|tasks?|items?)\b[^\n]{0,80}"
    r"|(?:there (?:are|were) |we have )?no (?:action items?|follow[ -]?ups?)[^\n]{0,80}",
    re.IGNORECASE,
)
#: A form's own closing checklist speaks of the report, not of the systems.
_ABOUT_REPORT = re.compile(
    r"\b(?:sections above|incident has been dealt with|after-action report (?:is|has)|"
    r"actionable items above|this (?:report|document|post-?mortem|template) (?:is|has "
    r"been)"
    r"|post-?mortem (?:is|has been|was) (?:written|reviewed|published|shared|completed))\b",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"\b(?:sample subheadings|every action item (?:should|must)|list any tasks|should have a "
    r"(?:github )?issue|describe|for example,)\b",
    re.IGNORECASE,
)
_PLACEHOLDER_ONLY = re.compile(r"(?:\{\{[^}]*\}\}|<[^>]*>|\[[^\]]*\]|\s|[.:,–—-])*")
#: A form filled in with its braces left: words enough, and none of those that forms ask for.
_FILLED_IN = re.compile(
    r"\{\{\s*(?!(?:an?|the|your|short|brief|most|what|who|when|name|title|date|link|insert|describe|summary"
    r"|description|action|item|task)\b)\w[^{}]*(?:\s[^{}\s]+){3,}\s*\}\}",
    re.IGNORECASE,
)
_FORM_PLACEHOLDER = re.compile(
    r"^\W*\{\{\s*(?:summary|description|action|item|title|task)[^}]*\}\}|"
    r"^\W*<[^<>]{2,60}>\W*$|^\W*\[(?:action|item|describe|insert|task|your)[^\]]*\]",
    re.IGNORECASE,
)
_VERBS_OPENING = """
abandon add address adjust adopt agree alert align allow allocate analyse analyze announce apply archive
arrange ask assess assign audit automate avoid backfill backport ban benchmark block book build bump cache
cap capture catch change check clarify clean cleanup clear close collect communicate complete conduct
configure confirm consider consolidate contact continue convert coordinate copy correct create cut decide
decommission decouple decrease define delete deliver deploy deprecate design detect determine develop
disable discuss distribute document drain drop duplicate educate eliminate emit enable encourage encrypt
enforce engage enhance ensure escalate establish evaluate examine exclude execute expand explain explore
export expose extend extract fail file find finalise finalize finish fix follow force format gate gather
generate get give grant guard handle harden hide hire identify ignore implement import improve include
increase inform instrument integrate introduce investigate isolate issue keep label launch learn limit link
list load lock log look lower maintain make manage map mark measure merge migrate mirror mitigate modify
monitor move notify offer onboard open optimise optimize organise organize page patch perform pin place plan
poll port practice practise prepare prevent prioritise prioritize produce profile promote propose protect
provide provision publish pull purchase purge push put raise re-enable re-run reach reassess rebuild
recommend reconfigure reconsider record recover redesign redirect reduce refactor refine refresh register
reject release reload remind remove rename renew reopen repair replace replicate report reproduce request
require rerun reset resize resolve restart restore restrict restructure resume retire retry return reuse
revert review revisit revoke rewrite roll rotate route run sanitise sanitize save scale scan schedule scope
script search secure segregate send separate set setup share ship show shorten shrink sign silence simplify
simulate skip speed split stagger standardise standardize start stop store streamline strengthen study
subscribe support suppress surface switch sync synchronise synchronize tag take talk teach tell terminate
test throttle tighten time track train transfer translate treat trial trigger trim try tune turn understand
undo unify uninstall update upgrade upload use validate verify version wait warn watch whitelist work wrap
write
"""
_VERBS = frozenset(_VERBS_OPENING.split())
_PLAN = re.compile(
    r"\b(?:we|i|they|team|teams|engineers|operations|[A-Z]\w+)(?:'ll| will| shall| plan(?:s|ned)? to| intend"
    r"(?:s)? to"
    r"| (?:am|are|is) (?:going|planning|working|now working|looking) (?:to|on|into|at)| need(?:s)? to| should"
    r"| must| aim to| want to)\b"
    r"|\b(?:will|must|should|needs? to|has to|have to|is to|are to) (?:also |then |now |still )?be\b|\bto"
    r" prevent .{3,80}, (?:we|i)\b"
)
_TAKEN_ALREADY = re.compile(r"(?:we|i)(?:'ve| have)? (?:already|since|now) \w+", re.IGNORECASE)
_EXPLAINS = re.compile(
    r"(?:this|that|it|these|those|they|there|as|because|since|however|but|so|otherwise|note|in conclusion|by "
    r"(?:addressing|implementing|doing)"
    r"|addressing|the following|if|for more)\b",
    re.IGNORECASE,
)
#: A line that only says where another promise is tracked: "AI-1 — Tracking ticket: https://…".
_TICKET_LINE = re.compile(
    r"[A-Z]{1,6}-?\d{1,4}\W{1,4}(?:tracking |follow-?up )?(?:tickets?|issues?|links?|tracker|jira)"
    r"[ \t]*[:–—-][ \t]*(?:https?://\S+|[A-Z][A-Z0-9]+-\d+|#\d+)(?=\s|$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])[ \t\n]+(?=[A-Z0-9\"“@])")
_CATCHWORD = re.compile(r"[A-Z][^.:!?\n]{2,60}:[ \t]+(?=[A-Z])")
_LEADING = re.compile(
    r"^[^\w@]*(?:(?:\d{1,2}|[A-Za-z]{1,3}\d{1,3}(?:-\d{1,3})?)[.):]\s+"
    r"|(?:please|to|also|then|we should|we will|should|must|further|[a-z]{3,14}ly)\s+)*",
    re.IGNORECASE,
)


def is_promise(text: Text) -> bool:
    """Whether words are more than "none needed", a placeholder of a form, or a line about the report."""
    words = text.text.strip()
    if (
        not words
        or _NOT_ITEM.fullmatch(words[:160])
        or _ABOUT_REPORT.search(words)
        or _TICKET_LINE.match(words)
        or _FORM_PLACEHOLDER.search(words)
    ):
        return False
    return not _PLACEHOLDER_ONLY.fullmatch(words) or bool(text.links) or _FILLED_IN.search(words) is not None


def opens_with_verb(words: str) -> bool:
    """Whether words open with what is to be done: "Add …", "1. Regularly test …"."""
    rest = words[_behind_opening(words) :]
    first = re.match(r"[A-Za-z]+(?:-[a-z]+)?", rest)
    return (
        first is not None and first.group().casefold() in _VERBS and not rest[first.end() :].startswith(":")
    )


def _behind_opening(words: str) -> int:
    match = _LEADING.match(words[:80])
    return match.end() if match is not None else 0


def promising_sentences(text: Text) -> Iterator[Text]:
    """The sentences that plan, or tell of something done already; what only explains is left out."""
    for sentence in _sentences(text):
        words = sentence.text
        if len(words) > _LONGEST_SENTENCE or words.endswith(":") or _EXPLAINS.match(words):
            continue
        title = _CATCHWORD.match(words)
        opens = opens_with_verb(words) or (title is not None and opens_with_verb(words[title.end() :]))
        if opens or _PLAN.search(words) or _TAKEN_ALREADY.match(words):
            yield sentence


def _sentences(text: Text) -> Iterator[Text]:
    """The sentences of a text; where lines end like sentences, each line has its own."""
    lines = list(text.lines())
    are_own = len(lines) > 1 and sum(line.text[-1:] in ".:!?" for line in lines) >= 0.8 * len(lines)
    for part in lines if are_own else [text]:
        start = 0
        for match in _SENTENCE.finditer(part.text):
            yield part.part(start, match.start())
            start = match.end()
        yield part.part(start)
