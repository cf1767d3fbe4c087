"""Suggestions that change members of the request: add what is missing, replace what is blamed, fill what is empty.

"The parameter CidrBlock is missing"     add_mentioned_members      the request with CidrBlock
"must be one of [mysql, postgres]"       use_offered_values         the request with mysql in the blamed place
"either VpcId or SubnetId"               add_reference_members      the request with a reference to a Vpc
a structure without any member           fill_empty_structures      the structure with something in it
anything else                            add_single_members, add_all_members
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

from conformance.cases.feedback import error_text
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.attempt import RejectedAttempt, member_name
from conformance.cases.samples import Unbuildable, is_valid_text, path_in_sample
from conformance.specs.model import INTEGER_TYPES, STRING_TYPES, Shape
from conformance.specs.places import places, shape_at
from conformance.specs.sample_values import sample_value_for
from conformance.values.paths import Edit, Path, format_path, get, has, leaves

# A request seldom lacks a member that is nested deeper than this.
MAX_MENTIONED_DEPTH = 4

# How many members are tried one at a time; each costs a request.
MAX_MEMBERS_TRIED = 3

# How many offered values are tried in one place.
MAX_VALUES_TRIED = 2


def add_mentioned_members(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Members that the text names and the request lacks, the surest mention first."""
    found = []
    for place in places(attempt.builder.service, attempt.input_shape):
        names = [step for step in place.steps if step[0] not in "[{"]
        is_member = place.steps[-1] == place.name
        rank = error_text.mention_rank(place.name, attempt.rejection.text) if is_member else None
        if rank is not None and len(names) <= MAX_MENTIONED_DEPTH:
            found.append((rank, len(names), place.steps))
    for _, _, steps in sorted(found):
        try:
            built = attempt.builder.sampler().build(attempt.input_shape, steps)
        except Unbuildable:
            continue
        path = path_in_sample(steps, built)
        missing = next((path[:size] for size in range(1, len(path) + 1) if not has(attempt.params, path[:size])), None)
        if missing is not None:
            yield attempt.adaptation(f"with {format_path(path)}", edits=(Edit("set", missing, get(built, missing)),))


def use_offered_values(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Values that the text offers, in the place that it blames."""
    members = attempt.input_shape.members
    offers = tuple(each for each in error_text.offered_values(attempt.rejection.message) if each not in members)
    if not offers:
        return
    blamed = [
        (path, shape)
        for path, value in leaves(attempt.params)
        if (shape := _scalar_shape(attempt, path)) is not None and _is_blamed(attempt, path, value)
    ]
    first_text = [(path, shape) for path, _, shape in itertools.islice(attempt.unresolved_texts(), 1)]
    for path, shape in blamed or first_text:
        others = (each for each in _values_of_shape(shape, offers) if each != get(attempt.params, path))
        for value in itertools.islice(others, MAX_VALUES_TRIED):
            yield attempt.adaptation(f"with {value!r} as {format_path(path)}", edits=(Edit("set", path, value),))


def _scalar_shape(attempt: RejectedAttempt, path: Path) -> Shape | None:
    found = shape_at(attempt.builder.service, attempt.input_shape, path)
    return found[0] if found is not None and found[0].type in (*STRING_TYPES, *INTEGER_TYPES) else None


def _is_blamed(attempt: RejectedAttempt, path: Path, value: Any) -> bool:
    quoted = isinstance(value, str) and len(value) > 2 and value in attempt.rejection.message
    return quoted or error_text.mention_rank(member_name(path), attempt.rejection.text) is not None


def _values_of_shape(shape: Shape, offers: tuple[str, ...]) -> Iterator[Any]:
    for offer in offers:
        if shape.type in STRING_TYPES and is_valid_text(shape, offer):
            yield offer
        elif shape.type in INTEGER_TYPES and re.fullmatch(r"\d{1,9}", offer):
            yield int(offer)


def add_reference_members(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Optional members that refer to resources of the service, first those that the text names."""
    text = re.sub(r"[^a-z]", "", attempt.rejection.text.lower())
    found = []
    for name, member in attempt.input_shape.members.items():
        if name in attempt.params or attempt.builder.service.target(member).type not in STRING_TYPES:
            continue
        known = attempt.builder.namer.resource_of_member(attempt.operation.name, name, member.shape)
        if known is not None and known[0].create != attempt.operation.name:
            unnamed, is_arn = known[0].name.lower() not in text, error_text.handle_kind(name) == "arn"
            found.append((unnamed, is_arn, name, known[0].name))
    for _, _, name, resource in sorted(found)[:MAX_MEMBERS_TRIED]:
        yield from _with_member(attempt, name, f"with a {resource} as {name}")


def _with_member(attempt: RejectedAttempt, name: str, why: str) -> Iterator[Adaptation]:
    with contextlib.suppress(Unbuildable):
        value = attempt.builder.sampler().build(attempt.input_shape, (name,))[name]
        yield attempt.adaptation(why, edits=(Edit("set", (name,), value),))


def fill_empty_structures(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Every optional member in the structures of the request that have none."""
    edits = []
    for path, value in leaves(attempt.params):
        found = shape_at(attempt.builder.service, attempt.input_shape, path)
        if value == {} and found is not None and found[0].members:
            with contextlib.suppress(Unbuildable):
                edits.append(Edit("set", path, attempt.builder.sampler(full=True).build(found[0])))
    if edits:
        where = " and ".join(format_path(each.path) for each in edits)
        yield attempt.adaptation(f"with something in {where}", edits=tuple(edits))


def add_single_members(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """One optional member, first those that share a word with the operation's name or the text."""
    words = frozenset(error_text.name_words(attempt.operation.name))
    words |= frozenset(attempt.rejection.message.lower().split())
    optional = [name for name in attempt.input_shape.members if name not in attempt.params]
    likely = sorted(
        optional, key=lambda name: (words.isdisjoint(error_text.name_words(name)), not sample_value_for(name))
    )
    for name in likely[:MAX_MEMBERS_TRIED]:
        yield from _with_member(attempt, name, f"with {name}")


def add_all_members(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Every optional member at once."""
    try:
        fullest = attempt.builder.fullest(attempt.operation)
    except Unbuildable:
        return
    edits = tuple(Edit("set", (name,), value) for name, value in fullest.items() if name not in attempt.params)
    if edits:
        yield attempt.adaptation("with every optional member", edits=edits)
