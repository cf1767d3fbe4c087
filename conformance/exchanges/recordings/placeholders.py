"""What recorders write in place of values: placeholders, expanded JSON, lists shown as mappings.

    <function-name:1>, <region>     any value; in a text also a part of it
    datetime, timestamp, date       a time
    code-size                       the value of the member CodeSize
    {"a": 1} for a text             JSON that was held in it, expanded
    {"key": "value"} for a list     its elements {Key, Value}, as tags are often shown

The forms are those of public snapshots of AWS's answers (localstack-snapshot). A word has to be the whole value, and
only a placeholder in brackets may be a part of a text: `outdated` is no date. Any other value of a wrong type is a
finding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from conformance.regexes.matching import compile_pattern
from conformance.regexes.regex_tree import PatternError
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Service, Shape
from conformance.values.paths import Path

PLACEHOLDER = re.compile(r"<[A-Za-z][\w.-]*(?::\d+)?>", re.ASCII)
TIME_WORDS = frozenset({"datetime", "timestamp", "date"})


def is_replaced(service: Service, shape: Shape, value: Any, path: Path) -> bool:
    """Whether a recorder, not the service, gave a value at `path` its form; the shape is that of the model."""
    if shape.type in STRING_TYPES:
        return _is_replaced_text(shape, value)
    if shape.type == "blob":
        return isinstance(value, dict | list)
    if not isinstance(value, str):
        return shape.type == "list" and _is_list_as_mapping(service, shape, value)
    if PLACEHOLDER.fullmatch(value) or _is_name_of_member(value, path):
        return True
    return value in TIME_WORDS and _holds_times(service, shape)


def _is_replaced_text(shape: Shape, value: Any) -> bool:
    if isinstance(value, str):
        # A value of an enum is replaced as a whole or not at all.
        return bool(PLACEHOLDER.fullmatch(value) if shape.enum else PLACEHOLDER.search(value))
    return isinstance(value, dict | list) and _may_hold_json(shape, value)


def _may_hold_json(shape: Shape, value: Any) -> bool:
    if shape.enum:
        return False
    if shape.pattern is None:
        return True
    try:
        matcher = compile_pattern(shape.pattern)
    except PatternError:
        return True
    texts = (json.dumps(value, separators=(",", ":")), json.dumps(value), json.dumps(value, indent=2))
    return any(matcher.fullmatch(text) for text in texts)


def _is_name_of_member(value: str, path: Path) -> bool:
    """Whether a text is its member's name in kebab case. One word alone is too common to be taken for that."""
    if not path or not isinstance(path[-1], str) or "-" not in value:
        return False
    return re.sub(r"(?<!^)(?=[A-Z])", "-", path[-1]).lower() == value


def _holds_times(service: Service, shape: Shape) -> bool:
    if shape.type == "list" and shape.element is not None:
        return service.target(shape.element).type == "timestamp"
    return shape.type == "timestamp" or shape.type in NUMBER_TYPES


def _is_list_as_mapping(service: Service, shape: Shape, value: Any) -> bool:
    if shape.element is None or not isinstance(value, Mapping):
        return False
    element = service.target(shape.element)
    names = {name.lower() for name in element.members}
    return names == {"key", "value"} and all(isinstance(item, str) for item in value.values())
