"""The JSON Schema of a line of a record, from the rows.

    rows --generated--> record.schema.json, published in the package for tools in other languages

`python -m conformance.record.schema` writes the file anew after a row has changed.
"""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from conformance.record.annotations import FieldForm, Rule, forms, split
from conformance.record.rows import FORMAT, ROWS

FILE = "record.schema.json"

_SCALARS: Mapping[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of one line of a record."""
    loaded: dict[str, Any] = json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))
    return loaded


def generated() -> dict[str, Any]:
    """The JSON Schema as it follows from the rows."""
    definitions: dict[str, Any] = {}
    for row in ROWS.values():
        definition(row, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"One line of a record of aws-conformance, format {FORMAT}",
        "description": "A record is a file of JSON lines: a header, then cases, findings, verdicts, operations and "
        "leftovers, then a footer. Without a footer the run was cut off. Readers ignore fields and types that they do "
        "not know.",
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {"$ref": f"#/$defs/{row.__name__}"},
            }
            for name, row in ROWS.items()
        ],
        "$defs": dict(sorted(definitions.items())),
    }


def written() -> str:
    """The text of the published file."""
    return json.dumps(generated(), indent=2) + "\n"


def definition(row: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the definition of a dataclass, which is added, with those that it needs."""
    name = row.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = {
            "type": "object",
            "description": inspect.cleandoc(row.__doc__ or ""),
            "required": [form.name for form in forms(row) if not form.is_left_out],
            "properties": {form.name: _field(form, definitions) for form in forms(row)},
            **getattr(row, "rules", {}),
        }
    return {"$ref": f"#/$defs/{name}"}


def _field(form: FieldForm, definitions: dict[str, Any]) -> dict[str, Any]:
    described = {"description": form.text} if form.text else {}
    return {**_value(form.annotation, definitions), **form.rule, **described}


def _value(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    annotation, extras = split(hint)
    rule = next((extra.keywords for extra in extras if isinstance(extra, Rule)), {})
    return {**_annotated(annotation, definitions), **rule}


def _annotated(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return {}
    if is_dataclass(annotation):
        return definition(annotation, definitions)  # type: ignore[arg-type]
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return _or_null(next(each for each in arguments if each is not type(None)), definitions)
    if origin is tuple:
        length = {} if arguments[-1] is ... else {"minItems": len(arguments), "maxItems": len(arguments)}
        return {"type": "array", "items": _value(arguments[0], definitions), **length}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        names = {} if arguments[0] is str else {"propertyNames": _value(arguments[0], definitions)}
        return {"type": "object", **names, "additionalProperties": _value(arguments[1], definitions)}
    return {"type": _SCALARS[annotation]}


def _or_null(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    found = _value(annotation, definitions)
    if "enum" in found:
        return {"enum": [*found["enum"], None]}
    if isinstance(found.get("type"), str):
        return {**found, "type": [found["type"], "null"]}
    return {"anyOf": [{"type": "null"}, found]}


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(written(), "utf-8")
