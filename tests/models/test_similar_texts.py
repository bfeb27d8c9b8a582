"""Texts are compared as a plain computation of TF-IDF and cosine does it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.models.files import SQL, ancestors, read_models
from pipeline.models.runner import CATALOGS, attach_catalogs, run_models
from tests.models.conftest import PARAMETERS

MODELS = read_models()
CHAIN = ["int_incidents__occurred", "int_incidents__words", "int_incidents__similar"]
WORDS = ["token", "expired", "checkout", "disk", "full", "leak", "memory", "queue", "naïve", "a", "the", "v2"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A build whose incidents a test gives, with what the words need made from an empty warehouse."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute((SQL / "warehouse.sql").read_text(encoding="utf-8"))
        connection.execute(PARAMETERS).fetchall()
        attach_catalogs(connection, tmp_path_factory.mktemp("texts") / ".building-texts.duckdb")
        run_models(
            connection, [MODELS[name] for name in ancestors("intermediate.int_incidents__similar", MODELS)]
        )
        yield connection


def similar(
    connection: duckdb.DuckDBPyConnection, texts: list[str]
) -> dict[tuple[int, int], tuple[float, list[str]]]:
    """(later, earlier) → similarity and shared words of incidents that began in the order of the texts."""
    fields = f"{CATALOGS['intermediate']}.intermediate.int_incidents__fields"
    connection.execute(f"DELETE FROM {fields}")
    for number, text in enumerate(texts):
        connection.execute(
            f"INSERT INTO {fields} (incident_id, title, started_at) VALUES (?, ?, ?)",
            [str(number), text, datetime(2024, 1, 1) + timedelta(days=number)],
        )
    for name in CHAIN:
        connection.execute(f"DROP TABLE {CATALOGS['intermediate']}.intermediate.{name}")
        run_models(connection, [MODELS[f"intermediate.{name}"]])
    rows = connection.execute(
        "SELECT incident_id, earlier_incident_id, similarity, shared_words"
        f" FROM {CATALOGS['intermediate']}.intermediate.int_incidents__similar"
    ).fetchall()
    return {(int(later), int(earlier)): (value, words) for later, earlier, value, words in rows}


def cosines(texts: list[str]) -> dict[tuple[int, int], tuple[float, int]]:
    """(later, earlier) → cosine and number of shared words, computed plainly."""
    counts = [
        Counter(word for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word != "the") for text in texts
    ]
    spread = Counter(word for count in counts for word in count)
    vectors = []
    for count in counts:
        vector = {w: (1 + math.log(n)) * math.log(1 + len(texts) / spread[w]) for w, n in count.items()}
        length = math.hypot(*vector.values())
        vectors.append({word: weight / length for word, weight in vector.items()})
    return {
        (later, earlier): (
            sum(weight * vectors[earlier].get(word, 0.0) for word, weight in vectors[later].items()),
            len(counts[later].keys() & counts[earlier].keys()),
        )
        for later in range(len(texts))
        for earlier in range(later)
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_similarity_is_the_cosine_of_tf_idf(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """Of each incident the three closest earlier ones, from the threshold on, as plainly computed."""
    found = similar(connection, texts)
    close = {
        pair: cosine for pair, (cosine, shared) in cosines(texts).items() if cosine >= 0.45 and shared >= 4
    }
    for later in range(len(texts)):
        own = sorted((value for (number, _), value in close.items() if number == later), reverse=True)[:3]
        assert sorted(
            (value for (number, _), (value, _) in found.items() if number == later), reverse=True
        ) == pytest.approx(own)
    for pair, (value, _) in found.items():
        assert value == pytest.approx(min(1.0, close[pair]))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS.filter(lambda texts: len(texts) >= 2))
def test_similarity_is_the_same_either_way(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """Which of two incidents came first changes nothing of how close they are."""
    two = texts[:2]
    there, back = similar(connection, two), similar(connection, two[::-1])
    assert {pair: pytest.approx(value) for pair, (value, _) in there.items()} == {
        pair: value for pair, (value, _) in back.items()
    }


def test_the_same_text_is_as_close_as_can_be(connection: duckdb.DuckDBPyConnection) -> None:
    """Numbers, dates, addresses and what every text has make no difference; the shared words are told."""
    found = similar(
        connection,
        [
            "2024-01-05: The expired token stops checkout payments, build 812 https://a.example/x",
            "Expired token stops CHECKOUT payments (build 99, 2024-07-01)",
            "A leak of memory",
        ],
    )
    ((pair, (value, words)),) = found.items()
    assert (pair, words) == ((1, 0), ["build", "checkout", "expired", "payments", "stops", "token"])
    assert value == pytest.approx(1.0)


def test_what_a_template_repeats_makes_no_texts_alike(connection: duckdb.DuckDBPyConnection) -> None:
    """Twenty texts that share a dozen words of boilerplate, and of which each has words of its own."""
    boilerplate = "see our helpdesk issue for details the team alerted support about this service degradation"
    own = [" ".join(f"{word}{'xyz'[n % 3]}{chr(97 + n)}" for word in WORDS[:7]) for n in range(20)]
    assert similar(connection, [f"{boilerplate} {text}" for text in own]) == {}
