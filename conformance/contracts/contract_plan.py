"""A run of what a contract uses: its operations, and of their clauses those that matter to it.

Contract --operations_of--> services and operations --plan_of--> Plan --narrowed--> Plan with the clauses that matter
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.contracts.relevance import UsedOperation
from conformance.contracts.usage import Contract, Operations
from conformance.exceptions import BadSelection
from conformance.planning.plan import Plan, ServicePlan
from conformance.planning.selection import ClauseSelection, ServiceSelection
from conformance.specs.clauses.clause import Clause

_NOTHING: Operations = {}


def operations_of(contract: Contract) -> tuple[ServiceSelection, ...]:
    """The operations of a contract; raises BadSelection for one without any."""
    if not any(contract.services.values()):
        raise BadSelection("the contract has no operations", hint="'pytest --conformance-contract FILE' writes one")
    return tuple(
        ServiceSelection(service, tuple(sorted(operations)))
        for service, operations in sorted(contract.services.items())
        if operations
    )


def texts_of(contract: Contract) -> tuple[str, ...]:
    """The operations of a contract as selections are written."""
    return tuple(f"{service}:{name}" for service, name, _ in contract.operations)


def used_operations(contract: Contract, plan: Plan) -> Iterator[UsedOperation]:
    """The operations of a plan that a contract uses, in the order of the plan."""
    for service in plan.services:
        used = contract.services.get(service.spec.service.name, _NOTHING)
        for operation in service.operations:
            if operation.name in used:
                yield UsedOperation(service, operation, used[operation.name], used)


def narrowed(plan: Plan, contract: Contract) -> Plan:
    """The plan with the clauses alone that matter to a contract; raises BadSelection where none is left.

    The clauses become the selection of the plan: a record tells which they were, and no case is sent for others.
    """
    services = tuple(each for each in (_narrowed(service, contract) for service in plan.services) if each.operations)
    if not services:
        raise BadSelection("no clause that matters to the contract is left", hint="leave out --only and --skip")
    only = tuple(name for each in services for clauses in each.clauses.values() for name in clauses)
    return replace(plan, services=services, selection=ClauseSelection(only))


def _narrowed(service: ServicePlan, contract: Contract) -> ServicePlan:
    used = contract.services.get(service.spec.service.name, _NOTHING)
    clauses: dict[str, Mapping[str, Clause]] = {}
    for operation in service.operations:
        if operation.name in used:
            one = UsedOperation(service, operation, used[operation.name], used)
            kept = {name: each for name, each in service.clauses_of(operation).items() if one.matters(each)}
            if kept:
                clauses[operation.name] = MappingProxyType(kept)
    operations = tuple(each for each in service.operations if each.name in clauses)
    return replace(service, operations=operations, clauses=MappingProxyType(clauses))
