"""The operations of a plan that are not sent, and those that were named one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.planning.permissions import Permissions, Refusal
from conformance.planning.plan import Plan, ServicePlan
from conformance.specs.resources.removals import Removals

# Text that names one operation, and no glob.
_NAMED = re.compile(r"[^\s:*?]+:[^\s:*?]+")


def refusals(service: ServicePlan, permissions: Permissions | None) -> Mapping[str, Refusal]:
    """Why operations of a service are not sent, by name; empty where everything may be sent."""
    if permissions is None:
        return {}
    name, removals = service.spec.service.name, Removals(service.spec.service, service.overlay)
    found = {
        each.name: permissions.refusal(name, each.name, removals.delete_of(each.name)) for each in service.operations
    }
    return {operation: refusal for operation, refusal in found.items() if refusal is not None}


def with_permissions(plan: Plan, permissions: Permissions, selections: Iterable[str]) -> Plan:
    """The plan under permissions; the operations that the selections name one by one are added to `named`."""
    named = permissions.named | named_operations(selections, plan)
    return replace(plan, permissions=replace(permissions, named=named))


def named_operations(selections: Iterable[str], plan: Plan) -> frozenset[str]:
    """The operations that selections name one by one: `ec2:PurchaseHostReservation`, but neither `ec2` nor `ec2:P*`."""
    spelled = {_plain(each) for text in selections for each in _single(text) if _NAMED.fullmatch(each)}
    names = (f"{one.spec.service.name}:{each.name}" for one in plan.services for each in one.operations)
    return frozenset(name for name in names if _plain(name) in spelled)


def _single(text: str) -> Iterator[str]:
    service, _, operations = text.partition(":")
    return (f"{service.strip()}:{each.strip()}" for each in operations.split(","))


def _plain(name: str) -> str:
    return re.sub(r"[-_]", "", name).lower()
