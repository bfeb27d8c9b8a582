"""A sync in a process of its own, which is killed at a call or a write, as the power cut would kill it.

`python -m tests.jira_child` with what `ChildSync` holds, as JSON. Exit code 0: it ended well; 1: it failed,
and standard output says why.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from pydantic import SecretStr

from pipeline.errors import JiraError
from pipeline.jira_sync import JiraSync
from pipeline.settings import Jira
from pipeline.sources.jira.site import open_site
from tests.jira_killing import Doom, MortalClock, MortalWarehouse

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class ChildSync:
    """What the child is told. `sizes` are of batches, by the names of the constants."""

    settings: str
    token: str
    path: str
    now: str
    keys: Collection[str]
    incidents: Collection[str]
    sizes: dict[str, int]
    is_sweep: bool
    killed_at: int
    is_killed_at_write: bool

    def run(self) -> str:
        """Run it: `ok`, `killed`, or why it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.jira_child", json.dumps(asdict(self))],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode == -signal.SIGKILL:
            return "killed"
        assert done.returncode in (0, 1), done.stderr
        return done.stdout.strip() or "ok"


def _main(told: ChildSync) -> str | None:
    began = time.monotonic()

    def now() -> datetime:
        return datetime.fromisoformat(told.now) + timedelta(seconds=time.monotonic() - began)

    sizes = {name: told.sizes[name] for name in told.sizes}
    for name, value in [*sizes.items(), ("pipeline.warehouse.now", now), ("pipeline.jira_sync.now", now)]:
        module, _, constant = name.rpartition(".")
        setattr(import_module(module), constant, value)

    def end() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    doom = Doom(told.killed_at, at_write=told.is_killed_at_write, end=end)
    settings, token = Jira.model_validate_json(told.settings), SecretStr(told.token)
    with MortalWarehouse(Path(told.path), doom) as warehouse:
        sync = JiraSync(
            warehouse,
            settings,
            lambda: open_site(settings, token, tell=lambda line: None, clock=MortalClock(now(), doom)),
            sweep=told.is_sweep,
        )
        fetch_id = warehouse.begin_fetch("jira", "jira")
        try:
            sync.run(fetch_id, told.keys, told.incidents)
        except JiraError as error:
            warehouse.fail_fetch(fetch_id, str(error))
            return str(error)
    return None


if __name__ == "__main__":
    failure = _main(ChildSync(**json.loads(sys.argv[1])))
    if failure is not None:
        print(failure)
        sys.exit(1)
