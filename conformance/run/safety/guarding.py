"""When a target is guarded: AWS always, whatever the plan says; others where the plan asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan
from conformance.run.cleanup.created_thing import CreationObserver
from conformance.run.safety.creation_ledger import CreationLedger, LedgerHead
from conformance.run.safety.rate_limiter import RateLimiter
from conformance.run.safety.request_guard import Guarded, RequestGuard


@contextlib.contextmanager
def guarded(
    plan: Plan, target: Guarded, sleep: Callable[[float], None]
) -> Iterator[tuple[Plan, Guarded, tuple[CreationObserver, ...]]]:
    """The plan with its permissions, the target behind a guard, and who is to learn what the run makes.

    Plan and target are as they are where there is nothing to guard. What speaks to AWS, and was given no permissions,
    may read.
    """
    if plan.permissions is None and target.identity().get("kind") == "aws":
        plan = replace(plan, permissions=Permissions())
    if plan.permissions is None and plan.rate is None:
        yield plan, target, ()
        return
    ledger = _ledger(plan.permissions, target) if plan.permissions is not None else None
    guard = RequestGuard(target, plan, plan.permissions, RateLimiter(plan.rate, sleep), ledger)
    observers: tuple[CreationObserver, ...] = (guard.ownership,)
    try:
        yield plan, guard, observers if ledger is None else (*observers, ledger)
    finally:
        if ledger is not None:
            ledger.close()


def _ledger(permissions: Permissions, target: Guarded) -> CreationLedger | None:
    if permissions.ledger is None:
        return None
    found = target.identity()
    head = LedgerHead(permissions.run_id, str(found.get("region") or ""), found.get("url"), permissions.account)
    return CreationLedger(Path(permissions.ledger), head)
