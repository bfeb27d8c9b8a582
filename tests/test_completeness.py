"""The completeness score is one number, whether linting or the tables count it."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import flow
from pipeline.documents.facts import ActionItem
from pipeline.documents.template import Draft, postmortem_markdown
from pipeline.linting.lint import lint_document
from pipeline.linting.paths import documents_to_lint
from pipeline.settings import Settings, load_settings


def published_scores(settings: Settings) -> dict[tuple[str, str], list[float]]:
    """Source and path of each document → the scores of its incidents in the published table."""
    with duckdb.connect(str(settings.published_path / "current.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT source, path, list(completeness_score) FROM marts.incidents GROUP BY ALL"
        ).fetchall()
    return {(source, path): sorted(map(float, scores)) for source, path, scores in rows}


def linted_scores(settings: Settings) -> dict[tuple[str, str], list[float]]:
    """The same by linting the folders of the sources."""
    found: dict[tuple[str, str], list[float]] = {}
    for source in settings.sources:
        root = settings.resolve(getattr(source, "path", Path()))
        for each in documents_to_lint([str(root)], settings, io.BytesIO()):
            linted = lint_document(each.shown, each.document, each.reading)
            if linted.incidents:
                found[(source.name, each.document.path)] = sorted(
                    incident.completeness.score for incident in linted.incidents
                )
    return found


def some_draft(draw: random.Random, number: int) -> Draft:
    """An incident of which each thing is known or not."""
    start = datetime(2024, 1, 1, 9, 0) + timedelta(days=number)
    times = [start + timedelta(minutes=7 * step) for step in range(6)]
    happened = ("The outage began", "An alert fired", "A customer complained", "The incident was resolved")
    known = Draft(
        f"Outage {number} of the checkout",
        severity_label=draw.choice(("SEV2", "Unheard of")),
        services=("checkout",),
        started_at=times[0],
        detected_at=times[1],
        resolved_at=times[5],
        detection_method="customer",
        affected_user_count=12,
        customer_impact_minutes=35.0,
        impact="Nobody could pay for a while.",
        events=tuple((times[step], happened[step % 4]) for step in range(draw.randint(0, 5))),
        root_cause=f"The disk of ledger {number} filled up.",
        cause_category="capacity",
        contributing_factors=("No alert on disk usage.",),
        action_items=tuple(
            ActionItem(f"Alert {step} on disk {number}", owner=draw.choice((None, "Ana")), due_on=None)
            for step in range(draw.randint(0, 2))
        ),
    )
    empty = Draft("")
    names = [name for name in Draft.__slots__ if name != "title" and draw.random() < 0.35]
    return replace(known, **{name: getattr(empty, name) for name in names})


def test_linting_and_the_tables_agree(tmp_path: Path) -> None:
    """Over many drafts of which one thing or another is missing, the two scores are the same."""
    docs = tmp_path / "docs"
    docs.mkdir()
    draw = random.Random(4)
    for number in range(200):
        (docs / f"{number:03}.md").write_text(postmortem_markdown(some_draft(draw, number)), encoding="utf-8")
    config = tmp_path / "postmortems.toml"
    config.write_text('[[sources]]\nname = "docs"\npath = "docs"\n', encoding="utf-8")
    settings = load_settings(config)
    flow.run(settings)
    scores = linted_scores(settings)
    assert scores == published_scores(settings)
    assert len(scores) > 150
    assert len({score for each in scores.values() for score in each}) >= 7


@pytest.mark.corpora
def test_they_agree_on_real_documents(tmp_path: Path, corpora: Path) -> None:
    """The same over the documents of real teams, in all their forms."""
    folders = sorted(
        folder for folder in corpora.iterdir() if folder.is_dir() and folder.name not in ("jira", "golden")
    )
    config = tmp_path / "postmortems.toml"
    config.write_text(
        "".join(
            f'[[sources]]\nname = "{folder.name}"\npath = "{folder}"\nplanned = ["maintenance"]\n'
            for folder in folders
        )
        + '[severity]\n1 = ["down"]\n2 = ["disrupted"]\n3 = ["notice"]\n',
        encoding="utf-8",
    )
    settings = load_settings(config)
    flow.run(settings)
    published = published_scores(settings)
    linted = linted_scores(settings)
    # Copies count once in the tables.
    assert {key: linted[key] for key in published} == published
    assert len(published) > 150
