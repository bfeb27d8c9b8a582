"""What lasts as long as the server, left out of the search for garbage.

Streamlit looks through all of memory for garbage whenever a page is done. Most of it are the libraries, above
all the schema of Vega-Lite, which never become garbage: searching them took longer than running a page again.
"""

from __future__ import annotations

import atexit
import gc

# What is left out is not freed at the end either, of which DuckDB's binding complains at length.
atexit.register(gc.unfreeze)
_settled: set[str] = set()


def settle(page: str) -> None:
    """Leave out what is in memory when a page has first been run, with all that it imports at its first use.

    Of each page once only, because what is left out while in use is never freed where it is part of a cycle.
    """
    if page not in _settled:
        _settled.add(page)
        gc.collect()
        gc.freeze()
