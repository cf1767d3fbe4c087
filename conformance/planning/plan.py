"""The plan of a run: services, operations and clauses, decided before anything is sent.

    ServiceSelection ... --load_service--> spec, overlay --clauses, once--> ServicePlan --plan_of--> Plan

Clauses are computed here and nowhere else: for a large service that takes seconds.
"""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.exceptions import BadSelection, ConformanceError
from conformance.planning.permissions import Permissions
from conformance.planning.seeds import default_seed
from conformance.planning.selection import ClauseSelection, ServiceSelection
from conformance.planning.service_specs import load_service, operations_of
from conformance.specs import ingest
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.store.loading import REPOSITORY
from conformance.wire.message import Codec
from conformance.wire.protocols import CODECS, codec_for

# Random valid requests for each operation.
DEFAULT_EXAMPLES = 20

# In place of a protocol's name: each in turn.
ALL_PROTOCOLS = "all"

NO_CLAUSES: Mapping[str, Clause] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One service of a run: its spec, overlay, protocol and the operations to run, in order.

    `clauses` are the selected ones of each operation, by the operation's name and the clause's id.
    """

    spec: Spec
    overlay: Overlay
    codec: Codec
    operations: tuple[Operation, ...]
    clauses: Mapping[str, Mapping[str, Clause]]
    origin: str = "stored"
    older_than_installed: bool = False

    def clauses_of(self, operation: Operation) -> Mapping[str, Clause]:
        """The selected clauses of an operation, by id."""
        return self.clauses.get(operation.name, NO_CLAUSES)


def service_plan(
    spec: Spec,
    overlay: Overlay,
    operations: Iterable[Operation],
    selection: ClauseSelection | None = None,
    **origin: Any,
) -> ServicePlan:
    """The plan of one service: those of the operations that have selected clauses, with these, by name.

    Operations are run in one order, however they are selected: what a target keeps of one may show in another.
    """
    selected = selection or ClauseSelection()
    clauses = {}
    for operation in sorted(operations, key=lambda each: each.name):
        found = operation_clauses(spec, operation, overlay)
        kept = {name: clause for name, clause in found.items() if selected.includes(name)}
        if kept:
            clauses[operation.name] = MappingProxyType(kept)
    return ServicePlan(
        spec=spec,
        overlay=overlay,
        codec=codec_for(spec.service),
        operations=tuple(spec.service.operations[name] for name in clauses),
        clauses=MappingProxyType(clauses),
        **origin,
    )


def _no_other_service(_service: str) -> ServicePlan | None:
    return None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run.

    `names` is the seed of the names of resources where the account is not free to choose; None: `seed`. What an earlier
    run has left there bears other names then.

    `poll_interval` is a factor: what it scales is the delay of a service's waiter, or a second where there is none.
    `poll_timeout` bounds, in seconds, how long a change of state may take. `other_service` gives, by name, what is
    known of a service that is not run itself but has resources that requests refer to. `permissions` limit what is
    sent; None: to what the plan has. `rate` is how many requests are sent in a second at the most.
    """

    services: tuple[ServicePlan, ...]
    selection: ClauseSelection = field(default_factory=ClauseSelection)
    seed: int = 0
    names: int | None = None
    max_examples: int = DEFAULT_EXAMPLES
    botocore: str = ""
    tool_version: str = ""
    poll_interval: float = 0.01
    poll_timeout: float = 60.0
    other_service: Callable[[str], ServicePlan | None] = _no_other_service
    permissions: Permissions | None = None
    rate: float | None = None

    @property
    def prefix(self) -> str:
        """What the names of everything that the run makes begin with."""
        return self.permissions.run_id if self.permissions is not None else ""


def plan_of(
    selections: Sequence[ServiceSelection],
    *,
    source: str = REPOSITORY,
    protocol: str | None = None,
    selection: ClauseSelection | None = None,
    seed: int | None = None,
    notify: Callable[[str], None] | None = None,
    **options: Any,
) -> Plan:
    """The plan for selected services; without a seed, it is that of their specs.

    `options` are further fields of a Plan. Raises UnknownName for services, operations and protocols that do not
    exist, BadSelection where no clause is left.
    """
    selected = selection or ClauseSelection()
    ordered = sorted(selections, key=lambda each: each.service)
    services = (_service(each, source, protocol, selected, notify) for each in ordered)
    left = tuple(service for service in services if service.operations)
    if not left:
        raise BadSelection(_nothing_left(selected), hint="'conformance specs show SERVICE:Operation' lists clauses")
    return Plan(
        services=left,
        selection=selected,
        seed=default_seed(each.spec for each in left) if seed is None else seed,
        botocore=ingest.botocore_version(),
        tool_version=importlib.metadata.version("aws-conformance"),
        other_service=functools.partial(_other_service, source),
        **options,
    )


def plan_of_nothing(permissions: Permissions | None = None, *, source: str = REPOSITORY) -> Plan:
    """A plan without services of its own, for requests that clean up; every service is known to it."""
    return Plan(services=(), other_service=functools.partial(_other_service, source), permissions=permissions)


def plans_by_protocol(
    selections: Sequence[ServiceSelection], *, source: str = REPOSITORY, seed: int | None = None, **options: Any
) -> Mapping[str, Plan]:
    """A plan for each protocol that the services declare; the protocol that botocore chooses comes first.

    All have one seed, so that they send the same params. `options` are those of `plan_of`; raises what it raises.
    """
    loaded = [(each, load_service(each.service, source, options.get("notify"))) for each in selections]
    seed = default_seed(known.loaded.spec for _, known in loaded) if seed is None else seed
    speakers: dict[str, list[ServiceSelection]] = {}
    for each, known in loaded:
        service = known.service
        for protocol in dict.fromkeys((service.protocol, *service.protocols)):
            if protocol in CODECS:
                speakers.setdefault(protocol, []).append(each)
    found: dict[str, Plan] = {}
    problem: BadSelection | None = None
    for protocol, some in speakers.items():
        try:
            found[protocol] = plan_of(some, source=source, seed=seed, protocol=protocol, **options)
        except BadSelection as nothing_left:  # some clauses are of one protocol only
            problem = nothing_left
    if problem is not None and not found:
        raise problem
    return found


def _service(
    selected: ServiceSelection,
    source: str,
    protocol: str | None,
    clauses: ClauseSelection,
    notify: Callable[[str], None] | None,
) -> ServicePlan:
    found = load_service(selected.service, source, notify, protocol=protocol)
    return service_plan(
        found.loaded.spec,
        found.overlay,
        operations_of(found.service, selected.operations),
        clauses,
        origin=found.loaded.origin,
        older_than_installed=found.loaded.older_than_installed,
    )


def _other_service(source: str, service: str) -> ServicePlan | None:
    """What is known of a service that others refer to; None where there is no such service."""
    try:
        found = load_service(service, source)
    except ConformanceError:
        return None
    return service_plan(found.loaded.spec, found.overlay, ())


def _nothing_left(selection: ClauseSelection) -> str:
    def spelled(option: str, patterns: Iterable[str]) -> str:
        return " ".join(f"{option} '{pattern}'" for pattern in patterns)

    options = " ".join(filter(None, (spelled("--only", selection.only), spelled("--skip", selection.skip))))
    return f"no clause is left by {options}" if options else "no operation is selected"
