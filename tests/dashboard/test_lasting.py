"""What lasts is left out of the search for garbage, and the server still ends quietly."""

from __future__ import annotations

import subprocess
import sys

SERVED = """
import gc
import duckdb
from dashboard.lasting import settle

connection = duckdb.connect()
row = connection.sql("SELECT 1 AS one").pl().row(0)
settle("overview")
frozen = gc.get_freeze_count()
settle("overview")
print(row, frozen > 1000, gc.get_freeze_count() == frozen)
"""


def test_a_server_that_kept_what_lasts_ends_without_a_word() -> None:
    """A page settles once, and at the end nothing is said to have leaked."""
    ended = subprocess.run([sys.executable, "-c", SERVED], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("(1,) True True\n", "")
