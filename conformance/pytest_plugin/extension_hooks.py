"""The checks and rules of a project, registered once in a session, for as long as it lasts."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from conformance.api.extensions import register_rule
from conformance.exceptions import ConformanceError, UsageError
from conformance.planning import registrations

_REGISTERED = pytest.StashKey[bool]()


def register_extensions(config: pytest.Config) -> None:
    """Call the hooks of the project.

    Raises UsageError for a check or a rule that cannot be registered, and for a hook that raises.
    """
    if config.stash.get(_REGISTERED, False):
        return
    config.stash[_REGISTERED] = True
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    stack.enter_context(registrations.scope())
    _called("pytest_conformance_checks", lambda: config.hook.pytest_conformance_checks(config=config))
    for service, rule in _called("pytest_conformance_rules", lambda: list(_rules(config))):
        register_rule(service, rule)


def _rules(config: pytest.Config) -> Iterator[tuple[Any, Any]]:
    for returned in config.hook.pytest_conformance_rules(config=config):
        if isinstance(returned, (str, bytes)) or not isinstance(returned, Iterable):
            raise _no_pairs(returned)
        for each in returned:
            if not isinstance(each, tuple) or len(each) != 2:
                raise _no_pairs(each)
            yield each


def _no_pairs(returned: object) -> UsageError:
    return UsageError(
        f"the hook pytest_conformance_rules gives {returned!r:.60}", hint="return pairs of a service and a rule"
    )


def _called(hook: str, call: Callable[[], Any]) -> Any:
    """What a hook gives; raises UsageError, with the place, where it raises."""
    try:
        return call()
    except ConformanceError:
        raise
    except Exception as problem:
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        raise UsageError(
            f"the hook {hook} raises {type(problem).__name__}: {problem}", hint=f"{frame.filename}:{frame.lineno}"
        ) from problem
