"""Small services made by hand, shape by shape, for tests that want to see every constraint at once."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from conformance.specs.model import ErrorTraits, Member, Operation, Provenance, Service, Shape, Spec
from conformance.specs.resources.resource import Handle, Resource, Source


def members(**shapes: str) -> dict[str, Member]:
    """Members by name, each a plain reference to a shape."""
    return {name: Member(shape) for name, shape in shapes.items()}


def structure(name: str, required: tuple[str, ...] = (), **fields: str) -> Shape:
    """A structure whose members refer to the shapes of those names."""
    return Shape(name, "structure", members=members(**fields), required=required)


SHAPES = (
    structure(
        "PutRequest",
        ("Name",),
        Name="Name",
        Count="Count",
        Ratio="Ratio",
        Kind="Kind",
        Parts="Parts",
        Tags="Tags",
        Choice="Choice",
        Data="Data",
        When="When",
        Flag="Flag",
        Free="Free",
    ),
    structure("PutAnswer", ("Id",), Id="Name", Count="Count", Kind="Kind", Parts="Parts", Choice="Choice", Tags="Tags"),
    Shape("Name", "string", minimum=2, maximum=8, pattern="[a-z]+"),
    Shape("Count", "integer", minimum=1, maximum=10),
    Shape("Ratio", "double", minimum=0.5, maximum=2.5),
    Shape("Kind", "string", enum=("SMALL", "BIG"), maximum=3),
    Shape("Parts", "list", element=Member("Part"), minimum=1, maximum=3),
    structure("Part", ("Size",), Size="Count", Label="Name"),
    Shape("Tags", "map", key=Member("Name"), value=Member("Count"), minimum=1, maximum=2),
    Shape("Choice", "structure", members=members(Left="Name", Right="Count"), union=True),
    Shape("Data", "blob", minimum=2, maximum=4),
    Shape("When", "timestamp"),
    Shape("Flag", "boolean"),
    Shape("Free", "structure", document=True),
    Shape(
        "Taken",
        "structure",
        members=members(Owner="Name", Count="Count"),
        error=ErrorTraits("Taken", status=409, fault="client"),
    ),
)


def service(protocol: str = "json", *more: Shape, operations: tuple[Operation, ...] = (), **traits: Any) -> Service:
    """The service `things` with one operation, PutThing, or with those given; `more` shapes replace or add."""
    shapes = {shape.name: shape for shape in (*SHAPES, *more)}
    known = operations or (Operation("PutThing", input="PutRequest", output="PutAnswer", errors=("Taken",)),)
    facts: dict[str, Any] = {
        "name": "things", "api_version": "2020-01-01", "service_id": "Thing Store", "full_name": "Things",
        "protocol": protocol, "protocols": (protocol,), "signing_name": "things", "signature_version": "v4",
        "endpoint_prefix": "things", "json_version": "1.1", "target_prefix": "Things",
    }  # fmt: skip
    return Service(
        operations=MappingProxyType({operation.name: operation for operation in known}),
        shapes=MappingProxyType(shapes),
        **{**facts, **traits},
    )


def spec_of(model: Service, botocore: str = "1.0.0") -> Spec:
    """A spec around a service."""
    return Spec(model, Provenance(botocore, "botocore/data/things", "sha256:" + "0" * 64))


def resource(name: str, member: str, **known: Any) -> Resource:
    """A resource whose name its client chooses, in the member of that name."""
    return Resource(name, handles=(Handle("name", Source("request", (member,)), (member,)),), **known)
