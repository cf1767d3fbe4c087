"""The checks and rules of a project, registered once in a session, for as long as it lasts."""

from __future__ import annotations

import contextlib

import pytest

from conformance.api.extensions import register_rule
from conformance.planning import registrations

_REGISTERED = pytest.StashKey[bool]()


def register_extensions(config: pytest.Config) -> None:
    """Call the hooks of the project; raises UsageError for a check or a rule that cannot be registered."""
    if config.stash.get(_REGISTERED, False):
        return
    config.stash[_REGISTERED] = True
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    stack.enter_context(registrations.scope())
    config.hook.pytest_conformance_checks(config=config)
    for rules in config.hook.pytest_conformance_rules(config=config):
        for service, rule in rules or ():
            register_rule(service, rule)
