"""Categories of causes and triggers, from a document's own word or from what its sentences say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.causes.categories import categorise, stated_category, what_triggered
from pipeline.documents.causes.causal_sentences import clauses
from pipeline.documents.facts import DocumentFacts, Reading
from pipeline.taxonomy import Category, Taxonomy, default_taxonomy, needed_stems, phrase_pattern, phrase_stems

SHIPPED = default_taxonomy()


def cause_of(text: str) -> str | None:
    """The category of causes that the words speak for."""
    chosen = categorise(text, SHIPPED.causes).chosen
    return chosen.name if chosen is not None else None


def read(sections: str, reading: Reading | None = None) -> DocumentFacts:
    """A document with these sections."""
    return parse_document(
        f"# Outage 2024-01-05\n\nStart: 2024-01-05 10:00\n{sections}", "a.md", reading or Reading()
    )


def chosen(facts: DocumentFacts, name: str) -> tuple[str, str, str, int | None] | None:
    """Value, method, words and line of a field."""
    rows = [row for row in facts.incidents[0].evidence if row.field == name and row.is_chosen]
    return (rows[0].value, rows[0].method, rows[0].quote, rows[0].line) if rows else None


def told(facts: DocumentFacts, rule: str) -> list[str]:
    """The messages of one rule."""
    return [finding.message for finding in facts.findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("categories", "name", "example"),
    [
        (categories, category.name, example)
        for categories in (SHIPPED.causes, SHIPPED.triggers)
        for category in categories
        for example in category.examples
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_each_example_is_of_its_category(categories: tuple[Category, ...], name: str, example: str) -> None:
    """The sentences that explain a category are counted under it."""
    found = categorise(example, categories)
    assert found.chosen is not None, found.candidates
    assert found.chosen.name == name


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "The outage was not caused by exhausted memory or a full disk, but by an expired certificate.",
            "credentials-certificates",
        ),
        (
            "We first suspected a network partition and packet loss. The certificate had expired.",
            "credentials-certificates",
        ),
        (
            "A network partition was ruled out. A race condition in the scheduler lost jobs.",
            "software-defect",
        ),
        (
            "A bug made it crash. We will check disk space and disk quota before a traffic spike.",
            "software-defect",
        ),
        (
            "Root cause: a race condition.\nResolution: a feature flag and a wrong setting put right.",
            "software-defect",
        ),
        ("The index was full. It was fixed by a configuration change.", None),
        (
            "A wrong configuration led to exhausted connections and an overloaded database.",
            "change-configuration",
        ),
        ("Requests failed due to an exhausted connection pool.", "capacity"),
        ("There was no data corruption. The volume was full.", "capacity"),
        ("Nobody knows yet.", None),
        ("It was caused by aliens.", None),
        ("", None),
    ],
)
def test_only_words_on_the_cause_count(text: str, category: str | None) -> None:
    """What is denied, suspected, an effect, or part of the fix is no cause."""
    assert cause_of(text) == category


def test_a_category_shows_its_words_and_their_line() -> None:
    """The evidence of a category by rule is the words that matched, on the line of the first."""
    facts = read("\n## Root cause\n\nUsers saw errors.\nThe disk was full, with no space left.\n")
    assert chosen(facts, "cause_category") == ("capacity", "rule", "disk was full; no space left", 8)


def test_words_for_two_categories_are_told_and_decide_nothing() -> None:
    """A near tie leaves the category open, and the finding names both with their words."""
    facts = read("\n## Root cause\n\nA memory leak and a misconfigured timeout.\n")
    assert chosen(facts, "cause_category") is None
    assert told(facts, "cause_uncategorised") == [
        "The words on the cause speak for software-defect (“memory leak”) and for change-configuration "
        "(“misconfigured”); add a line such as “Cause category: software-defect”."
    ]


def test_a_stated_category_that_the_taxonomy_does_not_know_is_kept_and_told() -> None:
    """The document's word stands, and the finding says where to teach it."""
    facts = read("Root cause category: Moon phase\n\n## Root cause\n\nThe disk was full.\n")
    assert chosen(facts, "cause_category") == ("Moon phase", "label", "Root cause category: Moon phase", 4)
    assert told(facts, "category_unknown") == [
        "The cause category “Moon phase” is in no list of the taxonomy and is counted as written; "
        "add it there as an alias or a category."
    ]


def test_causes_and_triggers_are_two_lists() -> None:
    """The trigger comes from its section, else from what the cause says set it off."""
    facts = read(
        "\n## Root cause\n\nA race condition lost jobs.\n"
        "\n## Trigger\n\nA sales campaign tripled the traffic.\n"
    )
    assert (chosen(facts, "cause_category") or "")[0] == "software-defect"
    assert (chosen(facts, "trigger_category") or "")[0] == "load"
    facts = read("\n## Root cause\n\nA race condition lost jobs, triggered by a routine deployment.\n")
    assert (chosen(facts, "trigger_category") or "")[0] == "change-deployment"


def test_what_set_it_off_ends_with_its_sentence() -> None:
    """Only the words after "triggered by" count, up to its effects."""
    assert (
        what_triggered("It was triggered by a new release, which broke logins. The disk was fine.")
        == "a new release"
    )
    assert what_triggered("The alert was triggered.") == ""


def test_a_stated_word_must_be_a_name_or_an_alias_as_a_whole() -> None:
    """ "Config change" means a category; a sentence means none."""
    assert stated_category("CONFIG-change", SHIPPED.causes) == "change-configuration"
    assert stated_category("Binary push", SHIPPED.triggers) == "change-deployment"
    assert stated_category("Bug in the configuration", SHIPPED.causes) is None


def test_the_categories_of_the_reading_replace_those_that_ship() -> None:
    """A reading with other categories counts by those alone."""
    ours = Taxonomy(
        causes=(Category(name="Moon", aliases=("lunar",), strong=("full moon",)),),
        triggers=(Category(name="Night"),),
    )
    reading = Reading(taxonomy=ours)
    assert (chosen(read("Cause category: Lunar\n", reading), "cause_category") or "")[0] == "Moon"
    facts = read("\n## Root cause\n\nThe full moon, and the disk was full.\n", reading)
    assert (chosen(facts, "cause_category") or "")[:3] == ("Moon", "rule", "full moon")
    assert hash(reading) == hash(Reading(taxonomy=ours.model_copy(), today=reading.today))
    assert reading != Reading(today=reading.today)


@pytest.mark.parametrize(
    ("phrase", "text", "is_met"),
    [
        ("(bad|wrong) config", "a wrong config", True),
        ("(bad|wrong) config", "a wrong  configuration", False),
        ("misconfigur*", "it was misconfigured", True),
        ("mis-config*", "mis configured", True),
        ("disk ... full", "the disk of the node is full", True),
        ("disk ... full", "the disk was fine. the tank is full", False),
        ("out of (the)? range", "out of range", True),
        ("limits? reached", "limit reached", True),
        ("release ... live", "release 4.2 is live", True),
        ("(limit|quota)s? reached", "limits reached", True),
        ("third-party", "thirdparty", True),
    ],
)
def test_phrases_say_what_the_file_explains(phrase: str, text: str, is_met: bool) -> None:
    """Alternatives, beginnings, gaps, optional words and hyphens."""
    pattern, groups = phrase_pattern(phrase), needed_stems(phrase)
    assert (pattern.search(text) is not None) is is_met
    assert phrase_stems(phrase) in groups
    assert not is_met or all(any(stem in text for stem in stems) for stems in groups)


@given(st.text(max_size=400))
def test_clauses_cover_a_text_without_gaps(text: str) -> None:
    """Every position lies in exactly one clause, in order."""
    position = 0
    for clause in clauses(text):
        assert clause.start == position
        position = clause.end
    assert position == len(text)


@pytest.mark.parametrize(
    "piece", ["not ", "caused by ", "disk ", "a-", "the limit of ", "due to due to ", "(", "\n- "]
)
def test_repetitive_text_is_read_in_bounded_time(piece: str) -> None:
    """Long runs of the words that rules look for cost no more than other text, by far."""
    began = time.process_time()
    categorise(piece * 20_000, SHIPPED.causes)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "Nobody feels responsible for the fixture generator.",
        "The invoice generator rounded twice.",
        "The edge proxy sent the wrong host header to the origin.",
        "The alert text points to the capacity planning page.",
        "We had no regression tests for this path.",
        "The attack surface of the gateway is large.",
        "The fire drill took an hour.",
        "The queue was full of orders that nobody could read.",
        "The bug fix of last week removed the retry.",
        "Unknown; possibly a bug in the scheduler, perhaps a failed disk.",
        "It may have been a memory leak.",
        "Maybe the disk was full.",
        "The most likely cause is a race condition in the worker.",
        "The token had probably expired.",
        "It looks like a memory leak.",
        "The evidence points to a failed switch.",
        "We think that the certificate expired.",
        "Was it a bug in the driver?",
        "Our previous incident was caused by an expired certificate; here we are still searching.",
        "Last month's outage was due to a full disk.",
        "A similar incident in spring came from a memory leak.",
        "The root cause is not known. The disk was full in an earlier outage.",
    ],
)
def test_a_guess_another_incident_and_words_of_two_meanings_name_no_cause(text: str) -> None:
    """What is only thought possible, what was the cause before, and a word out of its sense count nothing."""
    assert cause_of(text) is None


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The cause was a full disk. A similar outage in 2021 came from an expired certificate.", "capacity"),
        (
            "Unlike the earlier outage, which came from a full disk, this one was caused by an expired key.",
            "credentials-certificates",
        ),
        ("The backup generator did not start.", "hardware-infrastructure"),
        ("The clean-up script was run against the wrong database.", "human-procedure"),
        ("There was no capacity planning for the sale.", "capacity"),
    ],
)
def test_the_plain_sentence_beside_them_still_names_the_cause(text: str, category: str) -> None:
    """Beside another incident's cause, and in the sense that is meant, the words count."""
    assert cause_of(text) == category


@given(
    st.sampled_from(["Possibly", "Perhaps", "Maybe", "Most likely", "It may have been that", "We believe"]),
    st.sampled_from([example for category in SHIPPED.causes for example in category.examples]),
)
def test_no_example_of_any_category_survives_a_word_of_doubt(doubt: str, example: str) -> None:
    """Whatever the cause, a sentence that opens with doubt names none."""
    assert cause_of(f"{doubt} {example[0].lower()}{example[1:]}") is None


@pytest.mark.parametrize(
    "told",
    [
        "Unknown. A bug in the cache is what we look at next.",
        "Still under investigation; the disk was full.",
        "The cause is not yet known. The disk was full that night.",
        "To be confirmed: expired certificate.",
        "The investigation is ongoing. A certificate expired on the same day.",
    ],
)
def test_a_cause_that_is_said_to_be_unknown_has_no_category(told: str) -> None:
    """A section that says that the cause is not known gives none, whatever else it names."""
    assert chosen(read(f"\n## Root cause\n{told}\n"), "cause_category") is None
