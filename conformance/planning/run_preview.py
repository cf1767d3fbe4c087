"""What a run is going to do, told before it does anything.

Plan, Permissions --preview_of--> RunPreview: operations, what is made and how it is removed, requests, costs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.planning.permissions import Permissions, Refusal
from conformance.planning.plan import Plan, ServicePlan
from conformance.planning.refused_operations import refusals
from conformance.specs.effects.charges import ChargedBy, charge_of
from conformance.specs.effects.operation_effects import effect_of
from conformance.specs.model import Operation
from conformance.specs.resources.removals import Removals

# Sections of clauses that one request puts to the test; every other one takes a scenario.
_OF_ONE_REQUEST = frozenset({"input", "output", "errors", "protocol", "rule", "check"})

# Requests for each case, by what the operation does, and for each clause about state: measured on three services.
_FOR_A_READ, _FOR_A_WRITE, _FOR_A_STATE_CLAUSE = 1.3, 3.0, 5.0
_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What a run makes of one kind: the operation that creates it, and the one that removes it, where that is known."""

    resource: str
    create: str
    delete: str | None


@dataclass(frozen=True, slots=True)
class Cost:
    """An operation that is known to cost money, by what it is charged, and for what."""

    operation: str
    by: ChargedBy
    what: str


@dataclass(frozen=True, slots=True)
class ServicePreview:
    """What a run does with one service. `refused` has the operations that are not sent, by name."""

    service: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    made: tuple[Made, ...] = ()
    costs: tuple[Cost, ...] = ()
    requests: int = 0


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run does; `requests` is roughly how many it sends, where no limit ends it before."""

    services: tuple[ServicePreview, ...]
    permissions: Permissions | None

    @property
    def requests(self) -> int:
        """Roughly how many requests are sent, to one significant digit or two."""
        return sum(each.requests for each in self.services)

    @property
    def sends_nothing(self) -> bool:
        """Whether no operation may be sent."""
        return not any(each.reads or each.writes for each in self.services)

    @property
    def refusals(self) -> Counter[Refusal]:
        """Why operations are not sent, and how many for each reason."""
        return Counter(refusal for each in self.services for refusal in each.refused.values())


def preview_of(plan: Plan) -> RunPreview:
    """The preview of a plan; nothing is sent."""
    return RunPreview(tuple(_of_service(plan, each) for each in plan.services), plan.permissions)


def _of_service(plan: Plan, service: ServicePlan) -> ServicePreview:
    name, refused = service.spec.service.name, refusals(service, plan.permissions)
    sent = [each for each in service.operations if each.name not in refused]
    reads = [each for each in sent if effect_of(name, each.name).kind == "read"]
    writes = [each for each in sent if each not in reads]
    requests = sum(_requests(plan, service, each, each in writes) for each in sent)
    return ServicePreview(
        service=name,
        reads=tuple(each.name for each in reads),
        writes=tuple(each.name for each in writes),
        refused=refused,
        made=tuple(_made(service, writes)) if writes or plan.permissions is None else (),
        costs=tuple(_costs(name, sent)),
        requests=requests,
    )


def _made(service: ServicePlan, writes: list[Operation]) -> Iterator[Made]:
    names, removals = {each.name for each in writes}, Removals(service.spec.service, service.overlay)
    for resource in service.overlay.resources.values():
        if resource.create in names:
            yield Made(resource.name, resource.create, removals.delete_of(resource.create))


def _costs(service: str, sent: list[Operation]) -> Iterator[Cost]:
    for operation in sent:
        charge = charge_of(service, operation.name)
        if charge is not None:
            yield Cost(operation.name, charge.by, charge.what)


def _requests(plan: Plan, service: ServicePlan, operation: Operation, is_write: bool) -> int:
    sections = Counter(each.section for each in service.clauses_of(operation).values())
    cases = _AT_LEAST + sections["input"] + plan.max_examples
    state = sum(count for section, count in sections.items() if section not in _OF_ONE_REQUEST)
    may_write = plan.permissions is None or plan.permissions.allow_writes
    return round(cases * (_FOR_A_WRITE if is_write else _FOR_A_READ) + state * _FOR_A_STATE_CLAUSE * may_write)
