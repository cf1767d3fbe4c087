"""What a run is asked to do, decided before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.errors import BadSelection
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.clause import Clause, clause_glob
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.wire.message import Codec


@dataclass(frozen=True, slots=True)
class Selection:
    """The clauses that are asked for: those that any of `only` matches, less those that any of `skip` does.

    In a glob `*` stands for any text and `?` for one character; everything else, brackets too, for itself.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def wants(self, clause: str) -> bool:
        """Whether a clause is asked for."""
        if self.only and not any(clause_glob(pattern).fullmatch(clause) for pattern in self.only):
            return False
        return not any(clause_glob(pattern).fullmatch(clause) for pattern in self.skip)


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One service of a run: its spec, overlay, protocol and the operations to run, in order."""

    spec: Spec
    overlay: Overlay
    codec: Codec
    operations: tuple[Operation, ...]
    origin: str = "stored"
    older_than_installed: bool = False


def _nowhere(_service: str) -> ServicePlan | None:
    return None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run.

    `poll_interval` is a factor: what it scales is the delay of a service's waiter, or a second where there is none.
    `poll_timeout` bounds, in seconds, how long a change of state may take. `abroad` gives what is known of a service
    that is not run itself, for things of it that requests refer to.
    """

    services: tuple[ServicePlan, ...]
    selection: Selection = field(default_factory=Selection)
    seed: int = 0
    max_examples: int = 20
    botocore: str = ""
    tool_version: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    poll_interval: float = 0.01
    poll_timeout: float = 60.0
    other_service: Callable[[str], ServicePlan | None] = _nowhere

    def clauses(self, service: ServicePlan, operation: Operation) -> Mapping[str, Clause]:
        """The clauses of an operation that are asked for, by id."""
        found = operation_clauses(service.spec, operation, service.overlay)
        return {name: clause for name, clause in found.items() if self.selection.wants(name)}


def narrowed(plan: Plan) -> Plan:
    """The plan without operations that no clause is asked of; raises BadSelection where nothing is left."""
    services = []
    for service in plan.services:
        operations = tuple(each for each in service.operations if plan.clauses(service, each))
        if operations:
            services.append(
                ServicePlan(
                    service.spec,
                    service.overlay,
                    service.codec,
                    operations,
                    service.origin,
                    service.older_than_installed,
                )
            )
    if not services:
        raise BadSelection(
            _nothing_left(plan.selection), hint="'conformance specs show SERVICE:Operation' lists clauses"
        )
    return replace(plan, services=tuple(services))


def _nothing_left(selection: Selection) -> str:
    def spelled(option: str, patterns: Iterable[str]) -> str:
        return " ".join(f"{option} '{pattern}'" for pattern in patterns)

    wishes = " ".join(filter(None, (spelled("--only", selection.only), spelled("--skip", selection.skip))))
    return f"no clause is left by {wishes}" if wishes else "no operation is selected"
