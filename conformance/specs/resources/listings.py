"""How list operations are paged: what asks for the next page, how long a page can be, and where the items are.

    answer --items_of--> the lists of the page
           --next_of---> the members that ask for the next page; none at the end

The model's paginator states this. Without a paginator it is inferred from names: a token member in the input, a member
with the same name or for the next page in the output, and exactly one list beside it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath

from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Operation, Paginator, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource
from conformance.values.paths import EACH, Path, parse_path, value_at

# Names of members that hold a page token, and of those that hold the length of a page, in the models.
_TOKENS = re.compile(r"(next_?)?(page_?|continuation_?)?token|(next_?)?marker", re.IGNORECASE)
_LIMITS = re.compile(r"max_?(results|items|records|keys)|limit|page_?size", re.IGNORECASE)

# Tokens with other names are names or keys of items: each of them is a valid start.
_OPAQUE = re.compile(r"token$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paging:
    """How an operation is paged.

    `tokens` pairs members of the input with JMESPath expressions that find their values for the next page in an
    answer; `results` and `more` are such expressions too. `size` is the smallest page that can be asked for with
    `limit`, `largest` the biggest if the model has an upper bound.
    """

    tokens: tuple[tuple[str, str], ...]
    results: tuple[str, ...]
    limit: str | None = None
    size: int = 1
    largest: int | None = None
    more: str | None = None
    limit_is_text: bool = False
    token_is_text: bool = True

    @property
    def members(self) -> tuple[str, ...]:
        """The members of the input that select a page."""
        return (*(member for member, _ in self.tokens), *((self.limit,) if self.limit else ()))

    @property
    def is_opaque(self) -> bool:
        """Whether a token is only valid if an answer gave it."""
        return all(_OPAQUE.search(member) for member, _ in self.tokens)

    def page_of(self, size: int) -> Mapping[str, Any]:
        """The member that asks for pages of a size; nothing if the operation has no such member."""
        return {} if self.limit is None else {self.limit: str(size) if self.limit_is_text else size}

    def next_of(self, output: Mapping[str, Any]) -> Mapping[str, Any]:
        """The members that ask for the page after an answer; none at the end."""
        if self.more is not None and not _search(self.more, output):
            return {}
        found = {member: _search(path, output) for member, path in self.tokens}
        return {
            member: value for member, value in found.items()
            if value not in (None, "") and (isinstance(value, str) or not self.token_is_text)
        }  # fmt: skip

    def says_more(self, output: Mapping[str, Any]) -> bool:
        """Whether an answer states explicitly that there is another page."""
        return self.more is not None and _search(self.more, output) is True

    def has_empty_token(self, output: Mapping[str, Any]) -> bool:
        """Whether an answer has a token that is an empty text."""
        return any(_search(path, output) == "" for _, path in self.tokens)

    def items_of(self, output: Mapping[str, Any]) -> tuple[list[Any], ...]:
        """The lists of a page; entries of a map count as items."""
        return tuple(_listed(_search(path, output)) for path in self.results)


@functools.lru_cache(maxsize=1024)
def _compiled(text: str) -> Any:
    return jmespath.compile(text)


def _search(text: str, output: Mapping[str, Any]) -> Any:
    return _compiled(text).search(output)


def _listed(found: Any) -> list[Any]:
    if isinstance(found, Mapping):
        return [[key, value] for key, value in found.items()]
    return found if isinstance(found, list) else []


def paging_of(service: Service, operation: Operation) -> Paging | None:
    """How an operation is paged; None if it is not paged, or if the paging is not known."""
    paginator = service.paginators.get(operation.name) or _inferred_paginator(service, operation)
    if paginator is None:
        return None
    members = service.input_of(operation).members
    tokens = tuple(zip(paginator.input_token, paginator.output_token, strict=False))
    if not tokens or not paginator.result_key or any(member not in members for member, _ in tokens):
        return None
    limit = members.get(paginator.limit_key or "")
    shape = service.target(limit) if limit is not None else None
    sized = shape is not None and shape.type in NUMBER_TYPES | STRING_TYPES
    return Paging(
        tokens=tokens,
        results=paginator.result_key,
        limit=paginator.limit_key if sized else None,
        size=_smallest(shape) if shape is not None and sized else 1,
        largest=int(shape.maximum) if shape is not None and sized and shape.maximum is not None else None,
        more=paginator.more_results,
        limit_is_text=shape is not None and shape.type in STRING_TYPES,
        token_is_text=all(service.target(members[member]).type in STRING_TYPES for member, _ in tokens),
    )


def _smallest(shape: Shape) -> int:
    """The smallest page: for a number its bound; the bounds of a text are about characters."""
    return max(1, int(shape.minimum or 1)) if shape.type in NUMBER_TYPES else 1


def _inferred_paginator(service: Service, operation: Operation) -> Paginator | None:
    given, answered = service.input_of(operation).members, service.output_of(operation).members
    lists = [name for name, member in answered.items() if service.target(member).type == "list"]
    token = next((name for name in given if _TOKENS.fullmatch(name)), None)
    if token is None or len(lists) != 1:
        return None
    follow = next((name for name in answered if name.lower() in (token.lower(), f"next{token.lower()}")), None)
    if follow is None:
        return None
    limit = next((name for name in given if _LIMITS.fullmatch(name)), None)
    return Paginator(operation.name, (token,), (follow,), limit, (lists[0],))


def listed_resource(operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that an operation lists; of several the one with the fewest doubts."""
    found = [each for each in overlay.resources.values() if each.listing and each.listing.operation == operation.name]
    return min(found, key=lambda each: (len(each.unclear), each.name)) if found else None


def items_at(output: Any, path: Path) -> list[Any]:
    """The items of the list at a path, in which `[*]` stands for every element of an outer list; empty if none."""
    if EACH in path:
        cut = path.index(EACH)
        return [item for each in items_at(output, path[:cut]) for item in items_at(each, path[cut + 1 :])]
    return _listed(value_at(output, path)) if path else _listed(output)


def comparable_text(item: Any) -> str:
    """A text that is equal for equal items."""
    return json.dumps(item, sort_keys=True, default=str)


def places_of_items(service: Service, operation: Operation, overlay: Overlay) -> Iterator[tuple[Path, Shape]]:
    """Where the items of a list are, and the shape of each: as its resource has it, else as its paging has."""
    resource = listed_resource(operation, overlay)
    if resource is not None and resource.listing is not None:
        yield from _place(service, operation, tuple(each for each in resource.listing.items))
    paging = paging_of(service, operation)
    for text in paging.results if paging is not None else ():
        try:
            yield from _place(service, operation, parse_path(text))
        except ValueError:  # an expression that is more than a path
            continue


def _place(service: Service, operation: Operation, path: Path) -> Iterator[tuple[Path, Shape]]:
    shape = service.output_of(operation)
    if path[-1:] == (EACH,):
        path = path[:-1]
    for segment in path:
        member = shape.element if segment == EACH else shape.members.get(str(segment))
        if member is None:
            return
        shape = service.target(member)
    if shape.type == "list" and shape.element is not None:
        yield path, service.target(shape.element)
