"""Finds a resource in an answer: its description, its status, its place in a list.

    request and answer of the creating call --identifying_values--> the values that identify the resource
    answer of a read --find_description--> its description --status_in_description--> the value of its status
    answer of a list --is_listed--> whether the list has it

An answer names a resource by its name, its id, or an ARN or URL that ends in one of them; each of these identifies it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from conformance.specs.resources.resource import Listing, Reading, Resource
from conformance.values.paths import EACH, Path, every_at, leaves, value_at

_PARTS = re.compile(r"[/:]")


def identifying_values(resource: Resource, params: Mapping[str, Any], output: Any) -> frozenset[str]:
    """The values that identify a resource: its handles, and every text of the answer that ends in one."""
    sides = {"request": params, "answer": output}
    found = {
        value
        for handle in resource.handles
        if (value := value_at(sides[handle.source.side], handle.source.path)) and isinstance(value, str)
    }
    texts = (value for _, value in leaves(output) if isinstance(value, str))
    return frozenset(found | {text for text in texts if _last(text) in found})


def find_description(reading: Reading, output: Any, known: Collection[str]) -> Any:
    """The description of a resource in the answer of its read; None if the answer has none.

    In a list, this is the item with most of the `known` values: a resource made from this one may also name it.
    """
    if EACH not in reading.at:
        found = value_at(output, reading.at)
        return found if found not in ({}, []) or not reading.at else None
    items = [item for item in every_at(output, reading.at) if is_identified_by(item, known)]
    return max(items, key=lambda item: len(_carried(item, known)), default=None)


def status_in_description(resource: Resource, description: Any) -> str | None:
    """The value of the status in a description; None if it has none."""
    value = value_at(description, resource.status.path) if resource.status is not None else None
    return value if isinstance(value, str) else None


def status_in_answer(resource: Resource, output: Any, asked: Mapping[str, Any]) -> str | None:
    """The value of the status in the answer to a read with the params `asked`; None if it has none."""
    if resource.read is None:
        return None
    known = frozenset(value for _, value in leaves(asked) if isinstance(value, str))
    return status_in_description(resource, find_description(resource.read, output, known))


def listed_items(listing: Listing, output: Any) -> tuple[Any, ...]:
    """The items of a page of a list; where its member is absent or empty, those of the other lists of the answer."""
    path = listing.items if listing.items[-1:] == (EACH,) else (*listing.items, EACH)
    return tuple(every_at(output, path)) or _items_beside(output)


def _items_beside(output: Any) -> tuple[Any, ...]:
    """The items of every list at the top of an answer: some answers name the same things in several members."""
    values = output.values() if isinstance(output, Mapping) else ()
    return tuple(item for value in values if isinstance(value, list) for item in value)


def is_listed(listing: Listing, output: Any, known: Collection[str]) -> bool:
    """Whether a page of a list has the resource that the `known` values identify, in whichever member."""
    items = (*listed_items(listing, output), *_items_beside(output))
    return any(is_identified_by(item, known) for item in items)


def texts_at(item: Any, path: Path) -> frozenset[str]:
    """The texts at a path, and what is at the end of each that is an ARN or a URL."""
    texts = [text for found in every_at(item, path) for _, text in leaves([found]) if isinstance(text, str)]
    return frozenset(each for text in texts for each in (text, _last(text)))


def is_identified_by(item: Any, known: Collection[str]) -> bool:
    """Whether one of these values identifies an item of a list."""
    return bool(_carried(item, known))


def _carried(item: Any, known: Collection[str]) -> set[str]:
    """The known values that an item has, whole or at the end of an ARN or a URL."""
    texts = [item] if isinstance(item, str) else [value for _, value in leaves(item) if isinstance(value, str)]
    return {each for text in texts for each in (text, _last(text)) if each in known}


def _last(text: str) -> str:
    return _PARTS.split(text)[-1]
