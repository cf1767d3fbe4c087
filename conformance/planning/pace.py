"""How fast a target is polled, and how long a change of its state may take.

AWS asks for seconds between two polls and takes minutes; an emulator on this machine answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.exchanges.target import Target
from conformance.planning.plan import Plan

# Seconds that one request may take as a whole.
REQUEST_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class PollPace:
    """`interval` is the factor by which a waiter's delay is scaled, `timeout` the seconds that a change may take."""

    interval: float
    timeout: float


# What runs on this machine is polled a hundred times as often as AWS asks for. What runs in this process does nothing
# between two requests, so that a long wait is in vain.
IN_PROCESS = PollPace(0.01, 5.0)
LOOPBACK = PollPace(0.01, 60.0)
REMOTE = PollPace(1.0, 1800.0)


def with_pace(plan: Plan, target: Target, *, interval: float | None = None, timeout: float | None = None) -> Plan:
    """The plan with the given interval and timeout; what is None is chosen to suit the target."""
    usual = IN_PROCESS if target.kind == "moto" else LOOPBACK if target.is_near else REMOTE
    return replace(
        plan,
        poll_interval=usual.interval if interval is None else interval,
        poll_timeout=usual.timeout if timeout is None else timeout,
    )
