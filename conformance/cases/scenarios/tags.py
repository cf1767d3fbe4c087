"""Scenarios of tags: given, added, overwritten, removed.

given       create with two tags, list
added       create, add two, list, add one of them with another value and a third, list
removed     create, add two, remove one, list

Operations that tag serve many resources; the one that takes the least to make stands for them, and if it cannot be made
another that needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Omitted
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_until_settled
from conformance.cases.fixtures.retargeting import retarget
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send, SendTogether
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.tags import (
    ADDED,
    GIVEN,
    OVERWRITTEN,
    REMOVED,
    SECTION,
    adds,
    removes,
    shape_of,
    takes_tags,
)
from conformance.specs.model import Operation
from conformance.specs.resources.resource import Resource, Tagging
from conformance.specs.resources.tag_values import tags_at, written, written_keys
from conformance.values.paths import Edit, Path, apply

KINDS = ("tags-given", "tags-added", "tags-removed")

FIRST: Mapping[str, str] = {"conformance-a": "one", "conformance-b": "two"}
SECOND: Mapping[str, str] = {"conformance-a": "three", "conformance-c": "four"}
TAKEN_AWAY = "conformance-a"

# How many resources are tried where one after the other cannot be made.
MOST_RESOURCES = 6

Turn = Generator["Send | SendTogether", Any, bool]
Build = Callable[[Fixture], "Callable[[Pace], Turn]"]


def tags_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios about tags of what an operation makes, adds or removes."""
    service, name = builder.service, operation.name
    for resource in builder.overlay.resources.values():
        if resource.create == name and takes_tags(service, resource):
            yield from _cheapest(builder, operation, [resource], KINDS[0], resource.name, (GIVEN,), _given)
    taggable = [each for each in builder.overlay.resources.values() if adds(service, each, name)]
    yield from _cheapest(builder, operation, taggable, KINDS[1], name, (ADDED, OVERWRITTEN), _added)
    untaggable = [each for each in builder.overlay.resources.values() if removes(service, each, name)]
    yield from _cheapest(builder, operation, untaggable, KINDS[2], name, (REMOVED,), _removed)


def _cheapest(
    builder: RequestBuilder, operation: Operation, resources: list[Resource], kind: str, subject: str,
    names: tuple[str, ...], build: Build,
) -> Iterator[Scenario | Omitted]:  # fmt: skip
    """The scenario with the resources that take the least to make, one after the other until one could be made."""
    clauses = tuple(clause_id(builder.service.name, subject, SECTION, "", name) for name in names)
    found, problem = [], ""
    for number, resource in enumerate(resources):
        try:
            at = fixture_for(builder, operation, resource, kind)
            found.append((*_price(at), number, _Turn(at, build(at))))
        except Unbuildable as reason:
            problem = str(reason)
    if found:
        turns = [each[-1] for each in sorted(found, key=lambda each: each[:-1])]
        yield _scenario(turns, kind, clauses)
    elif resources:
        yield from (Omitted(clause, problem) for clause in clauses)


def _price(at: Fixture) -> tuple[int, bool, int]:
    status = at.resource.status
    return len(at.setup), status is not None and bool(status.creating), len(at.resource.unclear)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A resource that may stand for all, and its script; that tells whether the thing could be made."""

    at: Fixture
    script: Callable[[Pace], Turn]

    @property
    def tagging(self) -> Tagging:
        """How it is tagged."""
        assert self.at.resource.tagging is not None
        return self.at.resource.tagging


def _scenario(turns: list[_Turn], kind: str, clauses: tuple[str, ...]) -> Scenario:
    first = turns[0]
    alike = [each for each in turns if each.tagging.read_at == first.tagging.read_at and not each.at.setup]
    tried = alike[:MOST_RESOURCES] if not first.at.setup else [first]

    def script(pace: Pace) -> Script:
        for turn in tried:
            made = yield from turn.script(pace)
            if made:
                return

    at, about = first.at, {"first": FIRST, "second": SECOND, "removed": TAKEN_AWAY, "read_at": first.tagging.read_at}
    setup = at.needs(at.read) if at.read is not None else at.setup
    return Scenario(
        at.identity, at.builder.service.name, at.operation.name, kind, f"tags of {at.resource.one}", clauses,
        script, setup, at.resource, about,
    )  # fmt: skip


def _given(at: Fixture) -> Callable[[Pace], Turn]:
    tagging = _tagging(at)
    call = _tagged(at, at.creation.call, (tagging.given or "",), FIRST)
    creation, listed = replace(at.creation, call=call), _listed(at)

    def script(pace: Pace) -> Turn:
        made = yield Send("create", creation.call, makes=creation)
        if made.accepted:
            yield from listed.until(pace, "listed", _has(FIRST))
        return bool(made.accepted)

    return script


def _added(at: Fixture) -> Callable[[Pace], Turn]:
    add = _about(at, _tagging(at).add)
    first, second = (_tagged(at, add, _tagging(at).add_at, tags) for tags in (FIRST, SECOND))
    listed = _listed(at)

    def script(pace: Pace) -> Turn:
        made = yield from _made(at, pace)
        if not made.accepted:
            return False
        added = yield Send("add", first)
        if added.accepted:
            yield from listed.until(pace, "listed", _has(FIRST))
            again = yield Send("overwrite", second)
            if again.accepted:
                yield from listed.until(pace, "overwritten", _has({**FIRST, **SECOND}))
        return True

    return script


def _removed(at: Fixture) -> Callable[[Pace], Turn]:
    service, tagging = at.builder.service, _tagging(at)
    add = _tagged(at, _about(at, tagging.add), tagging.add_at, FIRST)
    bare = _about(at, tagging.remove)
    shape = shape_of(service, bare.operation, tagging.remove_at)
    assert shape is not None
    keys = Edit("set", tagging.remove_at, written_keys(service, shape, (TAKEN_AWAY,)))
    remove, listed = replace(bare, params=apply(bare.params, (keys,))), _listed(at)

    def script(pace: Pace) -> Turn:
        made = yield from _made(at, pace)
        if not made.accepted:
            return False
        added = yield Send("add", add)
        if added.accepted:
            yield from listed.until(pace, "listed", _has(FIRST))
            removed = yield Send("remove", remove)
            if removed.accepted:
                yield from listed.until(pace, "left", lambda tags: TAKEN_AWAY not in tags)
        return True

    return script


def _tagging(at: Fixture) -> Tagging:
    assert at.resource.tagging is not None
    return at.resource.tagging


def _about(at: Fixture, operation: str | None) -> Call:
    """A call of an operation that tags or tells tags, about this thing; raises Unbuildable."""
    if operation is None:
        raise Unbuildable(f"nothing is known to tag {at.resource.one}")
    return retarget(at.builder, at.creation, at.about(operation))


def _listed(at: Fixture) -> Listed:
    return Listed(_about(at, _tagging(at).read), _tagging(at).read_at)


def _tagged(at: Fixture, call: Call, path: Path, tags: Mapping[str, str]) -> Call:
    """The call with tags in it."""
    shape = shape_of(at.builder.service, call.operation, path)
    assert shape is not None
    return replace(call, params=apply(call.params, (Edit("set", path, written(at.builder.service, shape, tags)),)))


def _has(tags: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    return lambda found: tags.items() <= found.items()


def _made(at: Fixture, pace: Pace) -> Generator[Send, Any, Reply]:
    """Make the thing and wait until it can be tagged."""
    made: Reply = yield at.make()
    if made.accepted and at.read is not None:
        yield from read_until_settled(at.resource, at.read, at.known(made), pace)
    return made


@dataclass(frozen=True, slots=True)
class Listed:
    """The call that lists tags, and where they are in its answer."""

    call: Call
    at: Path

    def until(self, pace: Pace, label: str, enough: Callable[[Mapping[str, str]], bool]) -> Script:
        """List until what is listed is enough, or lists may no longer lag."""
        late, wait = pace.window(), False
        while True:
            reply: Reply = yield Send(label, self.call, wait=wait)
            if not reply.accepted or enough(tags_at(reply.output, self.at)) or late():
                return
            wait = True
