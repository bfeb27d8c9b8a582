"""A real Chromium against the real dashboard, for the journey and for the screenshots."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dashboard.launch import streamlit_command

#: Without these a headless Chromium asks its maker's hosts for updates.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome; None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def served_dashboard(published: Path) -> Iterator[str]:
    """The dashboard of the builds in `published`, as the command line starts it; yields its address."""
    port = free_port()
    command, extra = streamlit_command(published, port=port)
    address = f"http://127.0.0.1:{port}"
    with running(command, extra, address):
        yield address


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], environment: dict[str, str], address: str, output: IO[bytes] | None = None
) -> Iterator[int]:
    """The server that a command starts, once it answers at `address`: the number of its process.

    What it writes goes to `output`, else nowhere.
    """
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                    break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the dashboard did not start") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()
