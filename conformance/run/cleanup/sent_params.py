"""What a request says on the wire, also where its body was replaced: nothing of the params is in that body.

PutMetricAlarm(AlarmName)          body null  -->  no params: whatever is made has no name of ours
PUT /functions/one/concurrency     body null  -->  FunctionName=one, which is in the path
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from conformance.cases.case import Call
from conformance.specs.model import Service
from conformance.specs.resources.resource import Resource
from conformance.values.paths import apply, value_at


def sent_params(service: Service, call: Call) -> Mapping[str, Any]:
    """The params as they are on the wire: with the edits, and those outside of the body alone if that is another."""
    params: Mapping[str, Any] = call.params
    with contextlib.suppress(LookupError):
        params = apply(call.params, call.edits)
    if not has_own_body(call):
        return params
    members = service.input_of(service.operations[call.operation]).members
    return {name: value for name, value in params.items() if name in members and members[name].location is not None}


def has_own_body(call: Call) -> bool:
    """Whether a body that does not parse, or other bytes, take the place of the params."""
    return call.broken_body or call.body is not None


def sent_names(params: Mapping[str, Any], resource: Resource) -> frozenset[str]:
    """The names that a creating request gives to a resource, those for people as well."""
    chosen = (each.source.path for each in resource.handles if each.source.side == "request")
    found = (value_at(params, path) for path in (*resource.labels, *chosen))
    return frozenset(each for each in found if isinstance(each, str))
