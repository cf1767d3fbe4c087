"""The plan of a run, from the header of its record; refused where it would no longer be the same plan.

HeaderRow --recorded_plan--> Plan     (spec digests, version of this program)
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exceptions import UsageError
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ClauseSelection, ServiceSelection
from conformance.record.rows import HeaderRow
from conformance.specs.store.loading import REPOSITORY


class NotTheSame(UsageError):
    """A record that another plan has led to than the one that can be made now."""

    code = "not-the-same"


def recorded_plan(header: HeaderRow, *, source: str = REPOSITORY) -> Plan:
    """The plan that a record was made by, with the specs of `source`.

    Raises NotTheSame where version or specs differ, and what `plan_of` raises.
    """
    protocols = {each.service: each.protocol for each in header.services}
    plan = _planned(header, source, None)
    if _protocols(plan) != protocols and len(set(protocols.values())) == 1:
        plan = _planned(header, source, next(iter(protocols.values())))
    for problem in _differences(plan, header, protocols):
        raise NotTheSame(f"the record is of another run: {problem}", hint="start a new run, without --resume")
    return plan


def _planned(header: HeaderRow, source: str, protocol: str | None) -> Plan:
    chosen = header.selection
    return plan_of(
        [_selection(text) for text in chosen.services],
        source=source,
        protocol=protocol,
        selection=ClauseSelection(chosen.only, chosen.skip),
        seed=header.seed,
        max_examples=chosen.max_examples,
        names=header.names,
    )


def _selection(text: str) -> ServiceSelection:
    service, _, operations = text.partition(":")
    return ServiceSelection(service, tuple(operations.split(",")) if operations else ())


def _protocols(plan: Plan) -> dict[str, str]:
    return {each.spec.service.name: each.codec.name for each in plan.services}


def _differences(plan: Plan, header: HeaderRow, protocols: dict[str, str]) -> Iterator[str]:
    if header.tool.version != plan.tool_version:
        yield f"version {header.tool.version} made it, this is {plan.tool_version}"
    now = {each.spec.service.name: each.spec.provenance.digest for each in plan.services}
    for service in header.services:
        if now.get(service.service) != service.spec.digest:
            yield f"the spec of {service.service} was {service.spec.digest}, it is {now.get(service.service)}"
    if _protocols(plan) != protocols:
        yield f"it was over {', '.join(sorted(set(protocols.values())))}"
