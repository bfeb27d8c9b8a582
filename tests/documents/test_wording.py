"""Phrases that blame people are found, and what systems do is left alone."""

from __future__ import annotations

import re

import pytest

from pipeline.documents.formats.markdown import read_markdown
from pipeline.documents.wording import WORDINGS, BlamingPhrase, Wording, blaming_phrases
from pipeline.linting.end_states import open_ended_verb


def found(text: str, *people: str) -> list[tuple[int, str, str]]:
    """Line, wording and phrase of each that blames."""
    return [(met.line, met.name, met.phrase) for met in blaming_phrases(read_markdown(text), people)]


@pytest.mark.parametrize(
    ("wording", "sentence"),
    [(wording, sentence) for wording in WORDINGS for sentence in wording.examples],
    ids=lambda value: value.name if isinstance(value, Wording) else value,
)
def test_each_wording_finds_its_examples(wording: Wording, sentence: str) -> None:
    """Every example of a wording is found as that wording."""
    assert wording.name in [name for _, name, _ in found(sentence)]


@pytest.mark.parametrize("sentence", [each for wording in WORDINGS for each in wording.harmless])
def test_harmless_sentences_are_left_alone(sentence: str) -> None:
    """No wording at all speaks up at what another's page calls harmless."""
    assert found(sentence) == []


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.name)
def test_what_a_pattern_matches_holds_a_hint(wording: Wording) -> None:
    """The hints, asked before the pattern, lose nothing: each ending of the pattern's words holds one."""
    pattern = re.compile(wording.pattern.replace("%NAMES%", "Ana"))
    told = [each for other in WORDINGS for each in (*other.examples, *other.harmless)] + VARIANTS
    matched = [match.group().casefold() for each in told for match in pattern.finditer(each)]
    assert len(matched) >= len(wording.examples)
    assert [words for words in matched if not any(hint in words for hint in wording.hints)] == []


VARIANTS = [
    "HUMAN FAILURES, pilot mistakes.",
    "Sloppiness, complacency, inattention, irresponsible, a foolish decision, a dumb error, silly mistakes.",
    "Staff ought to have asked. He shouldn't have gone.",
    "He forgets to tell. It was forgotten to be told.",
    "The engineer neglected to ask. She omitted to say. He missed the alert. He didn't bother.",
    "Ana messed up. Ana screwed up. Ana took down prod. She broke prod. He was at fault. He is responsible "
    "for the outage. She caused an incident. Ana's blunder. Her own oversight. His incompetence. Their error "
    "of the reviewer. The blame lies with the developer. Fault rests on Ana. Ana made a typo.",
    "Pay closer attention. A lack of discipline. Reminding all engineers to ask. We were not careful enough.",
    "An untrained contractor, an unskilled intern, incapable staff; a new engineer ran it.",
]


@pytest.mark.parametrize(
    "sentence",
    [
        "This is a blameless review: human error is where it begins.",
        "We do not accept careless mistakes as a cause.",
        "The pipeline prevents human error.",
        "The check failed to run, and the alert should have fired.",
        "They should have been deleted by the job.",
        "Users failed to log in for an hour.",
        "The engineering portal failed to load.",
        "Grafana should have shown it.",
        "We should have an alert for that.",
        "The team fixed it within minutes.",
        "The fix isn't “be more careful when deploying”, it is a check.",
        "What we write is never “he should have known”.",
        "The author should have read access to the bucket.",
    ],
)
def test_what_systems_do_is_no_blame(sentence: str) -> None:
    """Failures of systems, denials and plain accounts are no findings."""
    assert found(sentence) == []


def test_a_name_counts_when_the_document_gives_it_as_a_person() -> None:
    """Ana is a person where she is an author or owner; Consul is a service all along."""
    text = "Ana should have checked the plan.\n\nConsul should have kept the lock.\n\nAna Silva's mistake."
    assert found(text) == []
    assert found(text, "Ana Silva") == [
        (1, "should have", "Ana should have checked"),
        (5, "their mistake", "Ana Silva's mistake"),
    ]


def test_phrases_carry_their_line_and_what_to_write_instead() -> None:
    """The line is that of the words, in lists and tables too; code and hints are passed over."""
    text = (
        "# Outage\n\nThe load was high\nand the engineer failed to see it.\n\n"
        "| Time | Event |\n| --- | --- |\n| 10:00 | It was human error |\n\n"
        "- one\n- He forgot to tell\n\n```\nhuman error\n```\n\n*Do not write human error here.*\n"
    )
    assert found(text) == [
        (4, "failed to", "engineer failed to see"),
        (8, "human error", "human error"),
        (11, "forgot to", "forgot to tell"),
    ]
    assert blaming_phrases(read_markdown("A careless push."))[0] == BlamingPhrase(
        1,
        "careless",
        "carelessness",
        "describe what was known and seen at the time, and what would have made the safe way the easy one",
        "A careless push.",
    )


def test_long_runs_of_words_take_no_time_to_speak_of() -> None:
    """A hostile line is looked at once, not once for each of its words."""
    for words in ("the team " * 4000, "engineer's " * 4000, "remind the " * 4000, "a" * 100_000):
        assert found(words) == []


@pytest.mark.parametrize(
    ("description", "verb"),
    [
        ("Improve monitoring", "Improve"),
        ("We should look into the proxy", "look into"),
        ("Investigate the monitoring of this service", "Investigate"),
        ("Better alerting", "Better"),
        ("Consider a second region", "Consider"),
        ("Discuss and improve the process", "Discuss"),
        ("Add more tests", "Add more tests"),
        ("Set up monitoring and alerting.", "Set up monitoring and alerting."),
        ("Add tests for expired certificates", None),
        ("Add an alert on the age of backups", None),
        ("Improve the alert so that it fires at 80 %", None),
        ("Investigate why the failover took so long", None),
        ("Look into the leak and fix it", None),
        ("Improve monitoring by adding a probe of the login page", None),
        ("Improve startup to take less than 5 minutes", None),
        ("An alert fires when the queue holds 1,000 messages", None),
        ("Add a test for expired certificates", None),
        ("Moreover, rotate the keys", None),
    ],
)
def test_an_action_item_needs_an_end_that_can_be_seen(description: str, verb: str | None) -> None:
    """An effort without a number, a condition, a question or a result has no end."""
    assert open_ended_verb(description) == verb
