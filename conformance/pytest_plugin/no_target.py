"""How a session ends where there is nothing to test: as for wrong use, with one line and exit status 4."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from _pytest.outcomes import Exit


class NoTarget(Exit):
    """There is nothing to test."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=int(pytest.ExitCode.USAGE_ERROR))


class EndsWithoutTarget:
    """A plugin object that makes a usage error of NoTarget.

    A worker of pytest-xdist stops in order, and leaves the rest to its controller: anything else looks like a crash.
    """

    def __init__(self, *, is_worker: bool) -> None:
        self.is_worker = is_worker
        self.problem: str | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run a test, and end as pytest does for wrong use where there is no target."""
        try:
            return (yield)
        except NoTarget as problem:
            self.problem = str(problem.msg)
            if not self.is_worker:
                raise pytest.UsageError(self.problem) from None
            item.session.shouldstop = self.problem
            return True
