"""How the command line starts the page: a Streamlit of its own, told everything by flags."""

from __future__ import annotations

import sys
from pathlib import Path

from dashboard.theme import streamlit_options

#: Where the page learns which folder of builds to show.
PUBLISHED_VARIABLE = "POSTMORTEMS_PUBLISHED"
APP = Path(__file__).resolve().parent / "app.py"


def streamlit_command(
    published: Path, *, port: int | None = None, address: str = "127.0.0.1"
) -> tuple[list[str], dict[str, str]]:
    """What to run to serve the builds in `published`: the arguments, and what to add to the environment.

    Without a port Streamlit takes the first free one from 8501 on.
    """
    options = streamlit_options() | {"server.address": address, "browser.serverAddress": address}
    if port is not None:
        options["server.port"] = str(port)
    flags = [f"--{name}={value}" for name, value in options.items()]
    return (
        [sys.executable, "-m", "streamlit", "run", str(APP), *flags],
        {PUBLISHED_VARIABLE: str(published.resolve())},
    )
