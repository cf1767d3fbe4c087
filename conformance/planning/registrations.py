"""The checks and rules that users register, and how they come into the overlays of services.

    register_check, register_rule --add--> this process's registrations --with_registrations--> Overlay

They apply to every service that is loaded after they are registered, as if its overlay file had them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from conformance.exceptions import UnknownName, UsageError
from conformance.specs.model import Service
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.overlay.registered_checks import RegisteredCheck

_checks: dict[str, RegisteredCheck] = {}
_rules: dict[tuple[str, str], Rule] = {}


def add_check(check: RegisteredCheck, *, replace_known: bool = False) -> None:
    """Register a check; raises UsageError for a name that is taken, unless `replace_known`."""
    if check.name in _checks and not replace_known:
        raise _taken("check", check.name)
    _checks[check.name] = check


def add_rule(service: str, rule: Rule, *, replace_known: bool = False) -> None:
    """Register a rule of a service; raises UsageError for an id that is taken, unless `replace_known`."""
    if (service, rule.id) in _rules and not replace_known:
        raise _taken("rule", f"{service} {rule.id}")
    _rules[service, rule.id] = rule


def _taken(kind: str, name: str) -> UsageError:
    return UsageError(f"a {kind} '{name}' is registered already", hint="pass replace=True to register another")


def with_registrations(overlay: Overlay, service: Service) -> Overlay:
    """The overlay with what is registered for the service.

    Raises UsageError for a rule with the id of one in the overlay file, UnknownName for a rule of an operation that the
    service does not have.
    """
    rules = tuple(rule for (name, _), rule in _rules.items() if name == service.name)
    if not rules and not _checks:
        return overlay
    known = {rule.id for rule in overlay.rules}
    for rule in rules:
        if rule.id in known:
            raise UsageError(
                f"the overlay of {service.name} has a rule '{rule.id}' already", hint="register another id"
            )
        for name in rule.operations:
            if name not in service.operations:
                raise UnknownName(f"operation of {service.name} in the rule {rule.id}", name, service.operations)
    return replace(overlay, rules=(*overlay.rules, *rules), checks=tuple(_checks.values()))


@contextlib.contextmanager
def scope() -> Iterator[None]:
    """Limit registrations to a block: after it, what was registered before is registered, and nothing else."""
    checks, rules = dict(_checks), dict(_rules)
    try:
        yield
    finally:
        _checks.clear()
        _rules.clear()
        _checks.update(checks)
        _rules.update(rules)
