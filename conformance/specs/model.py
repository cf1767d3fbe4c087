"""What is known of one service at one version, in our own frozen types.

Nothing here knows botocore: `ingest.py` is the only reader of its data, `store.py` the only writer of ours.
A `Service` owns two flat tables, operations and shapes; shapes refer to each other by name, so that recursive
shapes need no special care and a spec can be written down shape by shape.

    Service -- operations: {name: Operation} -- input/output/errors: names of shapes
            -- shapes:     {name: Shape}     -- members: {name: Member}, Member.shape: name of a shape
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from conformance.specs.read_on_demand import errors_among

ShapeType = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "blob", "timestamp",
    "character", "bigdecimal", "biginteger", "short", "byte",
]  # fmt: skip

Location = Literal["uri", "querystring", "header", "headers", "statusCode"]

INTEGER_TYPES = frozenset({"integer", "long", "short", "byte", "biginteger"})
FLOAT_TYPES = frozenset({"float", "double", "bigdecimal"})
NUMBER_TYPES = INTEGER_TYPES | FLOAT_TYPES
STRING_TYPES = frozenset({"string", "character"})

# The protocols, by the names that models give them, whose requests are forms and whose answers are XML.
FORM_PROTOCOLS = frozenset({"query", "ec2"})

_EMPTY: Mapping[str, Any] = MappingProxyType({})


def _empty() -> Mapping[str, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True)
class XmlNamespace:
    """The `xmlns` that an XML element of this shape carries."""

    uri: str
    prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A reference to a shape: a structure's member, a list's element, a map's key or value.

    Wire traits sit on the reference and win over those of the shape that it names.
    """

    shape: str
    location: Location | None = None
    location_name: str | None = None
    query_name: str | None = None
    flattened: bool = False
    streaming: bool = False
    jsonvalue: bool = False
    idempotency_token: bool = False
    host_label: bool = False
    event_payload: bool = False
    event_header: bool = False
    xml_attribute: bool = False
    xml_namespace: XmlNamespace | None = None
    timestamp_format: str | None = None
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class ErrorTraits:
    """What the model says of an error shape: its code on the wire and the HTTP status it comes with."""

    code: str
    status: int | None = None
    fault: Literal["client", "server"] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape and its constraints.

    `minimum` and `maximum` bound the value of a number, the length of a string or blob (characters, bytes) and
    the number of items of a list or map. `pattern` is the text of the model, a Java regular expression that AWS
    matches against the whole value, also where `^` and `$` are missing.
    """

    name: str
    type: ShapeType
    members: Mapping[str, Member] = field(default_factory=_empty)
    required: tuple[str, ...] = ()
    element: Member | None = None
    key: Member | None = None
    value: Member | None = None
    minimum: float | int | None = None
    maximum: float | int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    union: bool = False
    document: bool = False
    sensitive: bool = False
    sparse: bool = False
    box: bool = False
    deprecated: bool = False
    error: ErrorTraits | None = None
    timestamp_format: str | None = None
    payload: str | None = None
    streaming: bool = False
    requires_length: bool = False
    event_stream: bool = False
    event: bool = False
    flattened: bool = False
    wrapper: bool = False
    location_name: str | None = None
    xml_namespace: XmlNamespace | None = None
    xml_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: where it is sent, and the names of its input, output and error shapes.

    `input_location_name` and `input_xml_namespace` name the root element of an XML request body,
    `result_wrapper` the element that a query answer puts around its members.
    """

    name: str
    method: str = "POST"
    uri: str = "/"
    status: int | None = None
    input: str | None = None
    output: str | None = None
    errors: tuple[str, ...] = ()
    input_location_name: str | None = None
    input_xml_namespace: XmlNamespace | None = None
    result_wrapper: str | None = None
    host_prefix: str | None = None
    static_context: Mapping[str, Any] = field(default_factory=_empty)
    checksum: Mapping[str, Any] = field(default_factory=_empty)
    checksum_required: bool = False
    auth_type: str | None = None
    unsigned_payload: bool = False
    idempotent: bool = False
    readonly: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Waiter:
    """A waiter of the service: an operation to poll and what its answers mean."""

    name: str
    operation: str
    delay: int
    max_attempts: int
    acceptors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Paginator:
    """How an operation is paged: token members in and out, page size, and the members that hold the items."""

    operation: str
    input_token: tuple[str, ...]
    output_token: tuple[str, ...]
    limit_key: str | None
    result_key: tuple[str, ...]
    more_results: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service at one version of its model.

    `name` is the name that the AWS CLI and botocore use (`sagemaker-runtime`), `protocols` every protocol that
    the model declares, `protocol` the one that botocore of that version would choose.
    """

    name: str
    api_version: str
    service_id: str
    full_name: str
    protocol: str
    protocols: tuple[str, ...]
    signing_name: str
    signature_version: str
    endpoint_prefix: str
    operations: Mapping[str, Operation]
    shapes: Mapping[str, Shape]
    json_version: str | None = None
    target_prefix: str | None = None
    xml_namespace: XmlNamespace | None = None
    global_endpoint: str | None = None
    query_compatible: bool = False
    waiters: Mapping[str, Waiter] = field(default_factory=_empty)
    paginators: Mapping[str, Paginator] = field(default_factory=_empty)
    _errors: dict[str, Shape] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def error_shapes(self) -> Mapping[str, Shape]:
        """The error shapes of all operations, by their names and by their codes; the first of several."""
        if not self._errors:
            for shape in map(self.shapes.__getitem__, errors_among(self.shapes)):
                for name in () if shape.error is None else (shape.name, shape.error.code):
                    self._errors.setdefault(name, shape)
        return self._errors

    def input_of(self, operation: Operation) -> Shape:
        """The operation's input structure; an empty one where the model gives none."""
        return self.shapes[operation.input] if operation.input else EMPTY_STRUCTURE

    def output_of(self, operation: Operation) -> Shape:
        """The operation's output structure; an empty one where the model gives none."""
        return self.shapes[operation.output] if operation.output else EMPTY_STRUCTURE

    def errors_of(self, operation: Operation) -> Iterator[Shape]:
        """The error shapes that the operation declares."""
        return (self.shapes[name] for name in operation.errors)

    def target(self, member: Member) -> Shape:
        """The shape that a reference names."""
        return self.shapes[member.shape]


EMPTY_STRUCTURE = Shape(name="", type="structure")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a spec came from: the botocore version and the SHA-256 of the model file as that version ships it."""

    botocore: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A service and where the knowledge of it came from."""

    service: Service
    provenance: Provenance
