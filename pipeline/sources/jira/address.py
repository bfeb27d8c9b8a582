"""What answers at the address of a Jira, asked as a stranger: no credentials are sent.

`serverInfo` tells anybody which Jira it is, unless an administrator forbade it. So a mistake in the address,
a proxy, a certificate or a sign-in page is told before a token goes anywhere, in a JiraError of one line.
"""

from __future__ import annotations

import html
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import orjson
import requests
from requests.auth import AuthBase
from requests.utils import get_environ_proxies

from pipeline.errors import JiraError
from pipeline.sources.jira.answers import lack_of_deployment
from pipeline.sources.rest import CONNECT_TIMEOUT_SECONDS, Clock, date_of

_SERVER_INFO = "/rest/api/2/serverInfo"
_GATEWAY = re.compile(r"/ex/jira/[^/]+$")
#: Parts of addresses that people copy along from their browser.
_COPIED = re.compile(r"/(?:browse|projects|issues|secure|login(?:\.jsp)?|jira/[\w-]+|rest)(?:/.*)?$")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the address told a stranger. `info` is its `serverInfo`; None: it tells strangers nothing.

    `ahead` is how far its clock is before ours, to a second or so; None: it does not say.
    """

    info: Mapping[str, Any] | None
    ahead: timedelta | None


class _Nobody(AuthBase):
    """No credentials: neither those of a .netrc nor those in an address."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def greet(url: str, *, timeout_seconds: float, clock: Clock) -> Greeting:
    """What answers at the address of a Jira. Raises JiraError, one line, when that is none."""
    url = without_credentials(url)
    began_at = clock.now()
    response = _get(f"{url}{_SERVER_INFO}", url, timeout_seconds)
    middle = began_at + (clock.now() - began_at) / 2
    told_at = date_of(response)
    ahead = None if told_at is None else told_at - middle
    status = response.status_code
    if status in (401, 403):
        return Greeting(None, ahead)
    if 300 <= status < 400:
        raise JiraError(_redirected(url, response.headers.get("Location", "")))
    if status == 407:
        raise JiraError(f"jira.url: {_proxy_of(url)} wants a sign-in; put it in {_proxy_variable(url)}")
    if status == 429 or status >= 500:
        raise JiraError(f"jira.url: {url} answers {status}, so its Jira is down or busy; ask again later")
    if status == 200:
        info = _json_of(response)
        if lack_of_deployment(info) is None:
            return Greeting(info, ahead)
        if isinstance(info, dict) and "versionNumbers" in info:
            version = str(info.get("version"))[:40]
            raise JiraError(
                f"jira.url: the Jira {version} at {url} does not say whether it is Cloud or Data Center, "
                f"as none did in its time; have it brought up to date, to 8 or later"
            )
    if status == 400 and url.startswith("http://") and "https" in response.text[:4000].lower():
        raise JiraError(f"jira.url: {url} speaks only https; put https:// there")
    raise JiraError(f"jira.url: {_what_answers(url, response)}; {_where_else(url, timeout_seconds)}")


def cloud_id(url: str, *, timeout_seconds: float) -> str | None:
    """The id of the Cloud site at this address, by which the gateway knows it, if it tells.

    https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id
    """
    site = urlsplit(without_credentials(url))
    try:
        answered = _json_of(_get(f"{site.scheme}://{site.netloc}/_edge/tenant_info", url, timeout_seconds))
    except JiraError:
        return None
    found = answered.get("cloudId") if isinstance(answered, dict) else None
    return found if isinstance(found, str) and re.fullmatch(r"[\w-]{8,64}", found) else None


def is_gateway(url: str) -> bool:
    """Whether this is an address of Atlassian's API gateway, which shows people nothing."""
    return _GATEWAY.search(urlsplit(url).path) is not None


def without_credentials(url: str) -> str:
    """The address without a name and password that somebody put before its host."""
    split = urlsplit(url)
    return split._replace(netloc=split.netloc.rpartition("@")[2]).geturl()


def is_on_this_machine(url: str) -> bool:
    """Whether what is sent to this address leaves the machine."""
    return urlsplit(url).hostname in _LOOPBACK


# --- asking -----------------------------------------------------------------------------------------------


def _get(address: str, url: str, timeout_seconds: float) -> requests.Response:
    failure: str
    with requests.Session() as session:
        session.trust_env = not is_on_this_machine(url)
        try:
            return session.get(
                address,
                auth=_Nobody(),
                headers={"Accept": "application/json"},
                timeout=(CONNECT_TIMEOUT_SECONDS, timeout_seconds),
                allow_redirects=False,
            )
        except requests.exceptions.ProxyError as error:
            failure = _proxy_failed(url, error)
        except requests.exceptions.SSLError as error:
            failure = _untrusted(url, error)
        except (requests.ConnectionError, requests.Timeout) as error:
            failure = _unreached(url, error)
        except requests.RequestException as error:
            failure = f"{url} is no address that can be asked ({type(error).__name__}); mend it"
    raise JiraError(f"jira.url: {failure}")


def _unreached(url: str, error: Exception) -> str:
    host = _host(url)
    if _cause(error, socket.gaierror):
        return f"no host {urlsplit(url).hostname} is known here; mend the name, or this machine's DNS or VPN"
    if _cause(error, ConnectionRefusedError):
        return f"{host} refuses connections; see whether its Jira runs and its port is right"
    if isinstance(error, requests.Timeout):
        return (
            f"{host} does not answer in time; see whether a firewall or a VPN stands between, "
            f"or a proxy is needed ({_proxy_variable(url)})"
        )
    if _cause(error, ConnectionError) and url.startswith("http://"):
        return f"{host} hangs up without an answer, as one does that speaks only https; try https://"
    return f"{host} cannot be reached, or hangs up; see whether a firewall or a VPN stands between"


def _untrusted(url: str, error: Exception) -> str:
    host = _host(url)
    refused = _cause(error, ssl.SSLCertVerificationError)
    if refused is None:
        if "WRONG_VERSION_NUMBER" in str(error) or "RECORD_LAYER_FAILURE" in str(error):
            return f"{host} does not speak https; put http:// there if that is meant"
        return f"{host} and this machine agree on no encryption; bring the older of both up to date"
    reason = str(getattr(refused, "verify_message", "")).rstrip(".")
    if "expired" in reason:
        return f"the certificate of {host} has expired; have it renewed"
    if "mismatch" in reason or "not valid for" in reason:
        return f"the certificate of {host} is that of another name; put the name there that people use"
    return (
        f"the certificate of {host} is not trusted here ({reason}); "
        f"name the file of your company's certificates in REQUESTS_CA_BUNDLE"
    )


def _proxy_failed(url: str, error: Exception) -> str:
    proxy, variable = _proxy_of(url), _proxy_variable(url)
    tunnel = re.search(r"Tunnel connection failed: (\d{3})", str(error))
    told = f"answers {tunnel[1]}" if tunnel else "cannot be reached"
    return f"{proxy}, which stands before {_host(url)}, {told}; mend {variable}, or name the host in NO_PROXY"


def _proxy_of(url: str) -> str:
    proxy = get_environ_proxies(url).get(urlsplit(url).scheme, "")
    return f"the proxy {without_credentials(proxy)}" if proxy else "the proxy"


def _proxy_variable(url: str) -> str:
    return f"{urlsplit(url).scheme.upper()}_PROXY"


def _host(url: str) -> str:
    return without_credentials(urlsplit(url)._replace(path="", query="", fragment="").geturl())


def _cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The exception of this kind that lies behind another, as requests and urllib3 wrap them."""
    seen: list[BaseException] = []
    behind: list[Any] = [error]
    while behind:
        each = behind.pop()
        if not isinstance(each, BaseException) or each in seen:
            continue
        if isinstance(each, kind):
            return each
        seen.append(each)
        behind += [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
    return None


# --- what else may be there -------------------------------------------------------------------------------


def _redirected(url: str, location: str) -> str:
    here, there = urlsplit(url), urlsplit(urljoin(f"{url}{_SERVER_INFO}", location))
    base = _base_of(there)
    if base is None:  # what follows the path may hold a secret of the sign-in
        shown = there._replace(netloc=there.netloc.rpartition("@")[2], query="", fragment="").geturl()
        return (
            f"jira.url: {url} sends to {shown}, a sign-in that stands before the Jira; "
            f"put an address there that a program may use, or have this machine let through"
        )
    is_secured = (here.scheme, there.scheme, there.hostname) == ("http", "https", here.hostname)
    what = "from http to https" if is_secured else f"to {base}"
    return f'jira.url: {url} sends {what}; set jira.url = "{base}"'


def _base_of(there: SplitResult) -> str | None:
    """The address of the Jira to whose serverInfo somebody is sent."""
    if not there.path.endswith(_SERVER_INFO):
        return None
    path = there.path.removesuffix(_SERVER_INFO)
    return f"{there.scheme}://{there.netloc.rpartition('@')[2]}{path}"


def _what_answers(url: str, response: requests.Response) -> str:
    if response.content.lstrip()[:1] == b"<":
        title = re.search(
            r"<title[^>]*>\s*(.*?)\s*</title>", response.text[:20_000], re.IGNORECASE | re.DOTALL
        )
        called = " ".join(html.unescape(title[1]).split())[:60] if title else ""
        page = f"a web page (“{called}”)" if called else "a web page"
        return f"{url} answers {response.status_code} with {page}, where a Jira answers with data"
    return f"{url} answers {response.status_code}, and is no Jira"


def _where_else(url: str, timeout_seconds: float) -> str:
    """What to do about an address at which there is no Jira: one nearby at which there is, if any."""
    split = urlsplit(url)
    root = f"{split.scheme}://{split.netloc}"
    paths = dict.fromkeys((_COPIED.sub("", split.path).rstrip("/"), "", "/jira"))
    secure = [f"https://{split.netloc}{split.path}"] if split.scheme == "http" else []
    for near in (*(f"{root}{path}" for path in paths if path != split.path), *secure):
        try:
            answered = _json_of(_get(f"{near}{_SERVER_INFO}", near, timeout_seconds))
        except JiraError:
            continue
        if lack_of_deployment(answered) is None:
            return f'there is one at {near}: set jira.url = "{near}"'
    return "put the address of the Jira itself there, one that needs no other sign-in"


def _json_of(response: requests.Response) -> Any:
    if response.status_code != 200:
        return None
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
