"""Lists the clauses of a spec: one checkable statement each, under an id that does not change from run to run.

    <service>:<Subject>/<section>[/<path>]#<name>

    sagemaker:CreateEndpoint/input/EndpointName#pattern      what a request must keep to
    sagemaker:DescribeEndpoint/output/EndpointStatus#enum    what an answer must keep to
    sagemaker:DescribeEndpoint/errors#declared               what an error answer must keep to
    sagemaker:CreateEndpoint/protocol#content-type           HTTP and envelope
    sagemaker:CreateEndpointConfig/rule#CFG-02               a rule of the overlay, under the rule's own id
    sagemaker:CreateModel/check#arn-of-own-region            a check that a user registered
    sagemaker:Endpoint/lifecycle#duplicate                   what operations do to a resource (`state.py`)

Every clause is read off the spec. Whether a contradiction of it is an error, a warning or an info is decided where
answers are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from conformance.specs.clauses.answered import NAME as ANSWERED
from conformance.specs.clauses.answered import answered_clause
from conformance.specs.clauses.clause import Clause, Section, model_clause, model_source
from conformance.specs.clauses.sequences import rule_clause
from conformance.specs.clauses.state import state_clauses
from conformance.specs.model import FORM_PROTOCOLS, NUMBER_TYPES, STRING_TYPES, Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.places import KEY, Place, place_at, places


def clauses_of(spec: Spec, overlay: Overlay | None = None) -> Mapping[str, Clause]:
    """Every clause of every operation of a spec, by id, in the order of the operations' names."""
    found: dict[str, Clause] = {}
    for name in sorted(spec.service.operations):
        found.update(operation_clauses(spec, spec.service.operations[name], overlay))
    return MappingProxyType(found)


def find_clause(spec: Spec, operation: Operation, identity: str, overlay: Overlay | None = None) -> Clause | None:
    """The clause of an operation with that id, made without most of the others; None where it has no such clause."""
    head, _, name = identity.rpartition("#")
    about, _, label = head.removeprefix(f"{spec.service.name}:{operation.name}/").partition("/")
    if about not in ("input", "output") or not label:
        kinds = (_protocol, _input, _output, _errors)
        parts = (*(kind(spec, operation) for kind in kinds), _of_overlay(spec, operation, overlay))
        return next((clause for part in parts for clause in part if clause.id == identity), None)
    if name == ANSWERED:
        return next((clause for clause in answered_clause(spec, operation) if clause.id == identity), None)
    service = spec.service
    place = place_at(service, service.input_of(operation) if about == "input" else service.output_of(operation), label)
    for known, statement in () if place is None else constraints(place):
        if known == name:
            section: Section = "input" if about == "input" else "output"
            return model_clause(spec, operation.name, section, label, name, statement)
    return None


def operation_clauses(spec: Spec, operation: Operation, overlay: Overlay | None = None) -> Mapping[str, Clause]:
    """The clauses of one operation, by id: protocol, input, output, errors, rules, those about state that it owns."""
    found: dict[str, Clause] = {}
    parts = (
        _protocol(spec, operation),
        _input(spec, operation),
        _members(spec, operation, "input", spec.service.input_of(operation)),
        _output(spec, operation),
        _members(spec, operation, "output", spec.service.output_of(operation)),
        answered_clause(spec, operation),
        _errors(spec, operation),
        _of_overlay(spec, operation, overlay),
    )
    for part in parts:
        for clause in part:
            found.setdefault(clause.id, clause)
    return MappingProxyType(found)


def _of_overlay(spec: Spec, operation: Operation, overlay: Overlay | None) -> Iterator[Clause]:
    """The clauses of rules, those of registered checks, those about state."""
    yield from _rules(spec, operation, overlay)
    yield from _registered(spec, operation, overlay)
    yield from state_clauses(spec, operation, overlay) if overlay is not None else ()


PROTOCOL_STATEMENTS = {
    "implemented": "the operation is implemented",
    "body": "an answer's body is well-formed in the protocol",
    "envelope": "a success has the envelope of the protocol around its members",
    "content-type": "an answer's content type is that of the protocol",
    "headers": "a header that has one value is in an answer once",
    "status": "a success is answered with the HTTP status that the model gives, 200 where it gives none",
    "request-id": "an answer carries a request id",
    "malformed-body": "a body that cannot be parsed is answered with a 4xx error, not with a success or a 5xx",
    "unknown-members": "a member that the model does not have is ignored",
}

ERROR_STATEMENTS = {
    "envelope": "an error is well-formed in the protocol and carries a code",
    "status": "a client error is answered with the HTTP status of the model, 4xx where it gives none",
    "declared": "an error's code is one that the operation declares, or one that any operation may answer",
    "code": "an error of the model is named by the code that the model gives it, not by the name of its shape",
    "query-code": "an error of the model carries its code of the query protocol in the header x-amzn-query-error",
}

# Protocols in which something surrounds the members of a success: elements, or a header that names the protocol.
ENVELOPE_PROTOCOLS = FORM_PROTOCOLS | {"smithy-rpc-v2-cbor"}

# Protocols in which an error is named by the code of the model. The others write the name of its shape.
CODE_PROTOCOLS = FORM_PROTOCOLS | {"rest-xml"}

# Protocols whose requests have a document in the body, which can have unknown members or be malformed.
DOCUMENT_PROTOCOLS = frozenset({"json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"})

# Protocols in which an unknown member is ignored; XML bodies are held against a schema.
LENIENT_PROTOCOLS = DOCUMENT_PROTOCOLS - {"rest-xml"}


def _protocol(spec: Spec, operation: Operation) -> Iterator[Clause]:
    service = spec.service
    for name in protocol_clauses(service, operation):
        source = f"protocol: {service.protocol}"
        if name == "implemented":
            source = model_source(spec)
        yield Clause(service.name, operation.name, "protocol", "", name, PROTOCOL_STATEMENTS[name], source)


def protocol_clauses(service: Service, operation: Operation) -> Iterator[str]:
    """The names of the protocol's statements that an operation can be held to, in a fixed order."""
    for name in PROTOCOL_STATEMENTS:
        if name == "envelope" and service.protocol not in ENVELOPE_PROTOCOLS:
            continue
        if name in ("malformed-body", "unknown-members") and not _has_document(service, operation):
            continue
        if name == "unknown-members" and service.protocol not in LENIENT_PROTOCOLS:
            continue
        yield name


def _has_document(service: Service, operation: Operation) -> bool:
    """Whether a request of the operation has a body that the server parses as a document."""
    if service.protocol not in DOCUMENT_PROTOCOLS:
        return False
    if service.protocol in ("json", "smithy-rpc-v2-cbor"):
        return True
    shape = service.input_of(operation)
    if shape.payload:
        return service.target(shape.members[shape.payload]).type == "structure"
    return any(member.location is None for member in shape.members.values())


def _errors(spec: Spec, operation: Operation) -> Iterator[Clause]:
    service = spec.service
    for name, statement in ERROR_STATEMENTS.items():
        if (name == "code" and not _has_wire_codes(service, operation)) or (
            name == "query-code" and not has_query_codes(service)
        ):
            continue
        source = model_source(spec) if name in ("declared", "code") else f"protocol: {service.protocol}"
        yield Clause(service.name, operation.name, "errors", "", name, statement, source)
    for shape in service.errors_of(operation):
        if shape.error is None:
            continue
        status = f" with HTTP status {shape.error.status}" if shape.error.status else ""
        statement = f"{shape.error.code} is answered{status} in the shape that the model gives it"
        yield Clause(service.name, operation.name, "errors", shape.name, "shape", statement, model_source(spec))


def _has_wire_codes(service: Service, operation: Operation) -> bool:
    """Whether an error of an operation has another code than the name of its shape, and the protocol writes codes."""
    traits = ((shape.name, shape.error) for shape in service.errors_of(operation))
    differ = any(error is not None and error.code != name for name, error in traits)
    return differ and service.protocol in CODE_PROTOCOLS


def has_query_codes(service: Service) -> bool:
    """Whether errors carry codes of the query protocol in a header: the trait awsQueryCompatible, and no such codec."""
    return service.query_compatible and service.protocol not in FORM_PROTOCOLS


def _rules(spec: Spec, operation: Operation, overlay: Overlay | None) -> Iterator[Clause]:
    for rule in overlay.rules_for(operation.name, spec.provenance.botocore) if overlay else ():
        yield rule_clause(spec, operation, rule)


def _registered(spec: Spec, operation: Operation, overlay: Overlay | None) -> Iterator[Clause]:
    """The clauses of the checks that users register."""
    for check in overlay.checks if overlay else ():
        if check.applies_to(spec.service.name, operation.name):
            yield Clause(spec.service.name, operation.name, "check", "", check.name, check.statement, check.source)


def _input(spec: Spec, operation: Operation) -> Iterator[Clause]:
    yield model_clause(spec, operation.name, "input", "", "accepted", "a request that the model allows is accepted")
    yield model_clause(spec, operation.name, "input", "", "validated", "a request that breaks the model is rejected")


def _output(spec: Spec, operation: Operation) -> Iterator[Clause]:
    yield model_clause(spec, operation.name, "output", "", "members", "an answer has no members beside the model's")


def _members(spec: Spec, operation: Operation, section: Literal["input", "output"], root: Shape) -> Iterator[Clause]:
    for place in places(spec.service, root):
        for name, statement in constraints(place):
            yield model_clause(spec, operation.name, section, place.path, name, statement)


def constraint_names(place: Place) -> Iterator[str]:
    """The names of the constraints at a place, in a fixed order."""
    shape = place.shape
    if place.required:
        yield "required"
    if place.steps[-1] != KEY:
        yield "type"
    if shape.union:
        yield "union"
    if shape.enum:
        yield "enum"
        return  # an enum leaves nothing for a length or a pattern to constrain
    if shape.minimum is not None and _can_break_minimum(shape):
        yield "min"
    if shape.maximum is not None:
        yield "max"
    if shape.pattern is not None and shape.type in STRING_TYPES:
        yield "pattern"


def constraints(place: Place) -> Iterator[tuple[str, str]]:
    """The names of the constraints at a place, with a sentence for each, in a fixed order."""
    label, shape = place.path, place.shape
    for name in constraint_names(place):
        yield name, f"{label} {_STATEMENTS[name](shape)}"


TYPE_NAMES = {
    "structure": "a structure",
    "list": "a list",
    "map": "a map",
    "string": "a string",
    "character": "a character",
    "integer": "an integer",
    "long": "an integer",
    "short": "an integer",
    "byte": "an integer",
    "biginteger": "an integer",
    "float": "a number",
    "double": "a number",
    "bigdecimal": "a number",
    "boolean": "a boolean",
    "blob": "a blob",
    "timestamp": "a timestamp",
}


_STATEMENTS: Mapping[str, Callable[[Shape], str]] = {
    "required": lambda _: "is required",
    "type": lambda shape: f"is {TYPE_NAMES[shape.type]}",
    "union": lambda _: "has exactly one of its members",
    "enum": lambda shape: f"is one of {_shown(shape.enum)}",
    "min": lambda shape: _bound("at least", shape.minimum, shape),
    "max": lambda shape: _bound("at most", shape.maximum, shape),
    "pattern": lambda shape: f"as a whole matches {shape.pattern}",
}


def _bound(words: str, bound: float | None, shape: Shape) -> str:
    unit = _unit(shape)
    return f"has {words} {bound} {unit}" if unit else f"is {words} {bound}"


def _unit(shape: Shape) -> str:
    if shape.type in NUMBER_TYPES:
        return ""
    return {"list": "items", "map": "entries", "blob": "bytes"}.get(shape.type, "characters")


def _can_break_minimum(shape: Shape) -> bool:
    # A minimum length of 0 says nothing; a minimum value of 0 does.
    return shape.type in NUMBER_TYPES or (shape.minimum or 0) > 0


def _shown(values: tuple[str, ...], limit: int = 8) -> str:
    shown = ", ".join(values[:limit])
    return shown if len(values) <= limit else f"{shown}, ... ({len(values)} values)"
