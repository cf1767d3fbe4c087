"""Specs survive being written down, and what is not a spec is told from one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.specs import ingest
from conformance.specs.model import (
    ErrorTraits,
    Location,
    Member,
    Operation,
    Paginator,
    Service,
    Shape,
    ShapeType,
    Spec,
    Waiter,
    XmlNamespace,
)
from conformance.specs.store import canonical, documents, files
from conformance.specs.store.documents import NotASpec, service_document, service_from_document

# At least one of every protocol, and the odd ones: event streams, documents, unions, several protocols.
SERVICES = (
    "cloudwatch", "dynamodb", "ec2", "iam", "kinesis", "kms", "lambda", "lexv2-runtime", "rpcv2protocol", "route53",
    "s3", "s3control", "sagemaker", "sqs", "bedrock-runtime", "cloudfront",
)  # fmt: skip
SCHEMA = json.loads((Path(documents.__file__).parent / "spec.schema.json").read_text(encoding="utf-8"))


def text_of(spec: Spec) -> str:
    return canonical.canonical_text(service_document(spec.service))


@pytest.mark.parametrize("name", sorted(set(SERVICES) & set(ingest.service_names())))
def test_a_service_is_read_as_it_was_written(name: str) -> None:
    spec = ingest.installed_spec(name)
    document = json.loads(text_of(spec))
    assert service_from_document(document) == spec.service
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_every_protocol_is_among_the_services_tested() -> None:
    tested = {ingest.installed_spec(name).service.protocol for name in SERVICES if name in ingest.service_names()}
    assert tested >= {"json", "rest-json", "rest-xml", "query", "ec2"}


NAMES = st.from_regex(r"[A-Z][A-Za-z0-9]{0,8}", fullmatch=True)
TEXT = st.text(max_size=8)
MAYBE = st.none() | st.text(min_size=1, max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | TEXT, lambda inner: st.dictionaries(TEXT, inner, max_size=3), max_leaves=4
)
NAMESPACES = st.none() | st.builds(XmlNamespace, TEXT, MAYBE)


def frozen(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return strategy.map(lambda value: MappingProxyType(dict(value)))


def of(kind: Callable[..., Any], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of a dataclass: `known` fields, and flags and texts by their annotation."""
    by_type = {"bool": st.booleans(), "str": TEXT, "str | None": MAYBE, "int | None": st.none() | st.integers()}
    guessed: dict[str, st.SearchStrategy[Any]] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.init and field.name not in known:
            guessed[field.name] = by_type[str(field.type)]
    return st.builds(kind, **known, **guessed)


MEMBERS = of(Member, shape=NAMES, location=st.sampled_from((None, *get_args(Location))), xml_namespace=NAMESPACES)
ERRORS = st.none() | of(ErrorTraits, fault=st.sampled_from((None, "client", "server")))
NUMBERS = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TUPLES = st.lists(TEXT, max_size=3).map(tuple)


def shapes(name: str) -> st.SearchStrategy[Any]:
    return of(
        Shape,
        name=st.just(name),
        type=st.sampled_from(get_args(ShapeType)),
        members=frozen(st.dictionaries(NAMES, MEMBERS, max_size=3)),
        **dict.fromkeys(("required", "enum", "xml_order"), TUPLES),
        **dict.fromkeys(("element", "key", "value"), st.none() | MEMBERS),
        minimum=NUMBERS,
        maximum=NUMBERS,
        error=ERRORS,
        xml_namespace=NAMESPACES,
    )


def named(make: Callable[[str], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return frozen(
        st.lists(NAMES, max_size=3, unique=True).flatmap(
            lambda found: st.fixed_dictionaries({name: make(name) for name in found})
        )
    )


SERVICE = of(
    Service,
    protocols=TUPLES,
    xml_namespace=NAMESPACES,
    shapes=named(shapes),
    operations=named(
        lambda name: of(
            Operation,
            name=st.just(name),
            errors=TUPLES,
            input_xml_namespace=NAMESPACES,
            static_context=frozen(st.dictionaries(TEXT, JSON, max_size=2)),
            checksum=frozen(st.dictionaries(TEXT, JSON, max_size=2)),
        )
    ),
    waiters=named(
        lambda name: of(
            Waiter,
            name=st.just(name),
            delay=st.integers(),
            max_attempts=st.integers(),
            acceptors=st.lists(frozen(st.dictionaries(TEXT, JSON, max_size=2)), max_size=2).map(tuple),
        )
    ),
    paginators=named(
        lambda name: of(
            Paginator,
            operation=st.just(name),
            **dict.fromkeys(("input_token", "output_token", "result_key"), TUPLES),
        )
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(SERVICE)
def test_any_service_is_read_as_it_was_written(service: Service) -> None:
    document = service_document(service)
    again = json.loads(canonical.canonical_text(document))
    assert service_from_document(again) == service
    assert canonical.canonical_text(again) == canonical.canonical_text(document)
    jsonschema.Draft202012Validator(SCHEMA).validate(again)


def test_defaults_are_left_out_and_zero_is_no_default() -> None:
    service = dataclasses.replace(
        ingest.installed_spec("sts").service, shapes={"N": Shape("N", "integer", minimum=0), "F": Shape("F", "float")}
    )
    assert service_document(service)["shapes"] == {"N": {"type": "integer", "minimum": 0}, "F": {"type": "float"}}


def test_the_readers_and_the_schema_know_the_same_fields() -> None:
    for schema, readers in (
        (SCHEMA, {**documents._SERVICE, "format": int}),
        (SCHEMA["$defs"]["shape"], documents._SHAPE),
        (SCHEMA["$defs"]["operation"], documents._OPERATION),
        (SCHEMA["$defs"]["member"]["anyOf"][1], documents._MEMBER),
        (SCHEMA["$defs"]["waiter"], documents._WAITER),
        (SCHEMA["$defs"]["paginator"], documents._PAGINATOR),
    ):
        assert set(schema["properties"]) == set(readers)


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text_of(ingest.installed_spec("sts")))
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.clear(), "no format number"),
        (lambda d: d.update(format=99), "format 99"),
        (lambda d: d.pop("name"), "name"),
        (lambda d: d.update(surprise=1), "surprise"),
        (lambda d: d.update(operations=[]), "not an object"),
        (lambda d: d["shapes"]["AssumeRoleRequest"].update(type="tuple"), "AssumeRoleRequest"),
        (lambda d: d["shapes"]["AssumeRoleRequest"].update(required="Name"), "not a list of texts"),
        (lambda d: d["shapes"]["arnType"].update(maximum="20"), "arnType/maximum: not a number"),
        (lambda d: d["shapes"]["arnType"].update(maximum=True), "not a number"),
        (lambda d: d["shapes"]["AssumeRoleRequest"]["members"].update(RoleArn=5), "member"),
        (lambda d: d["operations"]["AssumeRole"].update(status="200"), "not a whole number"),
    ],
)
def test_what_is_not_a_spec_is_told(change: Callable[[dict[str, Any]], object], says: str) -> None:
    with pytest.raises(NotASpec, match=says):
        service_from_document(broken(change))


@pytest.mark.parametrize("document", [None, [], "spec", 3, {"format": None}])
def test_what_is_no_document_is_told(document: object) -> None:
    with pytest.raises(NotASpec):
        service_from_document(document)


def test_stored_specs_are_valid_by_the_published_schema() -> None:
    root = files.package_root()
    assert root is not None
    validators = {
        "provenance.json": {"$ref": "#/$defs/provenance", "$defs": SCHEMA["$defs"]},
        "spec.json": SCHEMA,
    }
    difference = {"$ref": "#/$defs/difference", "$defs": SCHEMA["$defs"]}
    for path in sorted(root.glob("*/*/*.json")):
        document = json.loads(path.read_text(encoding="ascii"))
        jsonschema.Draft202012Validator(validators.get(path.name, difference)).validate(document)
