"""A plan made of what is asked for: services, operations, protocols, and the pace that suits the target.

SERVICE[:Operation,...] ... --selection_of--> [(service, operations)] --plan_of--> Plan
"""

from __future__ import annotations

import functools
import importlib.metadata
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.errors import BadSelection, ConformanceError, UsageError
from conformance.exchanges.target import Target
from conformance.planning.plan import Plan, Selection, ServicePlan, narrowed
from conformance.planning.service_specs import load_service, operation_of
from conformance.specs import ingest
from conformance.specs.store.loading import REPOSITORY
from conformance.wire.protocols import CODECS, codec_for

DEFAULT_EXAMPLES = 20

# In place of a protocol's name: each in turn.
ALL_PROTOCOLS = "all"

# Seconds that one request may take as a whole.
DEFAULT_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """One SERVICE[:Operation,...] argument; no operations means all."""

    service: str
    operations: tuple[str, ...] = ()


def parse_selection(arguments: Iterable[str]) -> tuple[ServiceSelection, ...]:
    """The wishes that arguments spell, one a service; raises UsageError for an empty name."""
    found: dict[str, list[str]] = {}
    for argument in arguments:
        service, colon, names = argument.partition(":")
        operations = [name.strip() for name in names.split(",")] if colon else []
        if not service or (colon and not all(operations)):
            raise UsageError(f"'{argument}' is not SERVICE or SERVICE:Operation,...", hint="as in sqs:CreateQueue")
        if service in found and (not operations or not found[service]):
            found[service] = []
        else:
            found.setdefault(service, []).extend(operations)
    return tuple(ServiceSelection(service, tuple(dict.fromkeys(names))) for service, names in found.items())


@dataclass(frozen=True, slots=True)
class PollPace:
    """How targets are polled: the factor by which a waiter's delay is scaled, and how long a change may take."""

    interval: float
    timeout: float


# What runs on this machine is asked a hundred times as often as AWS wants to be; what is in this process does nothing
# while it is not asked.
IN_PROCESS = PollPace(0.01, 5.0)
LOOPBACK = PollPace(0.01, 60.0)
REMOTE = PollPace(1.0, 1800.0)


def plans_of(
    wishes: Sequence[ServiceSelection], *, source: str = REPOSITORY, seed: int | None = None, **options: Any
) -> Mapping[str, Plan]:
    """A plan for each protocol that the services declare, with those that declare it; what botocore chooses first.

    All have one seed, so that they send the same params. `options` are those of `plan_of`; raises what it raises.
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    speakers: dict[str, list[ServiceSelection]] = {}
    for wish in wishes:
        service = load_service(wish.service, source, options.get("notify")).service
        for protocol in dict.fromkeys((service.protocol, *service.protocols)):
            if protocol in CODECS:
                speakers.setdefault(protocol, []).append(wish)
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


def paced(plan: Plan, target: Target, *, interval: float | None = None, timeout: float | None = None) -> Plan:
    """The plan at the pace that is asked for, or else at one that suits the target."""
    usual = IN_PROCESS if target.kind == "moto" else LOOPBACK if target.is_near else REMOTE
    return replace(
        plan,
        poll_interval=usual.interval if interval is None else interval,
        poll_timeout=usual.timeout if timeout is None else timeout,
    )


def plan_of(
    wishes: Sequence[ServiceSelection],
    *,
    source: str = REPOSITORY,
    protocol: str | None = None,
    selection: Selection | None = None,
    seed: int | None = None,
    max_examples: int = DEFAULT_EXAMPLES,
    poll_interval: float = LOOPBACK.interval,
    poll_timeout: float = LOOPBACK.timeout,
    notify: Callable[[str], None] | None = None,
) -> Plan:
    """The plan for wishes; without a seed, one is drawn, so that names differ from run to run.

    Raises UnknownName for services, operations and protocols that there are not, BadSelection where no clause is left.
    """
    services = []
    for wish in wishes:
        found = load_service(wish.service, source, notify, protocol=protocol)
        names = wish.operations or tuple(sorted(found.service.operations))
        services.append(
            ServicePlan(
                spec=found.loaded.spec,
                overlay=found.overlay,
                codec=codec_for(found.service),
                operations=tuple(
                    {one.name: one for one in (operation_of(found.service, name) for name in names)}.values()
                ),
                origin=found.loaded.origin,
                older_than_installed=found.loaded.older_than_installed,
            )
        )
    return narrowed(
        Plan(
            services=tuple(services),
            selection=selection or Selection(),
            seed=secrets.randbelow(2**31) if seed is None else seed,
            max_examples=max_examples,
            botocore=ingest.botocore_version(),
            tool_version=importlib.metadata.version("aws-conformance"),
            poll_interval=poll_interval,
            poll_timeout=poll_timeout,
            other_service=functools.partial(_other_services, source),
        )
    )


def _other_services(source: str, service: str) -> ServicePlan | None:
    """What is known of a service that others refer to; None where there is no such service."""
    try:
        found = load_service(service, source)
    except ConformanceError:
        return None
    return ServicePlan(found.loaded.spec, found.overlay, codec_for(found.service), ())
