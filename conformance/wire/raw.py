"""Carries edits of a request through the encoder to their places on the wire.

The path of an edit has member names of the input, but its value is already in the wire form. So each edited place is
marked in the params, and an encoder writes the value of a mark without encoding it:

    params + edits --mark_edits--> params with WireValue marks --(a codec's writer)--> wire form
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.values import paths
from conformance.values.paths import Edit, Key, Path


@dataclass(frozen=True, slots=True)
class WireValue:
    """A value in the wire form: it is written without encoding, whatever shape the model has for its place."""

    value: Any


def mark_edits(params: Mapping[str, Any], edits: Sequence[Edit]) -> Any:
    """A copy of `params` with every edited place marked; raises NoSuchPlace where an edit's parent is missing."""
    value: Any = dict(params)
    if edits:
        value = copy.deepcopy(value)
    for edit in edits:
        value = _edited(value, edit.path, edit)
    return value


def _edited(value: Any, path: Path, edit: Edit) -> Any:
    if isinstance(value, WireValue):
        return WireValue(paths.apply(value.value, (Edit(edit.action, path, edit.value),)))
    if not path:
        return WireValue(edit.value if edit.action == "set" else None)
    if len(path) == 1:
        return paths.apply(value, (Edit(edit.action, path, WireValue(edit.value)),))
    child = paths.get(value, path[:1])
    step: Any = path[0].name if isinstance(path[0], Key) else path[0]
    value[step] = _edited(child, path[1:], edit)
    return value


def spread_wire_value(kind: str, value: Any) -> Any:
    """A mark on a structure, map or list as such a value of marks; any other value unchanged.

    `kind` is the type of the shape at the place. A list from an edit can then be written like any other list, item by
    item, with the wire names of its members.
    """
    if not isinstance(value, WireValue):
        return value
    held = value.value
    if kind in ("structure", "map") and isinstance(held, Mapping):
        return {key: WireValue(item) for key, item in held.items()}
    if kind == "list" and isinstance(held, list | tuple):
        return [WireValue(item) for item in held]
    return value
