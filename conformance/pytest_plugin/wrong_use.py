"""How pytest shows wrong use: one line, exit status 4. Every part of the plugin needs it, so it imports little."""

from __future__ import annotations

import re

import pytest

from conformance.exceptions import ConformanceError

# Hints name options as the command line has them.
_OPTION = re.compile(r"(?<![\w-])--(baseline|fail-on|max-examples|only|out|seed|skip|target)(?![\w-])")

OLDEST_PYTEST = (8, 1)
"""Older versions do not see fixtures of a conftest.py from the tests of clauses."""


def check_version() -> None:
    """Raise UsageError where pytest is too old."""
    if pytest.version_tuple[:2] < OLDEST_PYTEST:
        wanted = ".".join(map(str, OLDEST_PYTEST))
        raise pytest.UsageError(f"conformance: pytest {pytest.__version__} is too old (use {wanted} or newer)")


def usage_error(problem: ConformanceError) -> pytest.UsageError:
    """The problem as pytest shows wrong use: one line, exit status 4."""
    return pytest.UsageError(in_one_line(problem))


def in_one_line(problem: ConformanceError) -> str:
    """The message and the hint."""
    text = f"conformance: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
    return _OPTION.sub(r"--conformance-\1", text)
