"""How far one gets into the Jira: address, token, deployment, sign-in, account, clock, limits."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import Finding, of_error, ok, warning, wrong
from pipeline.errors import JiraError
from pipeline.settings import Deployment
from pipeline.sources.jira.address import (
    cloud_id,
    greet,
    is_gateway,
    is_on_this_machine,
    without_credentials,
)
from pipeline.sources.jira.answers import lack_of_deployment
from pipeline.sources.jira.site import is_atlassians, told_deployment

#: Personal access tokens came with this version of Data Center.
_FIRST_WITH_TOKENS = (8, 14)
_OLDEST = 8
_SKEW = timedelta(minutes=2)
_NEW_TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens"
_PRODUCTS: dict[Deployment, str] = {"cloud": "Jira Cloud", "data_center": "Jira Data Center or Server"}


def address(examination: Examination) -> Iterator[Finding]:
    """What answers there, asked as a stranger."""
    jira = examination.jira
    examination.greeting = greet(
        jira.url, timeout_seconds=jira.request_timeout_seconds, clock=examination.clock
    )
    shown = without_credentials(jira.url)
    if shown != jira.url:
        yield warning(
            "jira address", f"{shown} answers, and jira.url holds a name or password", "take it out"
        )
    elif jira.url.startswith("http://") and not is_on_this_machine(jira.url):
        yield warning(
            "jira address",
            f"{shown} answers, and the token goes there unencrypted",
            "put https:// in jira.url",
        )
    elif examination.greeting.info is None:
        yield ok("jira address", f"{shown} answers, and tells strangers nothing")
    else:
        yield ok("jira address", f"{shown} answers")


def token(examination: Examination) -> Iterator[Finding]:
    """Whether there is one, and who else can read it."""
    jira = examination.jira
    examination.token = examination.settings.jira_token()
    if jira.token_file is None:
        yield ok("jira token", f"there is one in the environment, in {jira.token_env}")
        return
    path = examination.settings.resolve(jira.token_file)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        yield warning(
            "jira token", f"{path} is open to others on this machine (mode {mode:o})", f"chmod 600 {path}"
        )
    else:
        yield ok("jira token", f"there is one in {path}")


def deployment(examination: Examination) -> Iterator[Finding]:
    """Which Jira it is, and whether the settings say the same."""
    jira, greeting = examination.jira, examination.greeting
    assert greeting is not None
    known: Deployment | None = "cloud" if is_atlassians(jira.url) else jira.deployment
    info = greeting.info
    if info is None and known is None:
        try:
            info = examination.session.call("serverInfo", check=lack_of_deployment)
        except JiraError as error:
            yield from _refused("jira deployment", examination, error)
            return
    found = known if info is None else told_deployment(info)
    assert found is not None
    examination.deployment, called = found, _PRODUCTS[found]
    if jira.deployment not in (None, found):
        yield wrong(
            "jira.deployment",  # of its own name: all else can be asked
            f'it says "{jira.deployment}", and the Jira is {called}',
            "take jira.deployment out of the settings",
        )
    if info is None:
        yield ok("jira deployment", f"taken for {called}; a stranger is not told more")
        return
    examination.info = info
    if found == "data_center":
        called = f"{called} {str(info.get('version', 'of unknown version'))[:40]}"
    if found == "data_center" and _version(info) < (_OLDEST,):
        yield warning(
            "jira deployment",
            f"it is {called}, older than what is supported ({_OLDEST} and later)",
            "have it brought up to date, or trust what is fetched only if nothing below is wrong",
        )
    else:
        yield ok("jira deployment", f"it is {called}")


def sign_in(examination: Examination) -> Iterator[Finding]:
    """Whether the settings sign in as this deployment wants it. Nothing is asked."""
    jira = examination.jira
    name = "jira sign-in"
    if examination.deployment == "cloud":
        if jira.email:
            yield ok(name, f"with the API token of {jira.email}")
        elif jira.username and "@" in jira.username:
            yield warning(
                name, "Cloud knows accounts by their address, which is in jira.username", "call it jira.email"
            )
        elif jira.username:
            yield wrong(
                name,
                "Cloud takes no user name and password",
                "set jira.email instead of jira.username, and make an API token for that account",
            )
        elif is_atlassians(jira.url) and not is_gateway(jira.url):
            yield wrong(
                name,
                "without jira.email the token is sent as a bearer token, which Cloud does not take there",
                "set jira.email to the address of the account the API token belongs to",
            )
        else:
            yield ok(name, "with the token alone, as a bearer token")
    elif jira.email:
        yield warning(
            name,
            f"Data Center knows accounts by user name, and jira.email {jira.email} is sent as one",
            "set jira.username with a password, or neither with a personal access token",
        )
    elif jira.username:
        yield ok(name, f"with the password of {jira.username}")
    elif examination.info and _version(examination.info) < _FIRST_WITH_TOKENS:
        yield wrong(
            name,
            f"the token is sent as a personal access token, which Jira knows since "
            f"{_FIRST_WITH_TOKENS[0]}.{_FIRST_WITH_TOKENS[1]}",
            "set jira.username, with its password as the token",
        )
    else:
        yield ok(name, "with a personal access token")


def account(examination: Examination) -> Iterator[Finding]:
    """Whether Jira takes the credentials, and whose they are. The first call that is signed in."""
    try:
        examination.account = examination.site.account()
    except JiraError as error:
        yield from _refused("jira account", examination, error)
        return
    if examination.account.get("active") is False:
        yield wrong(
            "jira account",
            f"{examination.who} is deactivated",
            "have the account activated, or use the token of another",
        )
    else:
        yield ok("jira account", f"signed in as {examination.who}")


def _refused(name: str, examination: Examination, error: JiraError) -> Iterator[Finding]:
    """Why Jira lets nobody in, as far as the answer tells, and what to do."""
    session, jira = examination.session, examination.jira
    if session.refusal == "captcha":
        yield wrong(
            name,
            f"{session.site} wants a captcha from {session.account} after wrong passwords",
            "sign in once in a browser as that account, and see that the token is right before you try again",
        )
        return
    is_no_bearer = error.status == 403 and examination.deployment == "cloud" and not jira.email
    if session.refusal != "token" and not is_no_bearer:
        yield from of_error(name, error)
        return
    found = f"{session.site} refuses the token of {session.account}, as one expired, revoked or mistyped"
    if is_gateway(jira.url):
        mend = "make a new one with the scopes read:jira-work and read:jira-user"
        if jira.browse_url:
            mend += f'; one without scopes works only with jira.url = "{jira.browse_url}"'
    elif examination.deployment == "cloud":
        mend = f"make a new one at {_NEW_TOKENS}"
        if not jira.email:
            mend += ", and set jira.email to the address of the account it belongs to"
        if site_id := cloud_id(jira.url, timeout_seconds=jira.request_timeout_seconds):
            mend += (
                f'; one with scopes works only with jira.url = "https://api.atlassian.com/ex/jira/{site_id}" '
                f'and jira.browse_url = "{session.site}"'
            )
    elif jira.email or jira.username:
        mend = (
            "see whether it is the password of that account; "
            "for a personal access token take username and email out of [jira]"
        )
    else:
        mend = "make a new personal access token in the account's profile; for a password set jira.username"
    yield wrong(name, found, mend)


def browse_url(examination: Examination) -> Iterator[Finding]:
    """Whether links to issues lead where people read them."""
    jira = examination.jira
    if not examination.info:
        examination.info = examination.session.call("serverInfo", check=lack_of_deployment)
    told = [str(examination.info[key]) for key in ("displayUrl", "baseUrl") if examination.info.get(key)]
    known = {_plain(each) for each in told}
    if is_gateway(jira.url) and jira.browse_url is None:
        shown = f'set jira.browse_url = "{told[0]}"' if told else "set jira.browse_url"
        yield warning("jira browse_url", "jira.url is a gateway, which shows people no issues", shown)
    elif known and _plain(jira.issue_url) not in known:
        yield warning(
            "jira browse_url",
            f"links to issues lead to {without_credentials(jira.issue_url)}, and Jira calls itself {told[0]}",
            f'if people open it there, set jira.browse_url = "{told[0]}"',
        )
    else:
        yield ok("jira browse_url", f"links to issues lead to {without_credentials(jira.issue_url)}")


def clock(examination: Examination) -> Iterator[Finding]:
    """How far our clock is from Jira's."""
    assert examination.greeting is not None
    ahead = examination.greeting.ahead
    if ahead is None:
        yield ok("jira clock", "Jira does not tell its time")
    elif abs(ahead) > _SKEW:
        which = "behind" if ahead > timedelta() else "ahead of"
        yield warning(
            "jira clock",
            f"this machine is {_span(abs(ahead))} {which} Jira: no change is missed, as Jira's clock counts "
            f"for those, but what is overdue or ignored is reckoned by this one",
            "set this machine's clock",
        )
    else:
        yield ok("jira clock", "this machine and Jira tell the same time")


def time_zone(examination: Examination) -> Iterator[Finding]:
    """Which zones there are, and what each is for."""
    zone = examination.account.get("timeZone") or "unknown"
    company = examination.settings.company.time_zone
    yield ok(
        "jira time zone",
        f"the account's is {zone}, which shifts nothing, as times are sent as numbers; "
        f"due dates end in the company's, {company}",
    )


def rate_limits(examination: Examination) -> Iterator[Finding]:
    """What Jira said of its limits in all that was asked."""
    session = examination.session
    limits, calls = session.limits, session.report.calls
    told = ", ".join(
        f"{name} {limits[name]}" for name in ("limit", "remaining", "fillrate") if name in limits
    )
    shown = f" ({told})" if told else ""
    if session.limited_count:
        yield warning(
            "jira rate limits",
            f"Jira said {session.limited_count} times in {calls} calls that they come too fast{shown}",
            "set jira.calls_per_second to less than others leave you",
        )
    elif limits.get("nearlimit", "").lower() == "true":
        yield warning(
            "jira rate limits", f"near the limit after {calls} calls{shown}", "set jira.calls_per_second"
        )
    else:
        yield ok("jira rate limits", f"none met in {calls} calls{shown}")


def _version(info: Any) -> tuple[int, ...]:
    """The version that `serverInfo` tells, as numbers; a high one when it tells none."""
    numbers = info.get("versionNumbers")
    if isinstance(numbers, list) and numbers and all(isinstance(each, int) for each in numbers):
        return tuple(numbers)
    found = re.match(r"(\d+)\.(\d+)", str(info.get("version", "")))
    return (int(found[1]), int(found[2])) if found else (9999,)


def _plain(url: str) -> str:
    """An address as others of the same place are written."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.lower()}{split.path.rstrip('/')}"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes < 48 * 60 else f"{minutes // 1440} days"
