"""Contracts of several processes as one: of the workers of a test run, of several suites.

What only one has is in the whole. Where several have a use by one test, the largest number of calls counts: a fixture
of the session is set up once by each worker, and a suite asks for no more because there are more workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from conformance.contracts.usage import Contract, MemberUse, OperationUse, Tests, Use

Value = TypeVar("Value")


def merged(contracts: Iterable[Contract]) -> Contract:
    """One contract of all."""
    services: dict[str, dict[str, OperationUse]] = {}
    for contract in contracts:
        for service, name, use in contract.operations:
            operations, whole = services.setdefault(service, {}), expanded(use)
            operations[name] = _operation(operations[name], whole) if name in operations else whole
    return Contract(
        services={
            service: {name: settled(use) for name, use in operations.items()}
            for service, operations in services.items()
        }
    )


def settled(use: OperationUse) -> OperationUse:
    """The use, in which a member that is read by name is not listed as given as well."""
    read = {
        path: replace(member, values=_joined(member.values, use.given[path].values, lambda one, _: one))
        if path in use.given
        else member
        for path, member in use.read.items()
    }
    return replace(use, read=read, given={path: each for path, each in use.given.items() if path not in use.read})


def expanded(use: OperationUse) -> OperationUse:
    """The use with its tests written out everywhere."""
    return _with_tests(use, lambda tests, above: above if tests is None else tests)


def shortened(use: OperationUse) -> OperationUse:
    """The use without the tests that are as those of the operation, or of the member that has a value."""
    return _with_tests(use, lambda tests, above: None if tests == above else tests)


def renamed(contract: Contract, name: Callable[[str], str]) -> Contract:
    """The contract with other names of tests; the calls of those that get one name are added."""

    def change(tests: Tests | None, above: Tests) -> Tests:
        found: Counter[str] = Counter()
        for test, calls in (above if tests is None else tests).items():
            found[name(test)] += calls
        return dict(found)

    return Contract(
        services={
            service: {
                operation: replace(_with_tests(use, change), tests=change(use.tests, use.tests))
                for operation, use in operations.items()
            }
            for service, operations in contract.services.items()
        }
    )


def _with_tests(use: OperationUse, change: Callable[[Tests | None, Tests], Tests | None]) -> OperationUse:
    def one(each: Use, above: Tests = use.tests) -> Use:
        return Use(change(each.tests, above))

    def ones(uses: Mapping[str, Use], above: Tests = use.tests) -> dict[str, Use]:
        return {name: one(each, above) for name, each in uses.items()}

    def members(found: Mapping[str, MemberUse]) -> dict[str, MemberUse]:
        return {
            path: MemberUse(
                change(each.tests, use.tests), ones(each.values, use.tests if each.tests is None else each.tests)
            )
            for path, each in found.items()
        }

    return OperationUse(
        tests=use.tests,
        sent=members(use.sent),
        read=members(use.read),
        given=members(use.given),
        metadata=ones(use.metadata),
        errors=ones(use.errors),
        waiters=ones(use.waiters),
        paginator=None if use.paginator is None else one(use.paginator),
    )


def _operation(one: OperationUse, other: OperationUse) -> OperationUse:
    return OperationUse(
        tests=_tests(one.tests, other.tests),
        sent=_joined(one.sent, other.sent, _member),
        read=_joined(one.read, other.read, _member),
        given=_joined(one.given, other.given, _member),
        metadata=_joined(one.metadata, other.metadata, _use),
        errors=_joined(one.errors, other.errors, _use),
        waiters=_joined(one.waiters, other.waiters, _use),
        paginator=_use(one.paginator, other.paginator)
        if one.paginator and other.paginator
        else one.paginator or other.paginator,
    )


def _joined(
    one: Mapping[str, Value], other: Mapping[str, Value], join: Callable[[Value, Value], Value]
) -> dict[str, Value]:
    found = dict(one)
    for name, value in other.items():
        found[name] = join(found[name], value) if name in found else value
    return found


def _member(one: MemberUse, other: MemberUse) -> MemberUse:
    return MemberUse(_tests(one.tests or {}, other.tests or {}), _joined(one.values, other.values, _use))


def _use(one: Use, other: Use) -> Use:
    return Use(_tests(one.tests or {}, other.tests or {}))


def _tests(one: Tests, other: Tests) -> Tests:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {*one, *other}}
