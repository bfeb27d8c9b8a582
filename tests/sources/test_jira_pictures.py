"""Pictures are cut out of the text of an answer, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.jira.pictures import without_pictures

NAME = "avatarUrls"
NAMES = st.sampled_from([NAME, f'x"{NAME}', "self", ""]) | st.text(max_size=3)
TEXTS = st.sampled_from([NAME, f'"{NAME}": {{"a": "b"}}', f'\\"{NAME}":{{}}', "}", "{", '"', "\\"]) | st.text(
    max_size=5
)
PICTURES = st.dictionaries(
    st.sampled_from(["48x48", "16x16"]), st.sampled_from(["https://x.example/a?b=c", "é"])
)
ANSWERS = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.builds(lambda told, pictures: told | {NAME: pictures}, st.dictionaries(NAMES, inner), PICTURES)
        | st.builds(lambda told, pictures: {NAME: pictures} | told, st.dictionaries(NAMES, inner), PICTURES)
    ),
    max_leaves=12,
)


def cut(value: Any) -> Any:
    """The same without the members that are pictures: objects of plain texts."""
    if isinstance(value, dict):
        return {
            name: cut(part) for name, part in value.items() if name != NAME or not is_of_plain_texts(part)
        }
    return [cut(part) for part in value] if isinstance(value, list) else value


def is_of_plain_texts(value: Any) -> bool:
    """Whether its text holds no brace and no escape but its own."""
    if not isinstance(value, dict):
        return False
    inside = json.dumps(value, ensure_ascii=False)[1:-1]
    return not any(sign in inside for sign in "{}\\")


@given(ANSWERS, st.sampled_from([None, 2]), st.sampled_from([(",", ":"), (", ", ": "), (" ,", " : ")]))
def test_exactly_the_pictures_are_cut(answer: Any, indent: int | None, signs: tuple[str, str]) -> None:
    """Wherever they stand, however the text is spaced, and whatever other texts say."""
    text = json.dumps(answer, ensure_ascii=False, indent=indent, separators=signs)
    content = text.encode("utf-8", errors="replace")
    assert json.loads(without_pictures(content)) == cut(json.loads(content))


def test_what_is_said_twice_leaves_an_answer_that_can_be_read() -> None:
    """No Jira sends it; cut it is, all the same."""
    content = b'{"a":1,"avatarUrls":{},"avatarUrls":{"x":"y"} } <'
    assert without_pictures(content) == b'{"a":1} <'
