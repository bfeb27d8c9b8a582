"""Mistakes in a file of settings → words: one line each, the key and what it should be.

Which table a key stands in is read off the model itself, so a table added to the settings needs nothing here.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

#: What a value should be, for the mistakes people make most.
_FORMS = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "string_type": "text in quotes",
    "list_type": "a list in [brackets]",
    "tuple_type": "a list in [brackets]",
    "model_type": "a table",
    "dict_type": "a table",
}


def checked(model: type[Model], content: dict[str, Any], path: Path) -> Model:
    """`content`, of the file at `path`, as `model`. Raises SettingsError, every mistake on its line."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        raise SettingsError("\n".join(f"{path}: {_told(mistake, model)}" for mistake in mistakes)) from error


def _told(mistake: ErrorDetails, model: type[BaseModel]) -> str:
    """One mistake as `key: what it should be`."""
    key, table = _place(mistake["loc"], model)
    if mistake["type"] == "extra_forbidden":
        known = [name for name in table.model_fields if name != "folder"]
        near = difflib.get_close_matches(str(mistake["loc"][-1]), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        return f"{key}: is not a setting; {hint}"
    if mistake["type"] == "missing":
        return f"{key}: is missing; add it"
    if mistake["type"] == "union_tag_invalid":
        kinds = str(mistake["ctx"]["expected_tags"]).replace("'", '"')
        return f"{key}.type: should be one of {kinds}, not {_shown(mistake['input'].get('type'))}"
    said = str(mistake["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if not key:
        return said
    if mistake["type"] == "value_error":
        return f"{key}: should be {said}"
    if mistake["type"] in _FORMS:
        return f"{key}: should be {_FORMS[mistake['type']]}, not {_shown(mistake.get('input'))}"
    return f"{key}: {said[0].lower()}{said[1:]}, not {_shown(mistake.get('input'))}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _place(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[str, type[BaseModel]]:
    """`("sources", 0, "git", "path")` as `sources[1].path`: people count from one; and the table around it.

    Parts that name a kind of table, or that a key is wrong, stand in no file and are left out.
    """
    key, table = "", model
    within: list[Any] = [model]  # what may stand at this place, as the annotations say
    for part in location:
        tables = [each for each in within if _is_table(each)]
        kind = next((each for each in tables if _kind(each) == part), None)
        if isinstance(part, int):
            key += f"[{part + 1}]"
            within = [inner for each in within for inner in _kinds_of(get_args(each))]
        elif kind is not None and len(tables) > 1:
            within, table = [kind], kind
        elif part != "[key]":
            key += f".{part}" if key else str(part)
            if len(tables) == 1:
                table = tables[0]
            within = [
                inner
                for each in tables
                if part in each.model_fields
                for inner in _kinds_of((each.model_fields[part].annotation,))
            ]
    return key, table


def _kinds_of(annotations: tuple[Any, ...]) -> list[Any]:
    """The types that the annotations allow, without what is said of them."""
    found: list[Any] = []
    for annotation in annotations:
        if hasattr(annotation, "__metadata__"):
            found += _kinds_of((annotation.__origin__,))
        elif get_args(annotation) and get_origin(annotation) not in (list, tuple, dict, Literal):
            found += _kinds_of(get_args(annotation))
        else:
            found.append(annotation)
    return found


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind(table: type[BaseModel]) -> str | None:
    """What a table of several kinds says its `type` is."""
    stated = table.model_fields.get("type")
    kinds = get_args(stated.annotation) if stated is not None else ()
    return str(kinds[0]) if kinds else None
