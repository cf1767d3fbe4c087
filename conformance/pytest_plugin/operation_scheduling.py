"""How pytest-xdist deals out the tests of clauses: an operation to a worker, which sends its requests once."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from conformance.pytest_plugin.options import NODE_IDS


def operation_scheduling(config: pytest.Config, log: object) -> object:
    """The scheduler for `--dist load` and `worksteal`: other tests are dealt out one by one."""
    scheduler: Any = LoadScopeScheduling(config, log)
    scheduler._split_scope = _scope
    return scheduler


def _scope(nodeid: str) -> str:
    return nodeid.rpartition("::")[0] if nodeid.startswith(NODE_IDS) else nodeid
