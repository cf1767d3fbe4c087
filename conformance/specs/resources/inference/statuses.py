"""Finds the status of a resource: the member of its description, and what its values mean.

    waiters   success of ThingActive: ACTIVE  --> settled;  success of ThingDeleted --> gone;  failure --> failed
    words     CREATING, DELETE_IN_PROGRESS, UPDATE_FAILED, ...

Waiters come first, then the words of the values; a value that neither explains is in no class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.specs.model import STRING_TYPES, Service, Shape, Waiter
from conformance.specs.resources.resource import Reading, Status
from conformance.specs.resources.status_words import JOB_ENDS, SETTLED, UNUSABLE, normalized_status, phase_of
from conformance.values.paths import EACH, Path

# The rank of a status that is not that of the whole resource.
PARTIAL = 100

_NAMES = re.compile(r"(.*)(status|state|lifecyclestate)(name|code|value)?$", re.IGNORECASE)
_OF_AN_END = re.compile(
    r"(Inactive|Stopped|Deleted|Terminated|Gone|NotExists|Removed|Deregistered|Deactivated)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    values: tuple[str, ...]
    rank: int


def infer_status(service: Service, reading: Reading | None, nouns: tuple[str, ...], chosen: frozenset[str],
           *, delayed: bool = False) -> Status | None:  # fmt: skip
    """The status in the answer of a read; None if there is none.

    `chosen` are shapes that clients set and that are therefore no status. If removal is `delayed` by days, a resource
    that waits for it counts as gone.
    """
    if reading is None:
        return None
    shape = _described(service, reading)
    if shape is None:
        return None
    waiters = tuple(each for each in service.waiters.values() if each.operation == reading.operation)
    found = sorted(_candidates(service, shape, reading, nouns, waiters, chosen), key=lambda each: each.rank)
    for candidate in found:
        known = _classified(candidate, reading, waiters)
        if known is not None:
            return replace(known, deleting=(), gone=(*known.gone, *known.deleting)) if delayed else known
    return _wordless(service, shape, nouns)


def _wordless(service: Service, shape: Shape, nouns: tuple[str, ...]) -> Status | None:
    """The status whose values the model does not list."""
    for path, name, member_shape in _status_members(service, shape):
        if not service.shapes[member_shape].enum and _rank(path, name, nouns, False) < PARTIAL:
            return Status(path, (), ())
    return None


def _described(service: Service, reading: Reading) -> Shape | None:
    shape = service.output_of(service.operations[reading.operation])
    for segment in reading.at:
        member = shape.element if segment == EACH else shape.members.get(str(segment))
        if member is None:
            return None
        shape = service.target(member)
    return shape


# ---------------------------------------------------------------- which member


def _candidates(
    service: Service, shape: Shape, reading: Reading, nouns: tuple[str, ...], waiters: tuple[Waiter, ...],
    chosen: frozenset[str],
) -> Iterator[_Candidate]:  # fmt: skip
    waited = {path for waiter in waiters for path, _, _ in _expectations(waiter, reading)}
    for path, name, member_shape in _status_members(service, shape):
        target = service.shapes[member_shape]
        known = tuple(value for waiter in waiters for at, _, value in _expectations(waiter, reading) if at == path)
        if path not in waited and (not target.enum or member_shape in chosen):
            continue
        values = tuple(dict.fromkeys((*target.enum, *known)))
        rank = _rank(path, name, nouns, path in waited)
        if rank < PARTIAL:
            yield _Candidate(path, values, rank)


def _status_members(service: Service, shape: Shape) -> Iterator[tuple[Path, str, str]]:
    for name, member in shape.members.items():
        target = service.target(member)
        if target.type in STRING_TYPES and _NAMES.fullmatch(name):
            yield (name,), name, member.shape
        elif target.type == "structure" and _NAMES.fullmatch(name):
            for inner, each in target.members.items():
                if service.target(each).type in STRING_TYPES and inner.lower() in (
                    "name",
                    "status",
                    "state",
                    "code",
                    "value",
                ):
                    yield (name, inner), name, each.shape


# Words before "status" that do not make it the status of a part.
_OF_THE_WHOLE = frozenset(
    {"", "current", "provisioning", "resource", "overall", "creation", "deployment", "operational"}
)


def _rank(path: Path, name: str, nouns: tuple[str, ...], waited: bool) -> int:
    low = name.lower()
    stem = _NAMES.fullmatch(name)
    prefix = stem[1].lower().removesuffix("lifecycle").removesuffix("life") if stem else low
    near = prefix in _OF_THE_WHOLE or any(
        noun.lower().endswith(prefix) or prefix.endswith(noun.lower()) for noun in nouns
    )
    return (0 if waited else 10) + (0 if near or waited else PARTIAL) + len(path)


# ---------------------------------------------------------------- what its values mean


def _classified(candidate: _Candidate, reading: Reading, waiters: tuple[Waiter, ...]) -> Status | None:
    words = {value: normalized_status(value) for value in candidate.values}
    is_job = not JOB_ENDS.isdisjoint(words.values())
    classes = {value: phase_of(value, is_job=is_job) for value in candidate.values}
    delays = []
    for waiter in waiters:
        ends = _OF_AN_END.search(waiter.name) is not None
        for path, state, value in _expectations(waiter, reading):
            if path != candidate.path:
                continue
            if state == "success":
                delays.append((ends, waiter.delay))
                classes[value] = classes.get(value) or (None if ends else "settled")
            elif state == "failure":
                classes[value] = classes.get(value) or "failed"
    settled = _settled(classes, words, _successes(waiters, reading, candidate.path))
    passing = [value for value, kind in classes.items() if kind in ("creating", "updating", "deleting", "moving")]
    if not settled or words.get(settled[0]) in UNUSABLE or not (passing or delays):
        return None

    def of(kind: str) -> tuple[str, ...]:
        return tuple(value for value in candidate.values if classes[value] == kind)

    return Status(
        candidate.path, candidate.values, settled, of("failed"), of("gone"), of("creating"), of("updating"),
        of("deleting"), of("moving"), float(min(delays)[1]) if delays else None, of("waiting"),
    )  # fmt: skip


def _settled(classes: Mapping[str, str | None], words: dict[str, str], waited: Iterable[str]) -> tuple[str, ...]:
    """The settled values: those first for which waiters wait, then the most usual ones."""
    order = {word: position for position, word in enumerate((*SETTLED, *UNUSABLE))}
    hoped = frozenset(waited)
    found = [value for value, kind in classes.items() if kind == "settled"]

    def likelihood(value: str) -> tuple[bool, bool, int]:
        word = words.get(value, "")
        return word in UNUSABLE, value not in hoped, order.get(word, len(order))

    return tuple(sorted(found, key=likelihood))


def _successes(waiters: tuple[Waiter, ...], reading: Reading, path: Path) -> Iterator[str]:
    for waiter in waiters:
        yield from (value for at, state, value in _expectations(waiter, reading) if at == path and state == "success")


_ARGUMENT = re.compile(r"[A-Za-z0-9_]+(\[\])?(\.[A-Za-z0-9_]+(\[\])?)*")


def _expectations(waiter: Waiter, reading: Reading) -> Iterator[tuple[Path, str, str]]:
    """Path in the description, state and expected value of each acceptor that compares one member."""
    for acceptor in waiter.acceptors:
        argument, expected = acceptor.get("argument", ""), acceptor.get("expected")
        if not isinstance(expected, str) or not _ARGUMENT.fullmatch(argument):
            continue
        path: Path = tuple(
            step for part in argument.split(".") for step in ((part[:-2], EACH) if part.endswith("[]") else (part,))
        )
        if path[: len(reading.at)] == reading.at and len(path) > len(reading.at):
            yield path[len(reading.at) :], acceptor["state"], expected


def client_set_shapes(service: Service, operations: Iterable[str]) -> frozenset[str]:
    """The shapes of the input members at the top of these operations."""
    return frozenset(
        member.shape for name in operations for member in service.input_of(service.operations[name]).members.values()
    )
