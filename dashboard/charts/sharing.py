"""Altair's rows and encodings shared between charts, where Altair would copy them and look them up.

Each step that makes one chart of another, as `encode` or `layer`, copies all that the first holds, its rows
too; and of an encoding given in words, or as a dict, Altair looks through the schema for the classes of its
parts. Together that took three quarters of the time of drawing a page. Nothing here changes a part once it is
made, so parts can be shared, and what is drawn is the same to the letter. That it keeps to the schema is for
the tests.
"""

from __future__ import annotations

from typing import Any

import altair as alt
from altair.vegalite.v6.schema import channels

#: What every encoding is one of.
ENCODINGS = (channels.FieldChannelMixin, channels.ValueChannelMixin, channels.DatumChannelMixin)


def share_parts() -> None:
    """From now on, share the rows and the encodings of all charts of this process."""
    for kind in (*ENCODINGS, alt.InlineData):
        setattr(kind, "__deepcopy__", _itself)  # noqa: B010 (the type knows no such name)
    for encoding in ENCODINGS:
        setattr(encoding, "from_dict", classmethod(_made_of))  # noqa: B010


def _itself(part: Any, memo: Any) -> Any:
    return part


def _made_of(encoding: type[Any], words: dict[str, Any], validate: bool = True) -> Any:
    return encoding(**words)
