"""Converts tags between a mapping and the forms that requests and answers use.

{"a": "1"}  <-->  [{Key: a, Value: 1}]  or  {a: 1}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.specs.model import STRING_TYPES, Service, Shape
from conformance.values.paths import EACH, NoSuchPlace, Path, get

# The members of a tag structure, in lower case.
_KEYS = ("key", "tagkey")
_VALUES = ("value", "tagvalue")


def tag_members(members: Iterable[str]) -> tuple[str, str] | None:
    """The members of a structure that hold the key and the value of a tag; None if it is no tag."""
    names = {name.lower(): name for name in members}
    key = next((names[each] for each in _KEYS if each in names), None)
    value = next((names[each] for each in _VALUES if each in names), None)
    return None if key is None or value is None else (key, value)


def is_taggable(service: Service, shape: Shape) -> bool:
    """Whether a shape can hold tags: it is a map of text, or a list of structures with key and value."""
    if shape.type == "map" and shape.value is not None:
        return service.target(shape.value).type in STRING_TYPES
    if shape.type != "list" or shape.element is None:
        return False
    return tag_members(service.target(shape.element).members) is not None


def tags_for_request(service: Service, shape: Shape, tags: Mapping[str, str]) -> Any:
    """Tags in the form of a shape for which `is_taggable` is true."""
    if shape.element is None:
        return dict(tags)
    names = tag_members(service.target(shape.element).members)
    assert names is not None
    return [{names[0]: key, names[1]: value} for key, value in tags.items()]


def tag_keys_for_request(service: Service, shape: Shape, keys: Iterable[str]) -> Any:
    """Tag keys in the form of a shape: a list of text, or of structures with a key."""
    element = service.target(shape.element) if shape.element is not None else None
    if element is None or element.type in STRING_TYPES:
        return list(keys)
    name = next((each for each in element.members if each.lower() in _KEYS), "Key")
    return [{name: key} for key in keys]


def tags_at(output: Any, path: Path) -> dict[str, str]:
    """The tags at a path of an answer; `[*]` in the path stands for every element."""
    found: dict[str, str] = {}
    for value in _everything(output, path):
        if isinstance(value, Mapping):
            found.update((str(key), str(item)) for key, item in value.items())
        for item in value if isinstance(value, list) else ():
            names = tag_members(item) if isinstance(item, Mapping) else None
            if names is not None:
                found[str(item[names[0]])] = str(item[names[1]])
            elif isinstance(item, Mapping) and any(name.lower() in _KEYS for name in item):
                found[str(next(item[name] for name in item if name.lower() in _KEYS))] = ""
    return found


def _everything(value: Any, path: Path) -> Iterator[Any]:
    cut = path.index(EACH) if EACH in path else len(path)
    try:
        found = get(value, path[:cut])
    except NoSuchPlace:
        return
    if cut == len(path) or path[cut + 1 :] == ():
        yield found
    else:
        for each in found if isinstance(found, list) else ():
            yield from _everything(each, path[cut + 1 :])
