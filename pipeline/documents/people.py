"""People in an account: who wrote and who reviewed it, and how many were affected.

A number counts people only when its words say so (users, customers …): neither requests nor a share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.documents.blocks import Text
from pipeline.documents.promises.owners import is_name
from pipeline.documents.statements import is_value
from pipeline.documents.timelines.prose import sentences

_SPLIT = re.compile(r"\s*(?:,|;|\n|\s/\s|/(?=@)|\s\|\s|\s&\s|\s\+\s|\band\b|·|•)\s*")
_BRACKETS = re.compile(r"\s{0,4}[(\[{][^()\[\]{}]{0,80}[)\]}]")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
#: A day behind a name, and what joins it to the name: "Ana – 2024-03-01", "Ana on 1 March 2024".
_DAY = re.compile(
    rf"[\s,–—-]*(?:\b(?:on|at|as of)\s+)?(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd"
    rf"|th)?(?:,?\s+\d{{4}})?)"
    r"(?:[T ]\d{1,2}:\d\d(?::\d\d)?(?:\s*(?:UTC|Z))?)?\s*$",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d(?:-\d\d-\d\d.*)?")
#: The end of a sentence behind a name of two letters at least: "J. Ek" goes on.
_SENTENCE_END = re.compile(r"(?<=[\w)]{2})\.\s+(?=[A-Z])")
_EDGES = re.compile(r"^[\s@*`~_\"'.:-]+|(?:[\s*`~_\"',:;-]|(?<=\w\w)\.)+$")
_NOBODY = re.compile(
    r"(?:self|none|nobody|no ?one|n/?a|tb[acd]|pending|me|myself|-|\?+|unknown|anonymous|to be .*|not yet.*"
    r"|unassigned|various|everyone|all|yes|no|draft|done|complete[d]?)",
    re.IGNORECASE,
)
_FULL_NAME = r"(?-i:[^\W\d_a-z][\w'’.-]{0,25}(?: (?:van |de |von |la )?[^\W\d_a-z][\w'’.-]{0,25}){1,2})"
_BYLINE = re.compile(
    r"[\s*_|]*(?:(?:published|posted|written|authored|prepared)(?:,? (?:on )?[^.|]{3,30}?)? )?by:? "
    rf"(?P<who>{_FULL_NAME}(?:(?:, (?:and )?| and | & ){_FULL_NAME}){{0,5}})[\s*_]*(?:$|[,|(·•–—-]|on \w"
    rf"|at \w)",
    re.IGNORECASE,
)
#: What somebody is, behind the name: "Ana Bell, Head of Engineering".
_JOB = re.compile(
    r"(?:(?:head|director|chief|vp|svp|evp|vice president)\b.*|c[a-z]o|(?:\w+ ){0,3}?(?:engineer|manager"
    r"|lead|developer|architect|director|administrator|officer|analyst|intern|sre)(?: (?:of|for) .*)?)",
    re.IGNORECASE,
)
#: An e-mail address beside a name: "Ana Bell <ana@x.example>"; alone it is the only name there is.
_ADDRESS = re.compile(
    r"(?P<name>[^\W\d_][\w.'’-]{0,40})?(?P<gap>\s{1,4})?"
    r"<?(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}>?"
)
_MAX_NAME = 80
_NEAR = 80  # characters around a number that say what it counts
_ROLE_PREFIX = re.compile(
    r"(?:(?:lead |primary |main |co-?)?(?:author|reviewer|editor|writer|facilitator)s?)\s*[:–—-]\s*",
    re.IGNORECASE,
)

_WRITTEN_BY = re.compile(
    r"(?:(?:originally |jointly )?(?:written|authored|prepared|drafted|compiled|created"
    r"|reviewed)(?: up)? by|by)\s+",
    re.IGNORECASE,
)
_OF_ANOTHER_ROLE = re.compile(
    r"(?:reviewed|approved|edited|checked|sponsored|facilitated)\s+by\b|(?:with|thanks to|based on)\s",
    re.IGNORECASE,
)

PEOPLE = (
    r"(?:users?|customers?|(?<!service )accounts?|people|persons?|subscribers?|merchants?|students?|players?"
    r"|visitors?|patients?|citizens?|employees?|developers?|tenants?|households?|viewers?|passengers?"
    r"|sellers?|buyers?|shoppers?|veterans?|participants?|learners?|teachers?|riders?|drivers?|guests?"
    r"|travell?ers?|residents?)"
)
_KIND_OF = r"(?:(?-i:(?!and |or |but |of )[a-z][\w/-]{1,20})\s+){0,3}?"
_AMOUNT = (
    r"(?P<amount>\d{1,3}(?:[, ']\d{3})+|\d+(?:\.\d+)?)(?:\s?(?P<unit>million|thousand|billion|mn|bn|k|m)\b)?"
)
_UNITS = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
}
#: "1,200 users", and no share, version, range, sum of money, or part of a longer number before it.
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(
    rf"(?<![\w.,:/$€£#%-])(?<!\d )(?:~"
    rf"|≈)?\s?{_AMOUNT}\s+{_KIND_OF}(?P<people>{PEOPLE})\b(?!\s*/(?!\s?~?\d)"
    rf"|[-/]\w|\s+(?:per|a|an)\s+\w+)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:[<>≤≥]|\bover|\bmore than|\babove|\bat least|\bup to|\bat most|\bfewer than|\bless than"
    r"|\bunder|\bmaximum(?: of)?"
    r"|\bminimum(?: of)?|\bbetween"
    r"|\bup to around|\bas many as|\bout of|\bof|\bother|\bfirst|\bevery|\beach|\bonly notified|\bto"
    r"|\b(?:notified|told|e-?mailed|contacted|informed|called|wrote to|refunded)|\band|\d\s*[-–—])"
    r"\s*(?:about|around|approximately|roughly|the|our|all|~)?\s*$",
    re.IGNORECASE,
)
#: What happened to those counted, behind the number …
_SUFFERED = re.compile(
    r"\s*(?:\([^()]{0,80}\)\s*)?(?:(?!and\b|or\b|but\b|of\b)[a-z-]+\s+){0,3}?(?:(?:were|was|are|is|being"
    r"|got|have been|had been|may have been)?\s*"
    r"(?:\w+ly\s+)?(?:affected|impacted|unable|locked out|blocked|disconnected|logged out|without"
    r"|prevented|hit|exposed|(?:under|over)[- ]?charged|(?:under|over)[- ]?billed"
    r"|charged twice|double[- ]charged|down)\b"
    r"|could(?:\s?n[o']t| not| no longer)\b|can(?:not|'t)\b|lost (?:access|data|connecti\w+|their)"
    r"|(?:experienc|suffer|encounter)(?:ed|ing)\b|saw (?:\w+ ){0,3}?(?:errors?|timeouts?|failures?|blank"
    r"|delays?|slow\w*)"
    r"|(?:received|got|had) (?:\w+ ){0,3}?(?:errors?|timeouts?|failures?|5\d\d|duplicate|wrong)"
    r"|failed to\b|did(?:n't| not) receive\b|faced\b"
    r"|had to (?:try|retry|wait|log|sign|reset|refresh|reload|re-?(?:enter|submit|connect|start))\b)",
    re.IGNORECASE,
)
#: "For 1,200 users the shop was unavailable": the number between the two.
_FOR = re.compile(r"\bfor\s+(?:(?:about|around|approximately|roughly|nearly|some)\s+)?$", re.IGNORECASE)
_WAS_DOWN = re.compile(
    r"[\s,][^.;:]{0,80}\b(?:was|were)\s+(?:\w+ly\s+)?(?:unavailable|down|inaccessible|unreachable|broken)\b",
    re.IGNORECASE,
)
#: … or before it.
_AFFECTING = re.compile(
    r"\b(?:affect(?:ed|ing|s)|impact(?:ed|ing|s)?|locked out|disconnected|blocked|(?:down|unavailable"
    r"|inaccessible|unreachable|broken|failed|failing) for|prevent(?:ed|ing))\s*"
    r"(?:a total of|an estimated|estimated|about|around|approximately|approx\.?|roughly|nearly|almost"
    r"|some"
    r"|~|≈|circa|ca\.?|all|all of our|our|the)?\s*$",
    re.IGNORECASE,
)
#: "failed for 12 % of our users (~4,500 users)": the number that stands behind their share.
_SHARE_OF = re.compile(
    r"\b(?:affect(?:ed|ing|s)|impact(?:ed|ing|s)?|(?:down|unavailable|inaccessible|unreachable|broken|failed"
    r"|failing) for|blocked|prevent(?:ed|ing))\s+(?:about |around |approximately |roughly |nearly |over |~)?"
    rf"\d{{1,3}}(?:\.\d+)?\s?(?:%|percent) of (?:(?:all|our|the|active|its) ){{0,2}}{PEOPLE}\s*\(\s*"
    r"(?:about|around|approximately|approx\.?|roughly|some|~|≈|circa|ca\.?)?\s*$",
    re.IGNORECASE,
)
_REPORTERS = re.compile(
    r"\s*(?:\w+\s+){0,2}(?:report|complain|rais|contact|ask|open|notif|tweet)\w*", re.IGNORECASE
)
#: "0 users lost data" says nothing of those who saw errors; "0 users were affected" does.
_NOBODY_AT_ALL = re.compile(r"\s*(?:were|was|are) (?:affected|impacted)\b", re.IGNORECASE)
_YEAR = re.compile(
    rf"(?:\b(?:in|since|of|by|from|until|during|before|after|{_MONTH})\s+)(?:19|20)\d\d$", re.IGNORECASE
)
#: What makes a number a bound, behind it: "40+ users", "300 or more".
_BOUND_BEHIND = re.compile(r"\s*(?:\+|or (?:more|fewer|less)\b|plus\b)", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:no|not|never|none|without|0)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Affected:
    """How many people a text counts as affected, and where."""

    count: int
    line: int
    quote: str


def names(parts: Iterable[str], *, is_list: bool) -> list[str]:
    """The people that a value names, without handles' marks, roles in brackets, and days.

    `is_list` says that each part is one entry of a list, as front matter writes it; else a part is what
    stands behind a label, and ends where a sentence does.
    """
    found: list[str] = []
    for part in parts:
        words = part if is_list else _first_lines(part)
        words = _ADDRESS.sub(_without_address, _BRACKETS.sub("", words))
        for piece in _SPLIT.split(_SENTENCE_END.split(words, maxsplit=1)[0]):
            if _OF_ANOTHER_ROLE.match(piece) and found:
                break  # "Ana Bell, reviewed by Bo Li", "Ana Bell, with help from the others"
            name = _DAY.sub("", _WRITTEN_BY.sub("", _ROLE_PREFIX.sub("", piece)))
            name = _EDGES.sub("", name)
            name = re.split(r"\s[-–—]\s", name, maxsplit=1)[0].strip()
            if _is_named(name) and not (found and _JOB.fullmatch(name)):
                found.append(name)
    return list(dict.fromkeys(found))


def _without_address(match: re.Match[str]) -> str:
    has_name = match.group("name") and match.group("gap")
    return match.group("name") if has_name else match.group()


def writers(line: str) -> list[str]:
    """The people that a line of its own names as its writers: "Posted on 3 May by Ana Bell, engineer"."""
    match = _BYLINE.match(line) if len(line) <= 160 and "by" in line.lower() else None
    return [name for name in _SPLIT.split(match.group("who")) if is_name(name)] if match else []


def _first_lines(value: str) -> str:
    """The first line of a value, and those after it while the line before ends in a comma or "and"."""
    lines = value.split("\n")
    kept = lines[:1]
    for line in lines[1:]:
        if not re.search(r"(?:,|;|&|\band)\s*$", kept[-1]):
            break
        kept.append(line)
    return "\n".join(kept)


def _is_named(name: str) -> bool:
    return bool(
        name
        and len(name) <= _MAX_NAME
        and len(name.split()) <= 8
        and is_value(name)
        and re.search(r"[^\W\d_]", name)
        and _NOBODY.fullmatch(name) is None
        and _YEAR_ALONE.fullmatch(name) is None
        and not name.endswith("?")
        and "://" not in name
    )


def count_in_label(value: str) -> int | None:
    """The number of people behind a label that asks for it: "~8,000 users (80 %)", "1.2k", "12 of 340"."""
    words = value.split("\n")[0][:200]
    match = re.match(
        r"[\s~≈=(]*(?:(?:about|around|approx(?:imately|\.)?|roughly|nearly|almost|some"
        r"|circa|ca\.?"
        r"|an?|total|estimated|of|est\.?|all)\b[\s:~≈.]*){0,3}" + _AMOUNT + r"(?P<after>.{0,60})",
        words,
        re.IGNORECASE,
    )
    if match is not None:
        after = match.group("after")
        if "." in match.group("amount") and not match.group("unit"):
            return None  # nobody counts half a person: the point stands between thousands, or is a slip
        if _BOUND_BEHIND.match(after):
            return None
        if re.match(r"\s?%|\w|[.,/:]\d|\s*(?:-|–|—|to)\s*~?\d", after):
            return _counted_once(words)
        if re.match(r"\s*(?:$|[(,;.–—-]|of\b|or so\b|" + _KIND_OF + PEOPLE + r"\b)", after, re.IGNORECASE):
            is_part = "." in match.group("amount") and not match.group("unit")
            return None if is_part else _amount(match)  # no half of a person
    return _counted_once(words)


def counts_people(value: str) -> bool:
    """Whether a label that may ask for something else has a count: "Affected: 3,400 customers"."""
    return _COUNT.match(value.split("\n")[0][:200]) is not None


def _counted_once(words: str) -> int | None:
    counts = {
        _amount(match)
        for match in _COUNT.finditer(words)
        if not _BOUND.search(words[: match.start("amount")])
    }
    return counts.pop() if len(counts) == 1 else None


def lone_counts(texts: Iterable[Text]) -> Affected | None:
    """The number of people that is all an entry on the impact says: "~4,500 users"; None of several."""
    found = {}
    for text in texts:
        words = text.text.strip(" .~≈")
        count = count_in_label(words) if len(words) <= 60 and _COUNT.fullmatch(words) else None
        if count is not None:
            found[count] = Affected(count, text.line, text.text)
    return next(iter(found.values())) if len(found) == 1 else None


def affected_people(texts: Iterable[Text]) -> Affected | None:
    """The number of people that sentences say were affected; None when they say none, or several."""
    found: dict[int, Affected] = {}
    for text in texts:
        if _DIGIT.search(text.text, 0, 4000) is None:
            continue
        for line in text.lines():
            for sentence in sentences(line):
                for count in _affected(sentence.text):
                    found.setdefault(count, Affected(count, sentence.line, sentence.text))
    return next(iter(found.values())) if len(found) == 1 else None


def _affected(words: str) -> Iterator[int]:
    for match in _COUNT.finditer(words):
        before = words[max(0, match.start("amount") - _NEAR) : match.start("amount")]
        after = words[match.end() : match.end() + 2 * _NEAR]
        bare = before.rstrip("~≈ ")
        if _BOUND.search(bare) or _REPORTERS.match(after) or _NEGATED.search(bare):
            continue
        if _YEAR.search(before + match.group("amount")):
            continue
        if "." in match.group("amount") and not match.group("unit"):
            continue
        if (
            _SUFFERED.match(after)
            or _AFFECTING.search(before)
            or _SHARE_OF.search(before)
            or (_FOR.search(before) and _WAS_DOWN.match(after))
        ) and (_amount(match) or _NOBODY_AT_ALL.match(after)):
            yield _amount(match)


def _amount(match: re.Match[str]) -> int:
    number = float(re.sub(r"[, ']", "", match.group("amount")))
    return round(number * _UNITS.get((match.group("unit") or "").lower(), 1))
