"""What readers cost the server: a first look, a rerun beside Streamlit's empty page, the memory of forty.

Readers are what a browser is to the server, a websocket each, so that forty cost this machine no browsers.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.crowded_company import crowd
from benchmarks.pages import GOAL_RATIO, SMALLEST, published_company
from dashboard.launch import APP, streamlit_command
from pipeline import metrics
from pipeline.metrics import open_published
from tests.browser import free_port, running

#: A page of six charts, and that it has them.
SIX_CHARTS = "reliability"
#: What each reader opens, each of another team and severity.
OPENED = ("", "reliability")
#: By their address; the overview has none of its own.
PAGES = (
    *("", "reliability", "causes", "repeats", "follow_through", "teams", "priorities", "incidents"),
    *("postmortems", "data_health"),
)
READERS = 40
GOAL_RERUN, GOAL_READERS, GOAL_BYTES = 1.4, 1.2, 400_000_000


def told(sizes: Sequence[int], runs: int) -> Iterator[str]:
    """For each size a line for the rerun, and one for the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        company = published_company(folder / "company")
        base: dict[tuple[str, str], float] = {}
        for size in dict.fromkeys((SMALLEST, *sizes)):
            published = folder / f"published-{size}"
            count = crowd(company, published, size)
            yield f"{count:,} incidents, last 12 complete months"
            yield from looks(published, base)
            yield from reruns(published, folder, runs)
            yield from memory(published)


def looks(published: Path, base: dict[tuple[str, str], float]) -> Iterator[str]:
    """What a first look at each page costs, of a team nobody looked at, and the next look; in processor time,
    which a busy machine does not change. `base` holds what it was over the smallest company."""
    teams = list(chosen_teams(published))
    with served(published) as (address, process):
        with reader(address) as person:
            for page in PAGES:  # what is imported at its first use is there from here on
                run_page(person, page)
        for page in PAGES:
            taken: dict[str, list[float]] = {}
            for team in teams[:3]:
                with reader(address) as person:
                    for what in ("first", "again"):
                        before = processor_seconds(process)
                        run_page(person, page, {"team": team})
                        taken.setdefault(what, []).append(processor_seconds(process) - before)
            for what, seconds in taken.items():
                usual = base.setdefault((page, what), median(seconds))
                yield (
                    f"  {page or 'overview':15}{what:6} {1000 * median(seconds):6.0f} ms of processor time, "
                    f"ratio {median(seconds) / usual:.2f}, goal ≤ {GOAL_RATIO}"
                )


def chosen_teams(published: Path) -> Iterator[str]:
    """The teams of a build."""
    build = open_published(published)
    yield from (team for team in metrics.filter_choices(build).teams if team)
    build.close()


def reruns(published: Path, folder: Path, runs: int) -> Iterator[str]:
    """How long the server takes to run a page again that it has just run, in turn with an empty one."""
    app = folder / "empty.py"
    app.write_text("import streamlit\n", encoding="utf-8")
    port = free_port()
    command, _ = streamlit_command(published, port=port)
    command[command.index(str(APP))] = str(app)
    empty = f"http://127.0.0.1:{port}"
    with (
        running(command, {}, empty),
        served(published) as (address, _),
        reader(empty) as nobody,
        reader(address) as somebody,
    ):
        ours, baseline = [], []
        charts = {run_page(somebody, SIX_CHARTS)[1] for _ in range(3)}
        for _ in range(3):
            run_page(nobody, "")
        for _ in range(max(runs, 3) * 5):
            baseline.append(run_page(nobody, "")[0])
            ours.append(run_page(somebody, SIX_CHARTS)[0])
    yield (
        f"  rerun of a page with {max(charts)} charts {1000 * median(ours):.0f} ms, of an empty one "
        f"{1000 * median(baseline):.0f} ms, ratio {median(ours) / median(baseline):.1f}, goal ≤ {GOAL_RERUN}"
    )


def memory(published: Path) -> Iterator[str]:
    """What the server holds with one reader who has seen two pages, and with forty, of other teams each."""
    teams = list(chosen_teams(published))
    chosen = ({"team": team, "severity": level} for level in cycle("123") for team in teams)
    with served(published) as (address, process), ExitStack() as open_readers:
        for number, query in enumerate(({}, *islice(chosen, READERS - 1)), start=1):
            person = open_readers.enter_context(reader(address))
            for page in OPENED:
                run_page(person, page, query)
            if number == 1:
                one = resident(process)
        forty = resident(process)
    yield (
        f"  memory with {READERS} readers {forty / 1e6:.0f} MB, with one {one / 1e6:.0f} MB, "
        f"ratio {forty / one:.2f}, goal ≤ {GOAL_READERS} and ≤ {GOAL_BYTES / 1e6:.0f} MB"
    )


@contextmanager
def served(published: Path) -> Iterator[tuple[str, int]]:
    """The dashboard of these builds: its address, and the number of its process."""
    port = free_port()
    command, environment = streamlit_command(published, port=port)
    address = f"http://127.0.0.1:{port}"
    with running(command, environment, address) as process:
        yield address, process


@contextmanager
def reader(address: str) -> Iterator[ClientConnection]:
    """A reader who stays connected."""
    socket = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        socket, subprotocols=[Subprotocol("streamlit")], origin=Origin(address), max_size=None
    ) as connection:
        yield connection


def run_page(
    connection: ClientConnection, page: str, query: dict[str, str] | None = None
) -> tuple[float, int]:
    """Seconds until the server is done with the page, and how many charts it sent."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = urlencode(query or {})
    start, charts = time.perf_counter(), 0
    connection.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(connection.recv())
        charts += answer.delta.new_element.HasField("vega_lite_chart")
        if answer.WhichOneof("type") == "script_finished":
            return time.perf_counter() - start, charts


def processor_seconds(process: int) -> float:
    """What a process has computed so far, on all cores."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> int:
    """Bytes of memory that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
