"""Whether a request is such as an application sends, as far as its contract tells.

It has no member that the application does not send, every member that it always sends, no value of an enum that it does
not send, and no structure without any member. That a target refuses other requests is of no matter to the application.
"""

from __future__ import annotations

from typing import Any

from conformance.contracts.member_places import MemberPlace, root_place, steps_into
from conformance.contracts.relevance import UsedOperation
from conformance.contracts.usage import MemberUse, Tests


def is_alike(used: UsedOperation, params: Any) -> bool:
    """Whether params, as a record has them, are such as the application sends."""
    service = used.service.spec.service
    return _is_alike(root_place(service, service.input_of(used.operation)), params or {}, used)


def _is_alike(place: MemberPlace, value: Any, used: UsedOperation) -> bool:
    use = used.use.sent.get(place.path)
    if place.path and use is None:
        return False
    if use is not None and use.values and isinstance(value, str):
        return value in use.values
    inside = list(steps_into(place, value))
    if place.is_structure and not _is_complete(place, {inner.path for inner, _ in inside}, use, used):
        return False
    return all(_is_alike(inner, item, used) for inner, item in inside)


def _is_complete(place: MemberPlace, given: set[str], use: MemberUse | None, used: UsedOperation) -> bool:
    """Whether a structure has what the application always gives it, and something where it always gives something."""
    above = f"{place.path}/" if place.path else ""
    known = {
        path: member
        for path, member in used.use.sent.items()
        if path.startswith(above) and not set("/[{") & set(path[len(above) :])
    }
    calls = used.use.tests if use is None else _tests(use, used)
    always = {
        path for path, member in known.items() if (used.use.tests if member.tests is None else member.tests) == calls
    }
    return always <= given and (bool(given) or not known)


def _tests(member: MemberUse, used: UsedOperation) -> Tests:
    return used.use.tests if member.tests is None else member.tests
