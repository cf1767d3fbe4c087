"""SageMaker hosting in memory: models, endpoint configurations, endpoints and their tags, as AWS answers them.

    with hosting(creating=2) as url:                # the faithful one: an endpoint is Creating for two answers
    with hosting(pattern_not_checked=True) as url:  # an implementation with one fault

What it does follows botocore's model, recorded answers of AWS and AWS's documentation, and shares no code with what it
is there to measure. `SWITCHES` lists the faults: what each breaks, which clause says so, and what it takes to see it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from doubles.hosting.faults import Faults, Switch
from doubles.hosting.server import OPERATIONS, Hosting, serving
from doubles.hosting.store import Polls
from doubles.hosting.switches import SWITCHES

__all__ = ["OPERATIONS", "SWITCHES", "Switch", "hosting", "service_of"]


def service_of(*, creating: int = 1, updating: int = 1, deleting: int = 1, lag: int = 0, **switches: bool) -> Hosting:
    """A double that nobody serves yet.

    The first numbers say how many answers of DescribeEndpoint show a state that passes, `lag` how often a configuration
    is not found after it was made. All of that is as AWS is; `switches` are not.
    """
    on = tuple(SWITCHES[name] for name, wanted in switches.items() if wanted)
    return Hosting(Faults(on), Polls(creating, updating, deleting, lag))


def hosting(**options: Any) -> AbstractContextManager[str]:
    """A running double and its URL; options are those of `service_of`."""
    return serving(service_of(**options))
