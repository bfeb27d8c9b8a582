"""Wording that blames people rather than systems: the phrases, and what to write instead.

A postmortem that names who erred ends where it should begin: the next person in the same place will err the
same way. Each `Wording` is a phrase with examples that it is meant for and harmless ones that it must leave
alone; a test holds it to both. Advice only: a phrase is never more than a hint.

Systems fail to start, and Kubernetes has operators and managers. So verbs such as "failed to" count only when
their subject is a person: a pronoun, a word for a person, or a name that the document gives as one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.documents.blocks import Block, Text, squeeze, texts
from pipeline.documents.facts import Finding, Incident
from pipeline.documents.formats import Page
from pipeline.documents.timelines.prose import sentences

_PEOPLE = (
    r"(?:(?:engineer|developer|programmer|administrator|sysadmin|technician|employee|colleague|co-?worker"
    r"|team ?member|teammate|contractor|intern|committer|maintainer|reviewer|approver|dba)s?"
    r"|(?:human|on-?call) (?:operator|responder)s?|(?:engineering|product|project|incident|shift) managers?"
    r"|(?:the|our|their) (?:\w+ )?team|staff|someone|somebody|person on (?:call|duty)|(?:the|our) on-?call)"
)
_PRONOUNS = r"(?:he|she|I)"
#: A person who does something: a pronoun, a word for people, or a name that the document gives.
_WHO = rf"(?<![\w-])(?:(?i:{_PEOPLE})(?: (?:on[- ]call|on duty|in charge))?|{_PRONOUNS}|(?i:he|she)|%NAMES%)"
_HOW = r"(?: (?:also|then|just|simply|again|later|clearly|apparently|(?!only\b)\w{2,12}ly|had|has))?"
_DONE = (
    r"(?:\w{2,14}ed|known|seen|done|caught|thought|taken|made|run|read|told|given|gone|written|kept|found|left"
    r"|asked|had|understood|spoken|chosen|brought|sought|foreseen)\b"
)
_MISHAP = r"(?:outage|incident|downtime|failure|problem|breakage|crash|data loss|mistake|error)"
_FAULTS = (
    r"(?:fault|mistake|error|carelessness|negligence|oversight|inattention|incompetence|blunder|sloppiness)"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase that blames: its pattern, what to write instead, and sentences with and without it.

    In `pattern`, `%NAMES%` stands for the people whom the document names. Whatever it matches holds one of
    the `hints`, in lower case: these are looked for first, since patterns take long and most sentences
    hold none.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str
    suggestion: str
    examples: tuple[str, ...]
    harmless: tuple[str, ...]


WORDINGS: tuple[Wording, ...] = (
    Wording(
        "human error",
        ("error", "mistake", "failure"),
        r"(?i)\b(?:human|pilot|personnel|operator) (?:error|mistake|failure)s?\b",
        "say what made the slip possible and what did not catch it",
        ("The root cause was human error.", "This was an operator error during the switch."),
        (
            "Human error was not the cause.",
            "The check removes the risk of human error.",
            "The operator reported an error.",
        ),
    ),
    Wording(
        "carelessness",
        (
            "careless",
            "negligen",
            "reckless",
            "incompeten",
            "irresponsib",
            "inattenti",
            "laziness",
            "complacen",
            "slopp",
            "stupid",
            "dumb",
            "silly",
            "foolish",
        ),
        r"(?i)\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|reckless(?:ly|ness)?|incompeten(?:t|tly|ce)"
        r"|irresponsib(?:le|ly)|inattenti(?:ve|on)|laziness|complacen(?:t|cy)"
        r"|sloppy(?! quorum)|sloppiness|(?:stupid|dumb|silly|foolish) (?:mistake|error|decision)s?)\b",
        "describe what was known and seen at the time, and what would have made the safe way the easy one",
        ("A careless change to the firewall.", "This was sheer negligence.", "It was a stupid mistake."),
        ("The load was negligible.", "A sloppy quorum accepted the write."),
    ),
    Wording(
        "should have",
        ("should", "ought"),
        rf"{_WHO} (?:should|ought to)(?: not|n't)? have(?: (?:also|never|\w+ly))? (?!been\b){_DONE}",
        "write what happened and why it made sense then; put the rest into an action item for the system",
        (
            "She should have checked the dashboard first.",
            "The engineer should have noticed the alert.",
            "I should not have merged it.",
        ),
        (
            "The health check should have failed.",
            "The alert should have been sent to the team.",
            "The team should have a runbook.",
            "The operator should have restarted the pod.",
            "An incident manager could have helped.",
        ),
    ),
    Wording(
        "forgot to",
        ("forg",),
        r"(?i)\b(?:forgot|forgets|forgotten) to \w+",
        "memory is no control: name the step that nothing reminded of or checked",
        ("We forgot to renew the certificate.", "He had forgotten to close the ticket."),
        ("The forgotten cron job ran again.",),
    ),
    Wording(
        "failed to",
        ("fail", "neglect", "omitted", "overlooked", "did", "missed"),
        rf"{_WHO}{_HOW} (?:fail(?:ed|s)? to|neglect(?:ed|s)? to|omitted to|overlooked|did(?:n't| not) (?:"
        r"bother|pay attention|double[- ]check|check|test|verify|validate"
        r"|follow (?:the |our )?(?:\w+ )?(?:process|procedure|policy|runbook|instructions"
        r"|guidelines|checklist))"
        r"|missed (?:the|an?|this) (?:alert|alarm|warning|page|bug|error|step|typo))(?: \w+)?"
        rf"|(?i:\bwe){_HOW} (?:failed|neglected) to (?:verify|check|test|notice|consider|document|communicate"
        r"|follow|update|anticipate|read|review|validate|reali[sz]e|inform|notify|tell|warn)\b",
        "say what the person saw and which signal, check or safeguard was missing",
        (
            "The on-call engineer failed to escalate.",
            "The developer did not follow the procedure.",
            "He overlooked the warning.",
            "Unfortunately we failed to verify that it was running.",
        ),
        (
            "The pod failed to start.",
            "We failed to restore the backup.",
            "The Prometheus operator failed to reconcile.",
            "The developer portal failed to load.",
            "cert-manager failed to renew it.",
        ),
    ),
    Wording(
        "their mistake",
        (
            "made",
            "messed",
            "screwed",
            "broke",
            "took",
            "blame",
            "fault",
            "responsible",
            "caused",
            "mistake",
            "error",
            "carelessness",
            "negligence",
            "oversight",
            "inattention",
            "incompetence",
            "blunder",
            "sloppiness",
        ),
        rf"{_WHO}{_HOW} (?:made (?:a|an|the|this) (?:\w+ )?(?:mistake|error|typo|blunder)|messed up"
        rf"|screwed up|broke (?:prod\b|production|everything|the (?:site|build|deployment))|took down \w+"
        rf"|(?:is|was|were) (?:to blame|at fault|responsible for (?:the|this) {_MISHAP})"
        rf"|caused (?:the|this|an) {_MISHAP})"
        rf"|\b(?:(?i:his|her)|(?:(?i:{_PEOPLE})|%NAMES%)['’]s?) (?:own )?{_FAULTS}\b"
        rf"|\b(?:mistake|error|blunder|carelessness|negligence) (?:made )?(?:by|of) (?:the |an? |our )?"
        rf"(?:one of (?:the |our )?)?(?:(?i:{_PEOPLE})|%NAMES%)\b"
        rf"|\b(?:blamed?|fault) (?:lies|rests|falls)? ?(?:on|with) "
        rf"(?:the |our )?(?:(?i:{_PEOPLE})|%NAMES%)\b",
        "name the change and the conditions that let it do harm, not the person",
        (
            "The engineer made a mistake in the rule.",
            "It was the developer's fault.",
            "It came down to a mistake by one of our engineers.",
        ),
        ("The deploy caused the outage.", "DNS was to blame.", "A mistake in the rule broke production."),
    ),
    Wording(
        "be more careful",
        ("careful", "attention", "lack of", "remind"),
        r"(?i)\b(?:be|being) (?:more|extra|very|much more|really) careful\b"
        r"|(?:\bnot|n't)(?: been| being)? careful enough\b|\bpay(?:ing)? (?:more|closer|better) attention\b"
        r"|\black of (?:care|attention|diligence|discipline|common sense)\b(?! tasks?\b)"
        r"|\bremind(?:ed|ing)? (?:all |the |our |every )?(?:people|everyone|everybody|engineers|developers"
        r"|staff|teams?|team members|colleagues) (?:to|about|that|of)\b",
        "care does not last: change the system so that the mistake is caught or cannot be made",
        (
            "We will be more careful with migrations.",
            "Remind everyone to check the region.",
            "It was a lack of attention.",
        ),
        ("A careful rollout began.", "Remind the scheduler of its lease."),
    ),
    Wording(
        "inexperience",
        ("inexperienced", "incapable", "untrained", "unskilled", "incompetent", "junior", "new"),
        rf"(?i)\b(?:inexperienced|incapable|untrained|unskilled|incompetent) {_PEOPLE}"
        rf"|\bby (?:an? |the )?(?:junior|new) {_PEOPLE}"
        rf"|\b(?:junior|new) {_PEOPLE} (?:(?:accidentally|mistakenly|wrongly|had) )?(?:made|broke|ran"
        r"|executed|deleted|dropped|caused|pushed|deployed|was not|did not)\b",
        "say which knowledge the work needed and where it could be found",
        (
            "A junior engineer ran the script.",
            "An inexperienced developer deployed it.",
            "It was dropped by a junior developer.",
        ),
        ("The new engineer rota began.", "A new colleague joins the rota."),
    ),
)

#: Words that take a phrase back, before it in its sentence: "not human error", "to reduce the risk of …".
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|no|nor|rather than|instead of|without|avoid\w*|prevent\w*|reduc\w+|eliminat\w+"
    r"|minimi[sz]\w+|against|risk|possibility|chance|prone|room|less|remov\w+|catch\w*|potential\w*|whether|if|could|might|may"
    r"|susceptible|protect\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
#: What denies any phrase: "the fix is not to be more careful", "no conclusion: he should have …".
_DENIED = re.compile(r"(?:\b(?:not|never|no|rather than|instead of)|n['’]t)\b[^.;,]{0,30}$", re.IGNORECASE)
_MAY_BE_TAKEN_BACK = frozenset({"human error", "carelessness", "their mistake"})
_BLAMELESS = re.compile(r"\bblame(?:less|[- ]free)|\bno[- ]blame|\bfinger[- ]?pointing", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’.-]+(?: [^\W\d_][\w'’.-]+){0,3}")
_MAX_FINDINGS = 50  # of one document
_MAX_NAMES = 40
_MAX_QUOTE = 240
_AROUND = 120  # so many characters of the sentence are quoted before the phrase


@dataclass(frozen=True, slots=True)
class BlamingPhrase:
    """A phrase met: its line, the words, the wording it is one of, what to write instead, the sentence."""

    line: int
    phrase: str
    name: str
    suggestion: str
    quote: str


def blaming_findings(page: Page, incidents: list[Incident]) -> Iterator[Finding]:
    """What blames people in a document, told as findings; of its incident where it tells of one only."""
    people = [
        name
        for incident in incidents
        for row in incident.evidence
        if row.field in ("authors", "reviewers")
        for name in json.loads(row.value)
    ]
    people += [item.owner for incident in incidents for item in incident.action_items if item.owner]
    titles = [
        Block("heading", field.line, Text(value, field.line))
        for field in page.fields
        if field.key.casefold() in ("title", "description", "summary")
        for value in field.values
    ]
    for met in blaming_phrases([*titles, *page.blocks], people):
        yield Finding(
            "blaming_wording",
            "info",
            f"“{met.phrase}” blames people: {met.suggestion}.",
            met.line,
            1 if len(incidents) == 1 else None,
            quote=met.quote,
        )


def blaming_phrases(blocks: list[Block], people: Iterable[str] = ()) -> list[BlamingPhrase]:
    """The phrases in a document that blame people, in its order; one of each wording in a sentence.

    `people` are names that the document gives: authors, reviewers, owners. Code and the hints of a form are
    passed over.
    """
    patterns = _patterns(tuple(sorted(set(_names(people)))[:_MAX_NAMES]))
    found: list[BlamingPhrase] = []
    for text in texts(blocks):
        if text.is_slanted:
            continue
        for sentence in sentences(text):
            words = sentence.text
            folded = words.casefold()
            hinted = [each for each in patterns if any(hint in folded for hint in each[0].hints)]
            if not hinted or _BLAMELESS.search(words):
                continue
            for wording, pattern in hinted:
                match = pattern.search(words)
                if match is None or _is_taken_back(wording.name, words, match):
                    continue
                line = sentence.line_at(match.start())
                phrase = squeeze(match.group(), 80)
                around = squeeze(words[max(0, match.start() - _AROUND) :], _MAX_QUOTE)
                found.append(BlamingPhrase(line, phrase, wording.name, wording.suggestion, around))
            if len(found) >= _MAX_FINDINGS:
                return found
    return found


def _is_taken_back(name: str, words: str, match: re.Match[str]) -> bool:
    before = words[max(0, match.start() - 60) : match.start()]
    if _DENIED.search(before):
        return True
    if name not in _MAY_BE_TAKEN_BACK:
        return False
    after = words[match.end() : match.end() + 20]
    return bool(_TAKEN_BACK.search(before) or re.match(r" (?:was|is|were|are)(?: not\b|n['’]t\b)", after))


def _names(people: Iterable[str]) -> Iterator[str]:
    """Whole names and first names; what does not look like a name is passed over."""
    for name in people:
        if _NAME.fullmatch(name.strip("@ ")) and name[:1].isupper():
            yield name
            first = name.split()[0]
            if len(first) >= 3:
                yield first
        elif name.startswith("@"):
            yield name


@lru_cache(maxsize=64)
def _patterns(names: tuple[str, ...]) -> tuple[tuple[Wording, re.Pattern[str]], ...]:
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or r"(?!)"
    return tuple(
        (wording, re.compile(wording.pattern.replace("%NAMES%", f"(?:{either})(?!\\w)")))
        for wording in WORDINGS
    )
