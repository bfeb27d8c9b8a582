"""What may stand around a promise besides its words, and the marks for done, open and declined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.documents.blocks import Text

DONE_WORDS = (
    r"done|completed?|finished|closed|resolved|fixed|shipped|merged|deployed|implemented|delivered|rolled out"
    r"|already (?:done|in place|implemented|completed?|fixed)|has been done|was done"
)
_OPEN_WORDS = (
    r"to ?-?do|open|in[ -]progress|in[ -]review|ongoing|not (?:yet )?(?:started|done)|pending|planned|blocked"
    r"|wip|work in progress|on hold|deferred|incomplete|under (?:review|discussion|way)|underway|postponed"
    r"|to be (?:done|started|scheduled|decided|discussed)"
)
#: Words that say so only in a column or behind a label of states.
_OPEN_STATES = (
    r"new|started|scheduled|backlog|investigating|proposed|accepted|assigned|outstanding|unresolved|delayed"
    r"|upcoming|awaiting \w+(?: \w+){0,2}|ready(?: (?:to|for) \w+)?|active|draft|queued|selected"
)
_DECLINED_WORDS = (
    r"won['’]?t (?:do|fix)|wont ?fix|will not (?:do|fix|be done)|cancel?led|rejected|declined|dropped"
    r"|obsolete|duplicate|abandoned|not (?:needed|required|doing)|superseded|out of scope|not applicable"
    r"|no longer (?:needed|required|relevant|applicable)|(?:cannot|can['’]?t|could not) reproduce"
    r"|not reproducible|decided against"
)
_DECLINED_FIRST = r"won['’]?t (?:do|fix)|wont ?fix|will not (?:do|fix|be done)|cancel?led|rejected|declined"
#: What may be told behind a word that declines: when, why, by whom; else it tells of something else.
_BY_WHOM = (
    r"[ \t]+(?:(?:by|in|at|with)[ \t]+(?:the |our )?(?-i:boards?|committee|teams?|review|meetings?"
    r"|leadership|management|council|retro\w*|steering|favou?r|[A-Z])|(?:on|since|as|because|due|after"
    r"|until|for now|any ?more|today)\b|\d)[^)\]}\n]{0,60}"
)
_DECIDED = rf"(?:{_BY_WHOM}|[ \t]*[,;:(.–—-][^)\]}}\n]{{0,60}})?"
_WHEN = (
    r"(?:[ \t]*(?:[-–:,@]|(?:in|by|on|with|via|at|since|as of|today|yesterday)\b|\d)"
    r"[^)\]}\n]{0,60})?"
)
_DONE_SIGN = r"[✅☑✔🗹]\ufe0f?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check):|\[[xX]\]"
_OPEN_SIGN = r"[🚧⏳⌛🔜🔲☐⬜]\ufe0f?|:(?:construction|hourglass(?:_flowing_sand)?):|\[ ?\]"
_DECLINED_SIGN = r"\[-\]"
#: "Not done yet" to some, "will not be done" to others: told by the words behind it, else by nothing.
_CROSS = r"[❌🚫✖✗✘]\ufe0f?|:(?:x|heavy_multiplication_x|negative_squared_cross_mark|no_entry_sign):"
CROSS = re.compile(_CROSS)
#: A sign that opens a line of plain text which is an item of a list.
SIGN = (
    r"(?:[✅☑✔🗹🚧⏳⌛🔜🔲☐⬜🚫❌✖✗✘]\ufe0f?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|construction"
    r"|hourglass(?:_flowing_sand)?|x|heavy_multiplication_x|negative_squared_cross_mark|no_entry_sign):)"
)
_DONE = re.compile(
    rf"(?:{DONE_WORDS}){_WHEN}[!.]?|(?:{_DONE_SIGN})(?:[ \t]*(?:{DONE_WORDS}){_WHEN})?", re.IGNORECASE
)
_OPEN = re.compile(
    rf"(?:{_OPEN_WORDS})\b{_WHEN}[!.]?|(?:{_OPEN_SIGN})(?:[ \t]*(?:{_OPEN_WORDS})\b{_WHEN})?", re.IGNORECASE
)
_OPEN_STATE = re.compile(rf"(?:{_OPEN_STATES})\b{_WHEN}", re.IGNORECASE)
_DECLINED = re.compile(
    rf"(?:(?:{_CROSS}|{_DECLINED_SIGN})[ \t]*)?(?:(?:{_DECLINED_WORDS})\b{_DECIDED}|(?:duplicate of"
    rf"|superseded by|obsolete with)\b[^)\]}}\n]{{0,60}})|{_DECLINED_SIGN}",
    re.IGNORECASE,
)
#: "Closed as duplicate", "Resolved: won't fix": closed, and not done.
_CLOSED_AS = re.compile(
    rf"(?:closed|resolved|done|completed?)[ \t:,(–—-]{{1,4}}(?:as[ \t]{{1,4}})?(?:{_DECLINED_WORDS}"
    rf"|not planned|invalid|not an? (?:bug|issue)|by design)\b(?:[ \t]of\b[^\n]{{0,60}}|{_DECIDED})",
    re.IGNORECASE,
)
#: Alone behind a noun these tell which one: "Delete the job (obsolete)".
_DESCRIBES = re.compile(r"rejected|declined|dropped|obsolete|duplicate|abandoned|superseded|not applicable")
#: A sign before the words of a state that itself is none of these: "🔄 Planned", "🟢 Done".
_OTHER_SIGN = re.compile(rf"^(?!{_DONE_SIGN}|{_OPEN_SIGN})[^\w\s\[(:]+\s+")
_LONGEST_MARK = 90
_PERCENT = re.compile(r"(\d{1,3}) ?%")
#: At the very ends of a promise a mark needs capitals, a dash, a colon or a sign to be one.
MARK_FIRST = re.compile(
    rf"\W{{0,3}}(?P<done>(?:done|completed?|fixed|finished)(?=[ \t]*[:–—-])|(?-i:DONE|COMPLETED?|FIXED)\b"
    rf"|{_DONE_SIGN})"
    rf"[ \t]*[:–—-]?[ \t]*(?=\S)"
    rf"|\W{{0,3}}(?P<open>(?:to ?do|in progress|wip|open|pending)(?=[ \t]*[:–—])|(?-i:TODO|WIP|OPEN|PENDING"
    rf"|IN PROGRESS)\b"
    rf"|{_OPEN_SIGN})[ \t]*[:–—-]?[ \t]*(?=\S)"
    rf"|\W{{0,3}}?(?P<declined>(?:{_CROSS})?[ \t]*(?:{_DECLINED_FIRST})(?=[ \t]*[:–—])|(?-i:CANCELL?ED"
    rf"|WONTFIX|WON'?T (?:FIX|DO)|DECLINED|REJECTED)\b|{_DECLINED_SIGN})[ \t]*[:–—-]?[ \t]*(?=\S)"
    rf"|\W{{0,3}}?(?P<cross>{_CROSS})[ \t]*[:–—-]?[ \t]*(?=\S)",
    re.IGNORECASE,
)
MARK_LAST = re.compile(
    rf"(?:(?:[ \t]-|[ \t]*[–—:|;.!→])[ \t]*(?P<done>{DONE_WORDS})"
    rf"|[ \t]+(?P<done2>(?-i:DONE|COMPLETED?|FIXED|RESOLVED|CLOSED))|[ \t]*(?P<done3>{_DONE_SIGN})"
    rf"|(?:[ \t]-|[ \t]*[–—|;→])[ \t]*(?P<open>{_OPEN_WORDS})"
    rf"|[ \t]+(?P<open2>(?-i:TODO|WIP|OPEN|PENDING|IN PROGRESS|NOT STARTED))|[ \t]*(?P<open3>{_OPEN_SIGN})"
    rf"|(?:[ \t]-|[ \t]*[–—|.!→])[ \t]+(?P<declined>{_DECLINED_FIRST})(?:{_BY_WHOM})?"
    rf"|[ \t]+(?P<declined2>(?-i:CANCELL?ED|WONTFIX|WON'?T (?:FIX|DO)))|[ \t]*(?P<declined3>{_DECLINED_SIGN})"
    rf"|[ \t]*(?P<cross>{_CROSS}))[!.]?$",
    re.IGNORECASE,
)
DONE_SENTENCE = re.compile(
    r"\bthis (?:has (?:already )?been|was|is) (?:already )?(?:done|implemented|fixed|completed|deployed)\b"
    r"|^\W{0,3}(?:we|i)(?: have|'ve| had)? already\b|^\W{0,3}already\b|\b(?:has|have) already been\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Facts:
    """What stands around a promise, gathered while it is peeled. A fact that is set stays."""

    owner: str | None = None
    due_on: date | None = None
    priority: str | None = None
    is_done: bool | None = None
    is_declined: bool = False
    may_describe: bool = False  # "(obsolete)" may tell which job to delete, rather than mark the promise
    kind: str | None = None  # as written
    what: str | None = None
    names_issue: bool = False
    key: str | None = None  # of an issue whose project is not known

    def is_free(self, other: Facts) -> bool:
        """Whether nothing that `other` says is said here already."""
        return not any(
            getattr(self, name) is not None and getattr(other, name) is not None
            for name in ("owner", "due_on", "priority", "is_done", "kind")
        )

    def take(self, other: Facts) -> None:
        """Add what `other` says and this does not."""
        for name in ("owner", "due_on", "priority", "is_done", "kind", "what", "key"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))
        self.is_declined = self.is_declined or other.is_declined
        self.names_issue = self.names_issue or other.names_issue


def mark(match: re.Match[str]) -> Facts:
    """What a match of MARK_FIRST or MARK_LAST says."""
    groups = match.groupdict()
    if any(groups.get(name) for name in ("declined", "declined2", "declined3")):
        return Facts(is_declined=True)
    if groups["cross"]:
        return Facts()
    return Facts(is_done=any(groups.get(name) for name in ("done", "done2", "done3")))


def status(words: str) -> Facts | None:
    """What words in brackets or at an end mark: done, open or declined; None for other words."""
    words = words.strip().strip("*_`~.!|()").strip()
    if not words or len(words) > _LONGEST_MARK:
        return None
    if _CLOSED_AS.fullmatch(words):
        return Facts(is_declined=True)
    if _DECLINED.fullmatch(words):
        return Facts(is_declined=True, may_describe=_DESCRIBES.fullmatch(words) is not None)
    if _DONE.fullmatch(words):
        return Facts(is_done=True)
    if _OPEN.fullmatch(words):
        return Facts(is_done=False)
    percent = _PERCENT.fullmatch(words)
    if percent is not None:
        return Facts(is_done=int(percent.group(1)) >= 100)
    return None


def state(words: str) -> Facts | None:
    """What a column or a label of states says: its first words, whatever is told behind them; or its sign."""
    words = words.strip()
    head = re.split(r"[ \t]*(?:[(,;.:\n]|[ \t][-–—])", words, maxsplit=1)[0].strip("*_`~ ")
    plain = _OTHER_SIGN.sub("", head)
    for part in (words, head, plain):
        said = status(part)
        if said is not None:
            return said
        if part.casefold() in ("yes", "y", "x", "true"):
            return Facts(is_done=True)
        if part.casefold() in ("no", "n", "false") or _OPEN_STATE.fullmatch(part[:_LONGEST_MARK]):
            return Facts(is_done=False)
    sign = re.match(rf"\W*?(?:({_DONE_SIGN})|({_OPEN_SIGN}))", words)
    return Facts(is_done=sign.group(1) is not None) if sign is not None else None


def mark_in_cell(words: str) -> bool | None:
    """The mark that stands in capitals, or alone, in a cell of something else: "Bug 12 **DONE**"."""
    match = re.search(
        r"(?<![\w-])(?:(DONE|COMPLETED?|FIXED|CLOSED)|(TODO|WIP|OPEN|IN PROGRESS|PENDING))(?![\w-])",
        words[:120],
    )
    if match is not None:
        return match.group(1) is not None
    said = status(words)
    is_plain = said is not None and re.fullmatch(
        r"\W*(?:done|completed?|to ?do|in progress|not started)?\W*", words, re.I
    )
    return said.is_done if said is not None and is_plain else None


def struck(text: Text) -> bool:
    """Whether most of a promise is struck through."""
    length = len(text.text.strip())
    return length > 0 and sum(stop - start for start, stop in text.struck) >= 0.6 * length
