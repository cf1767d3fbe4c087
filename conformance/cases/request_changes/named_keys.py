"""Keys of maps that are names of things: the items of a batch, by the names of their tables.

{RequestItems: {example-name: ...}}  --a Table that was created under a name-->  {RequestItems: {NAME: ...}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance.cases.case import Call, Creation
from conformance.cases.resource_names import requested_name
from conformance.cases.valid_params import Params
from conformance.values.paths import Edit, Key, NoSuchPlace, Path, apply, get


def with_named_keys(call: Call, keys: Mapping[Path, str], setup: Iterable[Creation], before: Params) -> Call:
    """The call with the first key of each map as the name of the resource that was created for it.

    `before` are the params as they were built: a key that was changed since, to break it, stays as it is.
    """
    made = {each.resource: each for each in setup}
    for path, resource in keys.items():
        creation = made.get(resource)
        if creation is None:
            continue
        name = requested_name(creation.what, creation.call.params, creation.call.edits)
        old = _first_key(before, path)
        if name is not None and old is not None and old == _first_key(call.params, path):
            call = _renamed(call, path, old, name)
    return call


def _first_key(params: Params, path: Path) -> str | None:
    try:
        found = get(params, path)
    except NoSuchPlace:
        return None
    return next(iter(found), None) if isinstance(found, Mapping) else None


def _renamed(call: Call, path: Path, old: str, name: str) -> Call:
    entries = {name if key == old else key: value for key, value in get(call.params, path).items()}
    edits = tuple(replace(edit, path=_moved(edit.path, path, old, name)) for edit in call.edits)
    bindings = tuple(replace(each, path=_moved(each.path, path, old, name)) for each in call.bindings)
    return replace(call, params=apply(call.params, (Edit("set", path, entries),)), edits=edits, bindings=bindings)


def _moved(path: Path, above: Path, old: str, name: str) -> Path:
    at = len(above)
    return (*above, Key(name), *path[at + 1 :]) if path[: at + 1] == (*above, Key(old)) else path
