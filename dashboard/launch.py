"""How the command line starts the page: a Streamlit of its own, told everything by flags.

Who may reach it is decided here: an address that others reach needs sign-in, or a plain word that it needs
none. Secrets stand neither in flags nor in the environment of the page, but in a file only we can read.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.access import ACCESS_VARIABLE, Rules
from dashboard.theme import streamlit_options
from pipeline.errors import SettingsError
from pipeline.settings import Access, Settings

#: Where the page learns which folder of builds to show.
PUBLISHED_VARIABLE = "POSTMORTEMS_PUBLISHED"
APP = Path(__file__).resolve().parent / "app.py"
#: Of the secret that signs the cookie: 32 characters of `openssl rand -hex 16` carry 128 bits.
SHORTEST_COOKIE_SECRET = 32


def streamlit_command(
    published: Path,
    *,
    port: int | None = None,
    address: str = "127.0.0.1",
    base_path: str = "",
    access: Access | None = None,
    secrets: Path | None = None,
) -> tuple[list[str], dict[str, str]]:
    """What to run to serve the builds in `published`: the arguments, and what to add to the environment.

    Without a port Streamlit takes the first free one from 8501 on. `base_path` is where a proxy serves the
    page ("" for the root). With `access`, people sign in by what the file `secrets` holds (`secrets_file`).
    """
    options = streamlit_options() | {"server.address": address, "browser.serverAddress": address}
    environment = {PUBLISHED_VARIABLE: str(published.resolve())}
    if port is not None:
        options["server.port"] = str(port)
    if base_path.strip("/"):
        options["server.baseUrlPath"] = base_path.strip("/")
    if access is not None and secrets is not None:
        site = urlsplit(access.url)
        options |= {
            "browser.serverAddress": site.hostname or address,
            "server.allowedHosts": site.hostname or address,
            "server.corsAllowedOrigins": f"{site.scheme}://{site.netloc}",
            "server.enableCORS": "true",
            "server.enableXsrfProtection": "true",
            "server.xsrfCookieSameSite": "Lax",
            "secrets.files": str(secrets),
        }
        environment[ACCESS_VARIABLE] = Rules.of(access).as_text()
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags], environment


def check_openness(address: str, access: Access | None, *, open_to_everyone: bool) -> None:
    """Refuse to serve to other machines what nobody has to sign in for. Raises SettingsError."""
    if access is not None or open_to_everyone or is_loopback(address):
        return
    raise SettingsError(
        f"--address {address}: other machines reach it and nobody would have to sign in; set [access] in the "
        "settings, or say --open-to-everyone"
    )


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.casefold() == "localhost"


def base_path_of(base_path: str | None, access: Access | None) -> str:
    """Where the page is served below its host, as `a/b`; unless given, as `[access] url` says.

    Raises SettingsError when it is no path, or another than people are sent back to after they signed in.
    """
    given = None if base_path is None else base_path.strip("/")
    if given is not None and not re.fullmatch(r"(?:[\w.~-]+(?:/[\w.~-]+)*)?", given, re.ASCII):
        raise SettingsError(f'--base-path: should be a path such as "/postmortems", not "{base_path}"')
    if access is None:
        return given or ""
    told = urlsplit(access.url).path.strip("/")
    if given is not None and given != told:
        raise SettingsError(
            f'--base-path: is "{given}", but access.url in the settings leads to "{told}"; make them the same'
        )
    return told


@contextmanager
def secrets_file(settings: Settings) -> Iterator[Path | None]:
    """The file that tells Streamlit how people sign in, readable by us alone and gone afterwards.

    None without `[access]`. Raises SettingsError when a secret is missing or too short to sign with.
    """
    access = settings.access
    if access is None:
        yield None
        return
    client = settings.secret(
        "access", "client_secret", access.client_secret_env, access.client_secret_file
    ).get_secret_value()
    cookie = settings.secret(
        "access", "cookie_secret", access.cookie_secret_env, access.cookie_secret_file
    ).get_secret_value()
    if len(cookie) < SHORTEST_COOKIE_SECRET:
        raise SettingsError(
            f"access.cookie_secret_env: the secret that signs cookies has {len(cookie)} characters; make one "
            f"of at least {SHORTEST_COOKIE_SECRET} with `openssl rand -hex 32`"
        )
    stated = {
        "redirect_uri": f"{access.url}/oauth2callback",
        "cookie_secret": cookie,
        "client_id": access.client_id,
        "client_secret": client,
        "server_metadata_url": access.server_metadata_url,
    }
    lines = ["[auth]", *(f"{name} = {_toml_text(text)}" for name, text in stated.items())]
    lines += ["[auth.client_kwargs]", f"scope = {_toml_text(' '.join(access.scopes))}"]
    with tempfile.TemporaryDirectory(prefix="postmortems-") as folder:  # of mode 0700
        path = Path(folder) / "secrets.toml"
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write("\n".join(lines) + "\n")
        yield path


def _toml_text(text: str) -> str:
    """A text as TOML writes it: JSON's way, but for the one control character JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
