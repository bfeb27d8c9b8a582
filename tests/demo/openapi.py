"""Requests and answers held against an OpenAPI 3.0 description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker, validators
from referencing import Registry
from referencing.jsonschema import DRAFT4

_HERE = "urn:described"
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator]
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a body is not as described, as `issues/0/key`, list positions as `*`, and in which respect."""

    place: str
    rule: str
    message: str


class Description:
    """What an OpenAPI document says of each operation."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text(encoding="utf-8"))
        self._registry = Registry().with_resource(_HERE, DRAFT4.create_resource(self._document))
        self._validator = validators.extend(Draft4Validator, {"type": _type_or_null})

    def in_request(self, method: str, path: str, query: Mapping[str, str], body: Any = None) -> list[Problem]:
        """What is wrong with a request to the described `path` (with its braces)."""
        operation = self._document["paths"][path][method.lower()]
        known = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
        problems = [Problem(name, "unknown", name) for name in query if name not in known]
        for name, parameter in known.items():
            kind = parameter["schema"].get("type")
            if name not in query:
                if parameter.get("required"):
                    problems.append(Problem(name, "required", name))
                continue
            value: Any = query[name]
            if kind in ("integer", "boolean"):
                value = json.loads(value)
            elif kind == "array":
                value = value.split(",")
            problems += self._problems(parameter["schema"], value)
        if "requestBody" not in operation:
            return problems + ([] if body is None else [Problem("", "unknown", "a body")])
        pointer = f"{_pointer(path)}/{method.lower()}/requestBody/content/application~1json/schema"
        return problems + self._problems({"$ref": f"{_HERE}#{pointer}"}, body)

    def in_answer(self, method: str, path: str, status: int, body: Any) -> list[Problem]:
        """What is wrong with an answer; one of a status without a schema may be anything."""
        responses = self._document["paths"][path][method.lower()]["responses"]
        if str(status) not in responses:
            return [Problem("", "status", str(status))]
        if "schema" not in responses[str(status)].get("content", {}).get("application/json", {}):
            return []
        pointer = f"{_pointer(path)}/{method.lower()}/responses/{status}/content/application~1json/schema"
        return self._problems({"$ref": f"{_HERE}#{pointer}"}, body)

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[Problem]:
        validator = self._validator(schema, registry=self._registry, format_checker=_FORMATS)
        return [
            Problem(
                "/".join("*" if isinstance(part, int) else str(part) for part in error.absolute_path),
                str(error.validator),
                error.message,
            )
            for error in validator.iter_errors(value)
        ]


def _pointer(path: str) -> str:
    return "/paths/" + path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _type_or_null(validator: Any, types: Any, instance: Any, schema: Mapping[str, Any]) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own."""
    if instance is None and schema.get("nullable"):
        return
    yield from Draft4Validator.VALIDATORS["type"](validator, types, instance, schema)
