"""Names of services and programs inside sentences: hidden, so that rules about words do not read into them.

"checkout-api" checks nothing, "message-bus" is no message, and a service called "dns" is no network fault.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Stands for one letter of a hidden name: a letter that no rule and no document uses.
HIDDEN = "º"
_PROGRAMS = (
    r"apis?|services?|svc|bus|db|database|workers?|gateway|proxy|server|app|web|ui|cluster|queue|cache|store"
    r"|jobs?|cron|prod|production|staging|frontend|backend|router|controller|manager|agent|operator"
    r"|client|lib"
    r"|sdk|primary|replica|master|node|pool|broker|scheduler|consumer|producer|processor|ingress|exporter|bot"
    r"|pipeline|stream|index|indexer|engine|daemon|sync|webhooks?|dashboard|portal|hub|core|cli|auth"
    r"|login|search"
)
_IDENTIFIER = re.compile(
    rf"(?<![\w./@-])(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:{_PROGRAMS})"  # checkout-api
    r"|[a-z][a-z0-9]*(?:-[a-z0-9]+)*-[a-z]*\d[a-z0-9]*"  # db-01
    r"|[a-z][a-z0-9]*(?:_[a-z0-9]+)+"  # max_connections
    r"|[a-z][\w-]*(?:\.[a-z][\w-]+){1,6})(?![\w-])"  # api.example.com, nginx.conf
)
_JOINED = re.compile(r"[-_.](?=[a-z\d])")  # what such a name holds, found faster


def hide_names(text: str, services: tuple[str, ...] = ()) -> str:
    """`text`, as long as before, with the names of `services` and of programs replaced by `HIDDEN`."""
    if services:
        text = _services(services).sub(_hidden, text)
    if _JOINED.search(text) is not None:
        text = _IDENTIFIER.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    return HIDDEN * len(match.group())


@lru_cache(maxsize=64)
def _services(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((re.escape(name) for name in names if len(name) > 1), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest) or '(?!)'})(?![\w-])", re.IGNORECASE)
