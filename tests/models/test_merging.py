"""Which documents are put together, against the plain algorithm, for any handful of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.models.files import SQL, ancestors, read_models
from pipeline.models.runner import attach_catalogs, run_models
from tests.models.conftest import PARAMETERS

MODELS = read_models()
START = datetime(2024, 3, 1)

Telling = tuple[str | None, str, int, int]  # key, service, hour of its beginning, hours it takes

telling = st.tuples(
    st.sampled_from([None, "K1", "K2", "K3"]),
    st.sampled_from(["shop", "cart", "mail"]),
    st.integers(0, 40),
    st.integers(1, 9),
)


def merged(folder: Path, tellings: list[Telling]) -> dict[int, int]:
    """Each document's number → that of the document whose id its incident keeps, as the models say."""
    with duckdb.connect() as connection:
        connection.execute((SQL / "warehouse.sql").read_text(encoding="utf-8"))
        connection.execute(PARAMETERS).fetchall()
        connection.execute("INSERT INTO settings.sources VALUES ('docs', 'folder', NULL, 'UTC', FALSE)")
        connection.execute("INSERT INTO settings.merge_by VALUES ('incident_key'), ('service_and_time')")
        for number, (key, service, begins, hours) in enumerate(tellings):
            name = f"{number:02}"
            begin = START + timedelta(hours=begins)
            connection.execute(
                "INSERT INTO raw.documents (document_id, source, path, content_hash, size_bytes, fetched_at)"
                " VALUES ($name, 'docs', $name, $name, 1, now())",
                {"name": name},
            )
            connection.execute(
                "INSERT INTO raw.listings VALUES ($name, $name, '2024-01-01', NULL, NULL)", {"name": name}
            )
            connection.execute("INSERT INTO facts.incidents VALUES ($name, $name, 1)", {"name": name})
            for field, value in (
                ("incident_key", key),
                ("service", service),
                ("started_at", str(begin)),
                ("resolved_at", str(begin + timedelta(hours=hours))),
            ):
                if value is not None:
                    connection.execute(
                        "INSERT INTO facts.evidence"
                        " VALUES ($name, $name, $field, $value, 'label', 1, '', 1, true)",
                        {"name": name, "field": field, "value": value},
                    )
        attach_catalogs(connection, folder / ".building-merging.duckdb")
        needed = ancestors("intermediate.int_incidents__merged", MODELS)
        run_models(connection, [MODELS[name] for name in needed])
        rows = connection.execute(
            "SELECT told_id, incident_id FROM scratch.intermediate.int_incidents__merged"
        ).fetchall()
    return {int(told): int(incident) for told, incident in rows}


def components(tellings: list[Telling]) -> dict[int, int]:
    """The same by joining every pair that shares a key, or a service while both went on."""
    lowest = list(range(len(tellings)))
    changed = True
    while changed:
        changed = False
        for one, other in combinations(range(len(tellings)), 2):
            (key, service, begins, hours), (key2, service2, begins2, hours2) = tellings[one], tellings[other]
            is_one = (key is not None and key == key2) or (
                service == service2 and begins < begins2 + hours2 and begins2 < begins + hours
            )
            if is_one and lowest[one] != lowest[other]:
                lowest[one] = lowest[other] = min(lowest[one], lowest[other])
                changed = True
    return dict(enumerate(lowest))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(telling, min_size=1, max_size=9))
def test_what_is_joined_to_one_is_joined_to_all(tmp_path: Path, tellings: list[Telling]) -> None:
    """Keys and services over any number of steps: one incident, of the document listed first."""
    assert merged(tmp_path, tellings) == components(tellings)


def test_what_more_than_a_dozen_share_joins_none(tmp_path: Path) -> None:
    """A key that thirteen documents bear is no incident's; twelve are joined."""
    many: list[Telling] = [("K1", f"service {number}", number, 1) for number in range(13)]
    assert merged(tmp_path, many) == {number: number for number in range(13)}
    assert set(merged(tmp_path, many[:12]).values()) == {0}
