"""Clauses that what an operation writes is read by another one: `<Producer>/state/<Consumer>#comes-back`.

A setting of a parent is absent before it is put, and gone after it is removed: `#absent-before-put`,
`#gone-after-delete`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.flows import Flow, flows_from
from conformance.specs.resources.parent_settings import ParentSetting, setting_put_by

SECTION: Section = "state"

COMES_BACK = "comes-back"

ABSENT = "absent-before-put"
GONE = "gone-after-delete"

NAMES = (COMES_BACK, ABSENT, GONE)

# Tags have a family of their own.
_TAGS = re.compile(r"Tag(s|ging)?(?![a-z])")


def data_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about what an operation writes, one for each operation that reads it."""
    for flow in plain_flows(spec.service, operation, overlay):
        statement = f"what {flow.producer} is given comes back from {flow.consumer}"
        yield model_clause(spec, operation.name, SECTION, flow.consumer, COMES_BACK, statement)
    setting = plain_setting(spec.service, operation, overlay)
    if setting is None:
        return
    for name in setting_clause_names(setting):
        statement = _SETTINGS[name].format(setting)
        yield model_clause(spec, operation.name, SECTION, setting.read, name, statement)


_SETTINGS = {
    ABSENT: "before {0.put}, {0.read} of a new parent answers {0.absent.code}",
    GONE: "after {0.remove}, {0.read} answers {0.absent.code}",
}


def setting_clause_names(setting: ParentSetting) -> tuple[str, ...]:
    """The clauses about a setting."""
    return (GONE,) if setting.absent.default else (ABSENT, GONE)


def plain_setting(service: Service, operation: Operation, overlay: Overlay) -> ParentSetting | None:
    """The setting that an operation puts, if that is neither a resource nor tags."""
    if _has_own_family(operation, overlay):
        return None
    return setting_put_by(service, operation)


def plain_flows(service: Service, operation: Operation, overlay: Overlay) -> Iterator[Flow]:
    """The flows of an operation whose consumer can be asked with what the producer was told, and with data at hand.

    What creates or updates a resource has clauses about its round trip.
    """
    if _has_own_family(operation, overlay):
        return
    for flow in flows_from(service, operation):
        if flow.by is None and _unknown(service, flow) <= _at_hand(flow.consumer, overlay):
            yield flow


def _has_own_family(operation: Operation, overlay: Overlay) -> bool:
    return _TAGS.search(operation.name) is not None or any(
        operation.name in (each.create, each.update) for each in overlay.resources.values()
    )


def _unknown(service: Service, flow: Flow) -> frozenset[str]:
    """The members that the consumer needs and the producer does not have."""
    needed = service.input_of(service.operations[flow.consumer]).required
    return frozenset(needed) - service.input_of(service.operations[flow.producer]).members.keys()


def _at_hand(consumer: str, overlay: Overlay) -> frozenset[str]:
    """The members of a request for which the overlay has values."""
    hints = overlay.requests.get(consumer)
    edits = hints.edits if hints is not None else ()
    return frozenset(str(edit.path[0]) for edit in edits if len(edit.path) == 1)
