"""What the doctor says of settings, and servers that answer whatever a test wants."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.demo.jira.state import JiraState
from pipeline.doctor import as_lines, examine
from pipeline.settings import load_settings
from pipeline.sources.rest import Clock

EMAIL = "me@example.com"
TOKEN = "planted-s3cret"

#: Path → status, headers, body: bytes as they are, all else as JSON.
Answer = tuple[int, dict[str, str], Any]


def told(folder: Path, settings: str, *only: str, clock: Clock | None = None) -> list[str]:
    """The lines of the doctor, each with its columns one space apart; those of checks that begin so.

    `settings` are of the Jira, with a token in the environment that the caller has put there.
    """
    path = folder / "postmortems.toml"
    path.write_text(settings, encoding="utf-8")
    lines = [" ".join(line.split()) for line in as_lines(examine(load_settings(path), clock=clock))]
    return [line for line in lines if not only or line.partition(" ")[2].startswith(only)]


def jira(url: str, *more: str) -> str:
    """The table of a Jira, signed in to with `EMAIL` unless `more` says how."""
    signs_in = any(line.startswith(("email", "username", "#")) for line in more)
    lines = ["[jira]", f'url = "{url}"', *([] if signs_in else [f'email = "{EMAIL}"']), *more]
    return "\n".join(lines) + "\n"


def small_jira() -> JiraState:
    """A Jira with a project, three statuses, and two issues of which one was done."""
    state = JiraState()
    for status_id, name, category in (
        ("1", "To do", "new"),
        ("2", "Doing", "indeterminate"),
        ("3", "Done", "done"),
    ):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments")
    state.add_user("ana", "Ana Silva")
    state.add_user("bot", "Automation for Jira", "app")
    for summary in ("Alert on expiry", "Renew"):
        key = state.create_issue(
            "PAY", summary, at=datetime(2024, 3, 1, 9), status_id="1", reporter="ana", labels=("postmortem",)
        )
    state.transition(key, "3", at=datetime(2024, 3, 2, 9), by="ana")
    state.edit(key, at=datetime(2024, 3, 3, 9), by="bot", labels=("postmortem", "swept"))
    state.comment(key, "Renewed.", at=datetime(2024, 3, 2, 9), by="ana")
    return state


@contextmanager
def answering(
    answer: Callable[[str], Answer], *, tls: tuple[Path, Path] | None = None, host: str = "127.0.0.1"
) -> Iterator[str]:
    """A server that answers each path as told, at the address given; with `tls` by certificate and key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, body = answer(urlsplit(self.path).path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def do_CONNECT(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that does not trust us hangs up."""

    server = Server((host, 0), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path, name: str, *, is_expired: bool = False) -> tuple[Path, Path]:
    """A certificate for that name or address, signed by itself, and its key. Needs openssl."""
    folder.mkdir()
    key, request, made = folder / "key.pem", folder / "request.pem", folder / "certificate.pem"
    kind = "IP" if name[0].isdigit() else "DNS"
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = {folder}\ndatabase = {folder}/index\n"
        f"serial = {folder}/serial\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n"
        f"[named]\nsubjectAltName = {kind}:{name}\nbasicConstraints = CA:TRUE\n",
        encoding="utf-8",
    )
    (folder / "index").touch()
    (folder / "serial").write_text("01\n", encoding="utf-8")
    until = "20200202000000Z" if is_expired else "20991231000000Z"
    for command in (
        ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
         "-keyout", key, "-out", request],
        ["ca", "-selfsign", "-batch", "-notext", "-config", folder / "ca.cnf", "-extensions", "named",
         "-startdate", "20200101000000Z", "-enddate", until, "-keyfile", key, "-in", request, "-out", made],
    ):  # fmt: skip
        subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)
    return made, key
