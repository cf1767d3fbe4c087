"""Edits of a request, carried through the encoder to the place where they go on the wire.

An edit names a place by members of the input, but its value is one of the wire form. So each edited place is
marked in the params, and the encoder that comes to a mark writes what it holds down as it is:

    params + edits --with_edits--> params with Raw marks --(a codec's writer)--> wire form
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
    """A value that is written down as it is, whatever the model says of its place."""

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
    """A mark that holds a value as composite as its place, turned into such a value of marks; else as it is.

    `kind` is the type of the shape at the place: what an edit puts there as a list can then be written like any
    other list, item by item, with members under their names on the wire.
    """
    if not isinstance(value, WireValue):
        return value
    held = value.value
    if kind in ("structure", "map") and isinstance(held, Mapping):
        return {key: WireValue(item) for key, item in held.items()}
    if kind == "list" and isinstance(held, list | tuple):
        return [WireValue(item) for item in held]
    return value
