"""A spec as JSON Schema 2020-12: one document a service, for anybody who has a validator and nothing of ours.

    $defs/EndpointName             every shape, under its own name
    $defs/CreateEndpoint.input     the request of an operation, in the JSON form that SDKs and the AWS CLI take
    $defs/CreateEndpoint.output    its answer
    x-aws-service, x-aws-operations   what a request is sent with

    {"$ref": "the-service.json#/$defs/CreateEndpoint.input"}

Recursion is a `$ref`; a union is exactly one of its members. Timestamps may be a number (seconds) or a text,
blobs are text in base 64. What JSON Schema cannot say stands beside it in keywords that start with `x-aws-`,
which validators ignore: where in the HTTP request a member goes, the size of a blob, the pattern as AWS writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, Member, Operation, Service, Shape, Spec

Schema = dict[str, Any]
# An AWS pattern, to an expression that validators search for; raises ValueError where there is none.
Translate = Callable[[str], str]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def service_json_schema(spec: Spec, *, translate: Translate) -> Schema:
    """The JSON Schema document of a service.

    `translate` turns an AWS pattern into one that validators take; where it raises ValueError the pattern is left
    out and a `$comment` says so.
    """
    service, origin = spec.service, spec.provenance
    shapes = {name: _shape(shape, translate) for name, shape in sorted(service.shapes.items())}
    return {
        "$schema": DIALECT,
        "$id": f"urn:aws-conformance:{service.name}:{service.api_version}:botocore-{origin.botocore}",
        "title": f"{service.full_name} {service.api_version}",
        "description": f"Requests, answers and shapes of {service.full_name}, from the model in botocore "
        f"{origin.botocore}. Refer to '#/$defs/<Operation>.input', '#/$defs/<Operation>.output' or a shape.",
        "x-aws-service": _about(service),
        "x-aws-operations": {name: _operation(service, item) for name, item in sorted(service.operations.items())},
        "$defs": {**shapes, **_sides(service)},
    }


def _about(service: Service) -> Schema:
    about = {
        "name": service.name,
        "serviceId": service.service_id,
        "apiVersion": service.api_version,
        "protocols": list(service.protocols),
        "signingName": service.signing_name,
        "jsonVersion": service.json_version,
        "targetPrefix": service.target_prefix,
    }
    return {key: value for key, value in about.items() if value is not None}


def _operation(service: Service, operation: Operation) -> Schema:
    about: Schema = {
        "method": operation.method,
        "uri": operation.uri,
        "input": {"$ref": _pointer(f"{operation.name}.input")},
        "output": {"$ref": _pointer(f"{operation.name}.output")},
    }
    if operation.errors:
        about["errors"] = [{"$ref": _pointer(shape.name)} for shape in service.errors_of(operation)]
    if operation.deprecated:
        about["deprecated"] = True
    return about


def _sides(service: Service) -> Schema:
    sides: Schema = {}
    for name, operation in sorted(service.operations.items()):
        for side, shape, words in (
            ("input", operation.input, f"The request of {name}."),
            ("output", operation.output, f"The answer of {name}."),
        ):
            empty = {"type": "object", "additionalProperties": False}
            sides[f"{name}.{side}"] = {"description": words, **({"$ref": _pointer(shape)} if shape else empty)}
    return sides


def _pointer(name: str) -> str:
    return f"#/$defs/{name}"


# ---------------------------------------------------------------- shapes


def _shape(shape: Shape, translate: Translate) -> Schema:
    schema: Schema = {"description": _described(shape)}
    schema.update(_BUILDERS.get(shape.type, _scalar)(shape, translate))
    if shape.deprecated:
        schema["deprecated"] = True
    if shape.sensitive:
        schema["x-aws-sensitive"] = True
    if shape.error is not None:
        traits = {"code": shape.error.code, "status": shape.error.status, "fault": shape.error.fault}
        schema["x-aws-error"] = {key: value for key, value in traits.items() if value is not None}
    return schema


def _structure(shape: Shape, _: Translate) -> Schema:
    if shape.document:
        return {"x-aws-type": "document"}
    schema: Schema = {"type": "object"}
    if shape.members:
        schema["properties"] = {name: _reference(member) for name, member in sorted(shape.members.items())}
    required = [name for name in dict.fromkeys(shape.required) if name in shape.members]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = False
    if shape.union or shape.event_stream:
        schema["oneOf"] = [{"required": [name]} for name in sorted(shape.members)]
    if shape.event_stream:
        return {"type": "array", "items": schema, "x-aws-event-stream": True}
    return schema


def _reference(member: Member) -> Schema:
    if member.jsonvalue:
        return {"x-aws-jsonvalue": True, **_placed(member)}
    schema: Schema = {"$ref": _pointer(member.shape), **_placed(member)}
    if member.deprecated:
        schema["deprecated"] = True
    for name, value in (
        ("x-aws-idempotency-token", member.idempotency_token),
        ("x-aws-streaming", member.streaming),
        ("x-aws-host-label", member.host_label),
    ):
        if value:
            schema[name] = True
    return schema


def _placed(member: Member) -> Schema:
    placed = (("x-aws-location", member.location), ("x-aws-location-name", member.location_name))
    return {key: value for key, value in placed if value is not None}


def _item(member: Member | None, sparse: bool) -> Schema | bool:
    if member is None:
        return True
    found = _reference(member)
    return {"anyOf": [found, {"type": "null"}]} if sparse else found


def _list(shape: Shape, _: Translate) -> Schema:
    return {"type": "array", "items": _item(shape.element, shape.sparse), **_sizes(shape, "minItems", "maxItems")}


def _map(shape: Shape, _: Translate) -> Schema:
    return {
        "type": "object",
        "propertyNames": _item(shape.key, sparse=False),
        "additionalProperties": _item(shape.value, shape.sparse),
        **_sizes(shape, "minProperties", "maxProperties"),
    }


def _string(shape: Shape, translate: Translate) -> Schema:
    if shape.enum:
        return {"type": "string", "enum": list(dict.fromkeys(shape.enum))}
    schema: Schema = {"type": "string", **_sizes(shape, "minLength", "maxLength")}
    if shape.pattern is None:
        return schema
    schema["x-aws-pattern"] = shape.pattern
    try:
        schema["pattern"] = translate(shape.pattern)
    except ValueError as problem:
        schema["$comment"] = f"no pattern, because validators have no common spelling of it: {problem}"
    return schema


def _number(shape: Shape, _: Translate) -> Schema:
    bounds = (("minimum", shape.minimum), ("maximum", shape.maximum))
    kind = "integer" if shape.type in INTEGER_TYPES else "number"
    limits = {key: value for key, value in bounds if value is not None}
    return {"type": kind, **limits, "x-aws-type": shape.type}


def _blob(shape: Shape, _: Translate) -> Schema:
    return {
        "type": "string",
        "contentEncoding": "base64",
        "x-aws-type": "blob",
        **_sizes(shape, "x-aws-minBytes", "x-aws-maxBytes"),
    }


def _timestamp(shape: Shape, _: Translate) -> Schema:
    schema: Schema = {"type": ["number", "string"], "x-aws-type": "timestamp"}
    if shape.timestamp_format:
        schema["x-aws-timestamp-format"] = shape.timestamp_format
    return schema


def _scalar(shape: Shape, _: Translate) -> Schema:
    return {"type": shape.type}


_BUILDERS: dict[str, Callable[[Shape, Translate], Schema]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "blob": _blob,
    "timestamp": _timestamp,
    **dict.fromkeys(("string", "character"), _string),
    **dict.fromkeys(INTEGER_TYPES | FLOAT_TYPES, _number),
}


def _sizes(shape: Shape, low: str, high: str) -> Schema:
    # Some models give lengths as fractions or below zero, which JSON Schema does not take.
    bounds = ((low, shape.minimum), (high, shape.maximum))
    return {key: max(0, int(value)) for key, value in bounds if value is not None}


def _described(shape: Shape) -> str:
    names = {"structure": "Structure", "list": "List", "map": "Map"}
    kind = names.get(shape.type, shape.type.capitalize())
    if shape.error is not None:
        status = f", HTTP status {shape.error.status}" if shape.error.status else ""
        return f"Error {shape.error.code}{status}."
    if shape.document:
        return "Document: any JSON value."
    if shape.type == "structure":
        count = len(shape.members)
        what = "Union: exactly one" if shape.union else "Event stream: each event one" if shape.event_stream else kind
        return f"{what} of {_listed(shape.members)}." if count else "Structure without members."
    parts = {"list": shape.element, "map": shape.value}
    part = parts.get(shape.type)
    return (
        f"{kind} of {part.shape}." if part else f"{kind} with {len(shape.enum)} values." if shape.enum else f"{kind}."
    )


def _listed(names: Iterable[str], limit: int = 6) -> str:
    found = sorted(names)
    shown = ", ".join(found[:limit])
    return shown if len(found) <= limit else f"{shown} and {len(found) - limit} more"
