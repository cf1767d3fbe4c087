"""Takes note of what calls use: a listener of the watcher, and the reader of the answers that it hands out.

    WatchedCall --called--> members sent, error, paginator        waiter --waited--> waiters
        '--handed_out--> the answer, watched --note--> members read        '--> a contract, of this process

What is used is counted by call: a member that a test reads ten times of one answer counts once. An answer that a test
has made itself (a Stubber, a patch) is not replaced, because the test may look whether it comes back: it is `given`.
"""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from botocore.exceptions import ClientError

from conformance.contracts.answers_read import How, ReadDict, watched_answer
from conformance.contracts.contract_merging import settled
from conformance.contracts.member_places import MemberPlace, met_in, root_place
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from conformance.exceptions import ConformanceError
from conformance.specs import ingest
from conformance.specs.model import Service
from conformance.watching.own_frames import is_read_in_passing
from conformance.watching.watched_call import WatchedCall

Kind: TypeAlias = Literal["sent", "read", "given", "metadata", "errors", "waiters", "paginator"]
Key: TypeAlias = tuple[Kind, str, str]
"""What is used: the kind, a path or name, and the value of an enum."""

OUTSIDE = "outside of tests"
"""The name of calls that no test makes: those of imports and of collection."""


@dataclass(slots=True)
class OperationTally:
    """What is known of the use of one operation: how often each test did what."""

    sends: MemberPlace
    answers: MemberPlace
    tests: Counter[str] = field(default_factory=Counter)
    uses: dict[Key, Counter[str]] = field(default_factory=dict)

    def count(self, key: Key, test: str) -> None:
        """Count a use."""
        counts = self.uses.get(key)
        if counts is None:
            counts = self.uses[key] = Counter()
        counts[test] += 1

    def forget(self, key: Key, test: str) -> None:
        """Take back a use."""
        counts = self.uses[key]
        counts[test] -= 1
        if counts[test] <= 0:
            del counts[test]


@dataclass(slots=True)
class UsageRecorder:
    """Records what the calls of this process use, from any thread; `test` is the name that uses are given."""

    test: str = OUTSIDE
    problems: list[Exception] = field(default_factory=list)
    _services: dict[str, Service | None] = field(default_factory=dict)
    _tallies: dict[tuple[str, str], OperationTally | None] = field(default_factory=dict)
    _raised: list[tuple[weakref.ref[BaseException], OperationTally, str]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def called(self, call: WatchedCall) -> None:
        """Take note of what a call sends; one that was not answered uses nothing."""
        if call.error is not None and not isinstance(call.error, ClientError):
            return
        with self._lock:
            try:
                tally = self._tally(call)
                if tally is not None:
                    self._enter(tally, call)
            except Exception as problem:  # noqa: BLE001 - the test that made the call is not ours
                self.problems.append(problem)

    def _enter(self, tally: OperationTally, call: WatchedCall) -> None:
        tally.tests[self.test] += 1
        for place, value in set(met_in(tally.sends, call.params)):
            # What is refused may be a value that the model does not have.
            if not value or call.error is None or value in place.shape.enum:
                tally.count(("sent", place.path, value), self.test)
        if call.by_paginator:
            tally.count(("paginator", "", ""), self.test)
        if isinstance(call.error, ClientError):
            self._enter_error(tally, call.error)

    def _enter_error(self, tally: OperationTally, error: ClientError) -> None:
        given: Any = error.response
        found = given.get("Error") if isinstance(given, Mapping) else None
        code = found.get("Code") if isinstance(found, Mapping) else None
        if isinstance(code, str) and code:
            tally.count(("errors", code, ""), self.test)
            self._raised.append((weakref.ref(error), tally, code))

    def uncaught(self, error: BaseException) -> None:
        """Take back the code of an error that nobody caught: it ended the test."""
        with self._lock:
            for raised, tally, code in self._raised:
                if raised() is error:
                    tally.forget(("errors", code, ""), self.test)

    def test_ended(self) -> None:
        """What was raised until now is settled."""
        self._raised.clear()

    def waited(self, waiter: str, call: WatchedCall, polls: int) -> None:
        """Take note of a waiter."""
        with self._lock:
            tally = self._tallies.get((call.service, call.operation))
            if tally is not None:
                tally.count(("waiters", waiter, ""), self.test)

    def handed_out(self, call: WatchedCall, output: Any) -> Any:
        """The answer that the caller gets: one that takes note of what is read of it, where nobody else has it."""
        with self._lock:
            tally = self._tallies.get((call.service, call.operation))
        if tally is None:
            return output
        reader = _Reader(self, tally, call.by_paginator)
        try:
            if call.answered_by == "http" and type(output) is dict:
                return watched_answer(output, tally.answers, reader)
            reader.note_all_below(tally.answers, output)
        except Exception as problem:  # noqa: BLE001 - the test that made the call is not ours
            self.problems.append(problem)
        return output

    def _tally(self, call: WatchedCall) -> OperationTally | None:
        key = call.service, call.operation
        if key not in self._tallies:
            service = self._service(call.service)
            operation = service.operations.get(call.operation) if service is not None else None
            self._tallies[key] = (
                None
                if service is None or operation is None
                else OperationTally(
                    root_place(service, service.input_of(operation)), root_place(service, service.output_of(operation))
                )
            )
        return self._tallies[key]

    def _service(self, name: str) -> Service | None:
        """The service as the installed botocore has it; None for one that a loader of the user's has."""
        if name not in self._services:
            try:
                self._services[name] = ingest.installed_spec(name).service
            except ConformanceError:
                self._services[name] = None
        return self._services[name]

    def note(self, tally: OperationTally, key: Key) -> None:
        """Count what is read."""
        with self._lock:
            tally.count(key, self.test)

    def contract(self) -> Contract:
        """What was used until now."""
        services: dict[str, dict[str, OperationUse]] = {}
        with self._lock:
            for (service, operation), tally in self._tallies.items():
                if tally is not None and tally.tests:
                    services.setdefault(service, {})[operation] = _use_of(tally)
        return Contract(services=services)


@dataclass(slots=True)
class _Reader:
    """Takes note of what is read of one answer, each member once."""

    recorder: UsageRecorder
    tally: OperationTally
    is_page: bool = False
    seen: set[tuple[MemberPlace | str, str, How]] = field(default_factory=set)

    def note(self, place: MemberPlace, within: MemberPlace, value: Any, how: How) -> None:
        if within.path:
            self._once(within, "", how)
        if place.shape.enum and isinstance(value, str):
            self._once(place, value, how)
        self._once(place, "", how)
        if not place.holds_others or value is None or isinstance(value, ReadDict):
            return
        element = place.element
        if element is None or not isinstance(value, list):
            self.note_all_below(place, value)
        elif not element.holds_others:
            for inner, each in set(met_in(place, value)):
                self._once(inner, each, how)
        else:
            # Elements say themselves what is read of them, unless they are none of ours.
            self.note_all_below(place, [item for item in value if not isinstance(item, (ReadDict, list))])

    def note_all_below(self, place: MemberPlace, value: Any) -> None:
        """Take note that everything below a place was handed out."""
        for inner, each in set(met_in(place, value)):
            self._once(inner, each, "given")

    def note_metadata(self, name: str) -> None:
        if (name, "", "read") not in self.seen:
            self.seen.add((name, "", "read"))
            self.recorder.note(self.tally, ("metadata", name, ""))

    def _once(self, place: MemberPlace, value: str, how: How) -> None:
        if (place, value, how) in self.seen or (self.is_page and is_read_in_passing()):
            return
        self.seen.add((place, value, how))
        self.recorder.note(self.tally, (how, place.path, value))
        above = place.above
        if not value and above is not None and above.path:
            self._once(above, "", how)


def _use_of(tally: OperationTally) -> OperationUse:
    return settled(
        OperationUse(
            tests=dict(tally.tests),
            sent=_members(tally, "sent"),
            read=_members(tally, "read"),
            given=_members(tally, "given"),
            metadata=dict(_uses(tally, "metadata")),
            errors=dict(_uses(tally, "errors")),
            waiters=dict(_uses(tally, "waiters")),
            paginator=dict(_uses(tally, "paginator")).get(""),
        )
    )


def _uses(tally: OperationTally, wanted: Kind) -> Iterator[tuple[str, Use]]:
    for (kind, name, _), counts in tally.uses.items():
        if kind == wanted and counts:
            yield name, Use(dict(counts))


def _members(tally: OperationTally, wanted: Kind) -> dict[str, MemberUse]:
    values: dict[str, dict[str, Use]] = {}
    for (kind, path, value), counts in tally.uses.items():
        if kind == wanted and value:
            values.setdefault(path, {})[value] = Use(dict(counts))
    return {
        path: MemberUse(dict(counts), values.get(path, {}))
        for (kind, path, value), counts in tally.uses.items()
        if kind == wanted and not value
    }
