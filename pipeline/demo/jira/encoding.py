"""JSON in which parts are already written, so that an issue is written once and sent many times."""

from __future__ import annotations

import json
from typing import Any

_MARK = "\x00written\x00"
_WRITTEN_MARK = json.dumps(_MARK)


class Written:
    """A value that is JSON already."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content


def written(value: Any) -> Written:
    """The value, written."""
    return Written(json.dumps(value).encode())


def written_each(values: list[Any]) -> list[bytes]:
    """The values, each written; much quicker than one by one."""
    if not values:
        return []
    marked = [part for value in values for part in (value, _MARK)][:-1]
    return [part.encode() for part in json.dumps(marked)[1:-1].split(f", {_WRITTEN_MARK}, ")]


def written_list(parts: list[bytes]) -> Written:
    """A list of values that are each written."""
    return Written(b"[" + b",".join(parts) + b"]")


def encode(value: Any) -> bytes:
    """A value with `Written` parts anywhere in it as JSON."""
    parts: list[bytes] = []

    def keep(part: Any) -> str:
        if not isinstance(part, Written):
            raise TypeError(f"{part!r} is no JSON")
        parts.append(part.content)
        return _MARK

    around = json.dumps(value, default=keep).split(_WRITTEN_MARK)
    pieces = [around[0].encode()]
    for part, following in zip(parts, around[1:], strict=True):
        pieces += (part, following.encode())
    return b"".join(pieces)
