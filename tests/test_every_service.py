"""Every service of the installed botocore: read as its spec was written, exported, and requests valid by four judges.

The requests are samples and drawn ones, of every operation that takes input:

smallest, fullest, drawn --> botocore's ParamValidator    no report
                         --> our constraints              no violation
                         --> the exported JSON Schema     valid (all operations of a dozen services, two of others)
                         --> encode, strict decode        unchanged, in every protocol that the service declares
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import jsonschema
import pytest
from botocore.model import ServiceModel, ShapeResolver
from botocore.validate import ParamValidator
from hypothesis import strategies as st

from conformance.cases.constraints import violations
from conformance.cases.samples import Sampler
from conformance.cases.strategies import MAX_RECURSION, ShapeStrategies, recursive_shapes
from conformance.regexes.portable_writer import portable
from conformance.run.random_search import examples
from conformance.specs import ingest, json_schema
from conformance.specs.model import FORM_PROTOCOLS, Operation, Service, Shape, Spec
from conformance.specs.store.canonical import canonical_text
from conformance.specs.store.documents import service_document, service_from_document
from conformance.wire.message import Inexpressible
from conformance.wire.protocols import CODECS
from conformance.wire.traits import event_stream_member

pytestmark = pytest.mark.slow

SERVICES = ingest.service_names()

# Small and huge, one or more of each protocol, recursive ones, those with odd places.
IN_FULL = (
    "dynamodb",
    "sagemaker",
    "sqs",
    "iam",
    "ec2",
    "lambda",
    "apigateway",
    "lex-runtime",
    "s3",
    "route53",
    "wafv2",
    "rum",
)

# Operations drawn together: a search has costs of its own.
TOGETHER = 10
DRAWN = 3

# Why some requests are not read back as they were. Two members that the model gives one name on the wire:
ONE_NAME_ON_THE_WIRE = {("s3", "PutBucketNotification"): "Events, and Event from which it was made"}
# What encode may refuse, although the request is valid:
INEXPRESSIBLE = {"checksums of": "an algorithm that the standard library lacks"}


def operations_of(service: Service) -> list[Operation]:
    return [operation for operation in service.operations.values() if operation.input]


def has_stream(service: Service, operation: Operation) -> bool:
    return event_stream_member(service, service.input_of(operation)) is not None


def without_streams(service: Service) -> list[Operation]:
    return [operation for operation in operations_of(service) if not has_stream(service, operation)]


def drawn(service: Service, operations: list[Operation]) -> Iterator[tuple[Operation, dict[str, Any]]]:
    values = ShapeStrategies(service)
    for start in range(0, len(operations), TOGETHER):
        yield from drawn_together(service, values, operations[start : start + TOGETHER])


def drawn_together(
    service: Service, values: ShapeStrategies, some: list[Operation]
) -> Iterator[tuple[Operation, dict[str, Any]]]:
    together = st.fixed_dictionaries({operation.name: values.of(service.input_of(operation)) for operation in some})
    found = examples(together, DRAWN, seed=7)
    if len(found) < DRAWN and len(some) > 1:  # too much for Hypothesis at once, or too little to choose from
        for operation in some:
            yield from drawn_together(service, values, [operation])
    else:
        assert len(found) == DRAWN or len(service.input_of(some[0]).members) < DRAWN, some[0].name
        for several in found:
            yield from ((operation, several[operation.name]) for operation in some)


def requests_for(service: Service, operations: list[Operation]) -> Iterator[tuple[Operation, dict[str, Any]]]:
    for full in (False, True):
        sampler = Sampler(service, full=full)
        yield from ((operation, sampler.build(service.input_of(operation))) for operation in operations)
    yield from drawn(service, operations)


def botocore_model(spec: Spec) -> tuple[Any, Any]:
    """The model of a service, and its shapes by name."""
    # Straight from the file: the loader would add the parameters that exist for SDKs only.
    name = spec.service.name
    path = ingest.data_directory() / name / spec.service.api_version / "service-2.json.gz"
    description = json.loads(gzip.decompress(path.read_bytes()))
    return ServiceModel(description, name), shared_shapes(description["shapes"])


def shared_shapes(descriptions: Mapping[str, Any]) -> Any:
    """Shapes, one for all references to it. Botocore makes one for each reference: a tree of many thousands."""
    resolver = ShapeResolver(descriptions)
    make, made = resolver.get_shape_by_name, {}

    def shape(name: str, traits: Mapping[str, Any] | None = None) -> Any:
        kept = {trait: value for trait, value in (traits or {}).items() if trait != "documentation"}
        key = (name, repr(kept))
        if key not in made:
            made[key] = make(name, kept)
        return made[key]

    resolver.get_shape_by_name = shape
    return resolver


@pytest.fixture(scope="module", params=SERVICES)
def spec(request: pytest.FixtureRequest) -> Spec:
    """The spec of a service; all tests of one service follow each other."""
    return ingest.installed_spec(request.param)


def test_a_spec_is_read_as_it_was_written(spec: Spec) -> None:
    assert service_from_document(json.loads(canonical_text(service_document(spec.service)))) == spec.service


def test_requests_are_valid_by_four_judges(spec: Spec) -> None:
    (theirs, shapes), validator = botocore_model(spec), ParamValidator()
    service, schemas = spec.service, by_schema(spec)
    recursive = recursive_shapes(service)
    only_streams_are_left_out(service, theirs)
    for operation, value in requests_for(service, without_streams(service)):
        shape = service.input_of(operation)
        report = validator.validate(value, shapes.get_shape_by_name(shape.name))
        assert not report.has_errors(), (operation.name, report.generate_report(), value)
        assert list(violations(service, shape, value)) == [], (operation.name, value)
        assert entered(service, shape, value, recursive, ()) <= MAX_RECURSION + 1, (operation.name, value)
        survives(service, operation, value)
        if operation.name in schemas:
            problem = jsonschema.exceptions.best_match(schemas[operation.name].iter_errors(in_json(value)))
            assert problem is None, (operation.name, problem.message, value)


def by_schema(spec: Spec) -> dict[str, Any]:
    """Validators of the exported schema, by operation; only the first and the last where it would take long."""
    operations = without_streams(spec.service)
    if spec.service.name not in IN_FULL:
        operations = operations[:: max(1, len(operations) - 1)]
    document = json_schema.service_json_schema(spec, translate=portable)
    definitions = document["$defs"]
    assert definitions
    # The meta-schema takes a second for a big service; the shapes are built alike in all.
    if SERVICES.index(spec.service.name) % 20 == 0:
        jsonschema.Draft202012Validator.check_schema(document)
    return {
        operation.name: jsonschema.Draft202012Validator(
            {"$ref": f"#/$defs/{operation.name}.input", "$defs": definitions}
        )
        for operation in operations
    }


def entered(service: Service, shape: Shape, value: Any, recursive: frozenset[str], above: tuple[str, ...]) -> int:
    """How often one and the same recursive shape stands on one path, at the most."""
    if shape.document or not recursive:
        return 0
    if shape.name in recursive:
        above = (*above, shape.name)
    items: list[tuple[Shape, Any]] = []
    if shape.type == "structure":
        items = [(service.target(shape.members[name]), item) for name, item in value.items()]
    elif shape.element is not None:
        items = [(service.target(shape.element), item) for item in value]
    elif shape.value is not None:
        items = [(service.target(shape.value), item) for item in value.values()]
    deepest = max((entered(service, below, item, recursive, above) for below, item in items), default=0)
    return max(deepest, above.count(shape.name))


def survives(service: Service, operation: Operation, value: dict[str, Any]) -> None:
    for protocol in sorted({service.protocol, *service.protocols} & CODECS.keys()):
        codec, spoken = CODECS[protocol], dataclasses.replace(service, protocol=protocol)
        try:
            request = codec.encode(spoken, operation, value)
        except Inexpressible as problem:
            if any(reason in str(problem) for reason in INEXPRESSIBLE):
                continue
            raise
        if (service.name, operation.name) in ONE_NAME_ON_THE_WIRE:
            continue
        decoded = codec.decode_request(spoken, operation, request)
        assert decoded.problems == (), (protocol, operation.name, request)
        shape = service.input_of(operation)
        read = {key: item for key, item in decoded.value.items() if key in value or not is_added(shape, key)}
        sent = in_a_form(value) if protocol in FORM_PROTOCOLS else value
        assert kept(shape, read) == kept(shape, sent), (protocol, operation.name, request)


def in_a_form(value: Any) -> Any:
    """What a form keeps of a value: a structure without members leaves no trace, whatever is around it."""
    if not isinstance(value, dict):
        return [in_a_form(item) for item in value] if isinstance(value, list) else value
    found = {key: in_a_form(item) for key, item in value.items()}
    return {key: item for key, item in found.items() if item != {}}


def is_added(shape: Shape, name: str) -> bool:
    """Whether a codec adds the member by itself: checksums that are asked for, the type of a body."""
    label = (shape.members[name].location_name or "").lower()
    return label in ("content-md5", "content-type") or label.startswith("x-amz-checksum-")


def kept(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    """What HTTP keeps of a value: a payload that is empty is no payload."""
    return {key: item for key, item in value.items() if key != shape.payload or item not in (b"", "", {})}


def only_streams_are_left_out(service: Service, theirs: Any) -> None:
    """Requests that are event streams cannot be encoded; botocore agrees on which those are."""
    for operation in operations_of(service):
        assert has_stream(service, operation) == theirs.operation_model(operation.name).has_event_stream_input
        if has_stream(service, operation):
            with pytest.raises(Inexpressible, match="event stream"):
                CODECS[service.protocol].encode(service, operation, Sampler(service).build(service.input_of(operation)))


def in_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: in_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, datetime) else value
