"""How pytest shows wrong use: one line, exit status 4. Every part of the plugin needs it, so it imports little."""

from __future__ import annotations

import pytest

from conformance.exceptions import ConformanceError


def usage_error(problem: ConformanceError) -> pytest.UsageError:
    """The problem as pytest shows wrong use: one line, exit status 4."""
    return pytest.UsageError(in_one_line(problem))


def in_one_line(problem: ConformanceError) -> str:
    """The message and the hint."""
    return f"conformance: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
