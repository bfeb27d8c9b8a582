"""After any mix of changes, late searches, troubles and kills, the warehouse equals the Jira.

What happens is drawn as a list of steps and syncs. The same examples are drawn in every run;
`JIRA_SEEDS=500 pytest tests/test_jira_equality.py` draws 500 others of each kind, new ones every time.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.demo.jira.site import Deployment
from tests.jira_syncs import REFUSALS, Followed, Setup, Sync
from tests.jira_world import STEPS, Step, World

SEEDS = int(os.environ.get("JIRA_SEEDS", "0"))
Life = list[tuple[list[Step], Sync]]

NUMBERS = st.integers(0, 11)
STEP = st.builds(Step, st.sampled_from(list(STEPS)), NUMBERS, NUMBERS)
SYNC = st.builds(
    Sync,
    is_sweep=st.booleans(),
    clock_hours=st.sampled_from((0, 0, 1, -1)),
    share=st.sampled_from((0.0, 0.0, 0.15, 0.4)),
    seed=st.integers(0, 1000),
    refused_from=st.sampled_from((0, 0, 0, 0, 0, 2, 5, 9, 14)),
    refusal=st.integers(0, len(REFUSALS) - 1),
    omits=st.sampled_from((False, False, False, False, True)),
    killed_at=st.one_of(st.just(0), st.just(0), st.integers(1, 40)),
    is_killed_at_write=st.booleans(),
    meanwhile=st.dictionaries(st.integers(1, 30), STEP, max_size=4),
)
LIFE = st.lists(st.tuples(st.lists(STEP, min_size=1, max_size=8), SYNC), min_size=2, max_size=6)


def setups(deployment: Deployment) -> st.SearchStrategy[Setup]:
    """How a Jira may be served."""
    small = st.sampled_from((100, 3, 2, 1))
    return st.builds(
        Setup,
        st.just(deployment),
        page=small,
        batch=small,
        inline=small,
        short_pages=st.booleans(),
        is_deployment_told=st.booleans(),
        history_times=st.sampled_from(("iso", "seconds", "milliseconds")),
    )


def drawn(examples: int) -> settings:
    """So many examples, always the same; or as many as asked for, always others."""
    return settings(
        max_examples=SEEDS or examples,
        derandomize=not SEEDS,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def live(setup: Setup, life: Life, seed: int, share: float) -> list[str]:
    """Let all of it happen: in what the warehouse differs from the Jira in the end."""
    world = World(setup.deployment, inline_comments=setup.inline)
    with tempfile.TemporaryDirectory() as folder:
        followed = Followed(world, Path(folder) / "warehouse.duckdb", setup)
        for number in range(4):
            world.do(Step("create", number, number))
        with followed.served():
            for steps, sync in life:
                for step in steps:
                    world.do(step)
                followed.sync(sync)
            followed.settle(seed, share)
            return followed.differences()


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
def test_whatever_happens_the_warehouse_equals_the_jira(deployment: Deployment) -> None:
    """Any changes, with any lag, troubles, refusals and kills: in the end all is as in the Jira, by id."""

    @drawn(5)
    @given(setups(deployment), LIFE, st.integers(0, 1000), st.sampled_from((0.0, 0.2)))
    def always(setup: Setup, life: Life, seed: int, share: float) -> None:
        assert live(setup, life, seed, share) == []

    always()


@pytest.mark.parametrize(
    ("deployment", "killed_at", "is_killed_at_write"),
    [("cloud", 9, False), ("cloud", 11, True), ("data_center", 12, False), ("data_center", 6, True)],
)
def test_a_killed_process_loses_nothing(
    deployment: Deployment, killed_at: int, is_killed_at_write: bool, tmp_path: Path
) -> None:
    """Two processes that die at a call or within a transaction: the next one goes on from there."""
    world = World(deployment, inline_comments=2)
    followed = Followed(world, tmp_path / "warehouse.duckdb", Setup(deployment, batch=2, inline=2))
    with followed.served():
        for number in range(6):
            world.do(Step("create", number, number))
            world.do(Step("edit often", number, 2))
        mortal = Sync(is_sweep=True, killed_at=killed_at, is_killed_at_write=is_killed_at_write)
        for sync in (followed.sync_in_child, followed.sync, followed.sync_in_child):
            sync(Sync() if sync == followed.sync else mortal)
            for number, what in enumerate(("edit", "move", "delete", "comment", "name a key")):
                world.do(Step(what, number, number + 1))
        assert followed.outcomes == ["killed", "ok", "killed"]
        followed.settle(0, 0.0)
        different = followed.differences()
    assert not different, "\n".join(different)
