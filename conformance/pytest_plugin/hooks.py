"""Hooks that a project implements in its conftest.py, to add checks and rules of its own."""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


@pytest.hookspec
def pytest_conformance_checks(config: pytest.Config) -> None:
    """Register checks of answers: call functions that `conformance.register_check` decorates.

    Called once, before the clauses are collected. Each check adds a clause `<service>:<Operation>/check#<name>`.
    """


@pytest.hookspec
def pytest_conformance_rules(config: pytest.Config) -> Iterable[tuple[str, Mapping[str, Any]]] | None:
    """Return rules as pairs of a service and an entry, spelled as under `rules` of an overlay file.

    Called once, before the clauses are collected. Each rule adds a clause `<service>:<Operation>/rule#<id>`.
    """
