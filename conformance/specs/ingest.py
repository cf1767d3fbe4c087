"""botocore's model documents, read into our own types; the only reader of botocore's data.

    botocore/data/<service>/<api-version>/service-2.json(.gz) ---.
                                          waiters-2.json      ---+--> from_documents --> Spec
                                          paginators-1.json   ---'

Documentation text stays behind. So do the `sdk-extras` of a service model: they are parameters that SDKs add
for their callers (a region to presign for), not what the service was modelled with.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib.metadata
import importlib.util
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from conformance.exceptions import BadFile, UnknownName
from conformance.specs.model import (
    ErrorTraits,
    Member,
    Operation,
    Paginator,
    Provenance,
    Service,
    Shape,
    Spec,
    Waiter,
    XmlNamespace,
)
from conformance.specs.read_on_demand import read_on_demand
from conformance.values.text_formats import NotADocument, json_document

Document = Mapping[str, Any]
FolderType = TypeVar("FolderType", bound="Folder")


class Folder(Protocol):
    """The part of `pathlib.Path` that is read here; `zipfile.Path` has it too."""

    @property
    def name(self) -> str: ...
    def iterdir(self: FolderType) -> Iterator[FolderType]: ...
    def is_dir(self) -> bool: ...
    def is_file(self) -> bool: ...
    def read_bytes(self) -> bytes: ...
    def __truediv__(self: FolderType, name: str, /) -> FolderType: ...


# The order in which botocore (utils.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS) chooses among declared protocols; the last of
# its list is never declared beside another.
PROTOCOL_PRIORITY = ("json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query")


def botocore_version() -> str:
    """The version of the installed botocore, without importing it."""
    return importlib.metadata.version("botocore")


@functools.lru_cache(maxsize=1)
def data_directory() -> Path:
    """The folder of the installed botocore that holds its models, found without importing botocore."""
    found = importlib.util.find_spec("botocore")
    if found is None or not found.submodule_search_locations:
        raise UnknownName("package", "botocore", (), hint="pip install botocore")
    return Path(found.submodule_search_locations[0]) / "data"


def service_names(data: Folder | None = None) -> tuple[str, ...]:
    """Every service that has a model in `data` (the installed botocore's where none is given), sorted."""
    root: Folder = data or data_directory()
    return tuple(sorted(entry.name for entry in root.iterdir() if entry.is_dir() and api_versions(entry)))


def is_service_name(name: str) -> bool:
    """Whether `name` is written like a service's name: like one folder, and nothing else."""
    return re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) is not None


def is_installed(service: str) -> bool:
    """Whether the installed botocore has a model of that service."""
    folder = data_directory() / service
    return is_service_name(service) and folder.is_dir() and bool(api_versions(folder))


def api_versions(folder: Folder) -> tuple[str, ...]:
    """The API versions in a service's folder, oldest first."""
    models = ("service-2.json.gz", "service-2.json")
    return tuple(sorted(entry.name for entry in folder.iterdir() if any((entry / name).is_file() for name in models)))


def installed_spec(service: str, api_version: str | None = None, *, model: Mapping[str, Any] | None = None) -> Spec:
    """The spec of `service` as the installed botocore has it, at its newest API version by default.

    Raises UnknownName for a service or API version that it does not have.
    """
    return spec_from_directory(data_directory(), service, api_version, botocore=botocore_version(), model=model)


def installed_digest(service: str, api_version: str) -> str | None:
    """The digest of the model that the installed botocore has, as in a spec's provenance; None if it has none."""
    raw = _raw(data_directory() / service / api_version, "service-2")
    return None if raw is None else _digest(raw)


def unknown_service(name: str, known: Iterable[str], data: Folder | None = None) -> UnknownName:
    """The error for a service name that is not in `known`; a service's id or full name gets a hint of its own."""
    service, colon, _ = name.partition(":")
    if colon and service in known:
        return UnknownName("service", name, (), hint=f"operations are not selected here: name '{service}' alone")
    called = service_ids(data).get(_folded(name))
    if called is None:
        return UnknownName("service", name, known, hint="'conformance specs list --installed' names them all")
    return UnknownName("service", name, (), hint=f"botocore and the AWS CLI call it '{called}'")


def service_ids(data: Folder | None = None) -> Mapping[str, str]:
    """Service ids and full names, in lower case and without spaces, to the names that botocore's folders have."""
    root: Folder = data or data_directory()
    found: dict[str, str] = {}
    for name in service_names(root):
        folder = root / name
        head = _head(folder / api_versions(folder)[-1])
        for label in ("serviceFullName", "serviceAbbreviation", "serviceId"):
            match = re.search(rb'"%s"\s*:\s*"([^"]+)"' % label.encode(), head)
            if match:
                found.setdefault(_folded(match[1].decode()), name)
    return found


def _head(folder: Folder) -> bytes:
    # The metadata come first in a model file: a few thousand bytes of it are enough, and 20 times as quick.
    zipped = folder / "service-2.json.gz"
    if zipped.is_file():
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(zipped.read_bytes(), 4096)
    return (folder / "service-2.json").read_bytes()[:4096]


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def spec_from_directory(
    data: Folder, service: str, api_version: str | None, *, botocore: str, model: Mapping[str, Any] | None = None
) -> Spec:
    """The spec of `service` from a folder laid out like botocore's `data`.

    `model` is what the service's model file says, where that has been read already.
    """
    if not is_service_name(service) or not (data / service).is_dir():
        raise unknown_service(service, service_names(data), data)
    versions = api_versions(data / service)
    version = api_version or versions[-1]
    if version not in versions:
        raise UnknownName("API version", version, versions)
    folder = data / service / version
    raw = _raw(folder, "service-2")
    if raw is None:
        raise BadFile(folder, "no service model here")
    if model is None or not _is_of_file(folder, version, model):
        model = None
    return spec_from_documents(
        service,
        _parse(folder, raw) if model is None else model,
        waiters=_optional(folder, "waiters-2"),
        paginators=_optional(folder, "paginators-1"),
        botocore=botocore,
        source=f"botocore/data/{service}/{version}/service-2.json",
        digest=_digest(raw),
        shared=model is not None,
    )


def _is_of_file(folder: Folder, api_version: str, model: Mapping[str, Any]) -> bool:
    """Whether a model that botocore has read says what the file in a folder does: it may have been another, or more."""
    extras = folder / "service-2.sdk-extras.json"
    return model.get("metadata", {}).get("apiVersion") == api_version and not extras.is_file()


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _raw(folder: Folder, stem: str) -> bytes | None:
    zipped = folder / f"{stem}.json.gz"
    if zipped.is_file():
        try:
            return gzip.decompress(zipped.read_bytes())
        except (OSError, EOFError) as problem:
            raise BadFile(zipped, f"cannot be unpacked: {problem}") from problem
    plain = folder / f"{stem}.json"
    return plain.read_bytes() if plain.is_file() else None


def _optional(folder: Folder, stem: str) -> Document | None:
    raw = _raw(folder, stem)
    return None if raw is None else _parse(folder, raw)


def _parse(folder: Folder, raw: bytes) -> Document:
    try:
        document = json_document(raw, any_depth=True)
    except NotADocument as problem:
        raise BadFile(folder, str(problem)) from problem
    if not isinstance(document, dict):
        raise BadFile(folder, "not a model document")
    return document


def spec_from_documents(
    name: str,
    model: Document,
    *,
    waiters: Document | None = None,
    paginators: Document | None = None,
    botocore: str,
    source: str,
    digest: str,
    shared: bool = False,
) -> Spec:
    """The spec that botocore's documents describe.

    `digest` is that of the model file's uncompressed bytes, so that the same model in two wheels is seen to be
    the same. A model that is `shared` is kept by others, too.
    """
    metadata = model["metadata"]
    protocols = tuple(metadata.get("protocols") or (metadata["protocol"],))
    chosen = next((known for known in PROTOCOL_PRIORITY if known in protocols), metadata["protocol"])
    service = Service(
        name=name,
        api_version=metadata["apiVersion"],
        service_id=metadata.get("serviceId", metadata.get("serviceAbbreviation", name)),
        full_name=metadata.get("serviceFullName", name),
        protocol=chosen,
        protocols=protocols,
        signing_name=metadata.get("signingName", metadata["endpointPrefix"]),
        signature_version=metadata.get("signatureVersion", "v4"),
        endpoint_prefix=metadata["endpointPrefix"],
        json_version=metadata.get("jsonVersion"),
        target_prefix=metadata.get("targetPrefix"),
        xml_namespace=_namespace(metadata.get("xmlNamespace")),
        global_endpoint=metadata.get("globalEndpoint"),
        query_compatible="awsQueryCompatible" in metadata,
        operations=read_on_demand(model["operations"], _operation, shared=shared),
        shapes=read_on_demand(model["shapes"], _shape, _errors(model["shapes"]), shared=shared),
        waiters=read_on_demand((waiters or {}).get("waiters", {}), _waiter),
        paginators=read_on_demand((paginators or {}).get("pagination", {}), _paginator),
    )
    return Spec(service, Provenance(botocore=botocore, source=source, digest=digest))


def _errors(shapes: Document) -> tuple[str, ...]:
    return tuple(name for name, document in shapes.items() if _is_error(document))


def _is_error(shape: Document) -> bool:
    return bool(shape.get("exception")) or "error" in shape


def _frozen(items: Iterable[tuple[str, Any]]) -> Mapping[str, Any]:
    return MappingProxyType(dict(items)) if items else _NOTHING


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _namespace(value: Any) -> XmlNamespace | None:
    if isinstance(value, Mapping):
        return XmlNamespace(value["uri"], value.get("prefix")) if "uri" in value else None
    return XmlNamespace(value) if value else None


def _operation(name: str, document: Document) -> Operation:
    http = document.get("http", {})
    input_, output = document.get("input") or {}, document.get("output") or {}
    return Operation(
        name=name,
        method=http.get("method", "POST"),
        uri=http.get("requestUri", "/"),
        status=http.get("responseCode"),
        input=input_.get("shape"),
        output=output.get("shape"),
        errors=tuple(dict.fromkeys(error["shape"] for error in document.get("errors", ()))),
        input_location_name=input_.get("locationName"),
        input_xml_namespace=_namespace(input_.get("xmlNamespace")),
        result_wrapper=output.get("resultWrapper"),
        host_prefix=(document.get("endpoint") or {}).get("hostPrefix"),
        static_context=_frozen((document.get("staticContextParams") or {}).items()),
        checksum=_frozen((document.get("httpChecksum") or {}).items()),
        checksum_required=bool(document.get("httpChecksumRequired")),
        auth_type=_auth_type(document),
        unsigned_payload=bool(document.get("unsignedPayload")),
        idempotent=bool(document.get("idempotent")),
        readonly=bool(document.get("readonly")),
        deprecated=bool(document.get("deprecated")),
    )


def _auth_type(document: Document) -> str | None:
    # The older `authtype` and the newer list `auth` say the same of an operation that goes unsigned.
    if document.get("auth") and document["auth"][0] == "smithy.api#noAuth":
        return "none"
    auth_type = document.get("authtype")
    return str(auth_type) if auth_type else None


def _shape(name: str, document: Document) -> Shape:
    return Shape(
        name=name,
        type=document["type"],
        members=_frozen([(key, _member(value)) for key, value in document.get("members", {}).items()]),
        required=tuple(document.get("required", ())),
        element=_member(document["member"]) if "member" in document else None,
        key=_member(document["key"]) if "key" in document else None,
        value=_member(document["value"]) if "value" in document else None,
        minimum=document.get("min"),
        maximum=document.get("max"),
        pattern=document.get("pattern"),
        enum=tuple(document.get("enum", ())),
        union=bool(document.get("union")),
        document=bool(document.get("document")),
        sensitive=bool(document.get("sensitive")),
        sparse=bool(document.get("sparse")),
        box=bool(document.get("box")),
        deprecated=bool(document.get("deprecated")),
        error=_error(name, document) if _is_error(document) else None,
        timestamp_format=document.get("timestampFormat"),
        payload=document.get("payload"),
        streaming=bool(document.get("streaming")),
        requires_length=bool(document.get("requiresLength")),
        event_stream=bool(document.get("eventstream")),
        event=bool(document.get("event")),
        flattened=bool(document.get("flattened")),
        wrapper=bool(document.get("wrapper")),
        location_name=document.get("locationName"),
        xml_namespace=_namespace(document.get("xmlNamespace")),
        xml_order=tuple(document.get("xmlOrder", ())),
    )


def _member(document: Document) -> Member:
    return Member(
        shape=document["shape"],
        location=document.get("location"),
        location_name=document.get("locationName"),
        query_name=document.get("queryName"),
        flattened=bool(document.get("flattened")),
        streaming=bool(document.get("streaming")),
        jsonvalue=bool(document.get("jsonvalue")),
        idempotency_token=bool(document.get("idempotencyToken")),
        host_label=bool(document.get("hostLabel")),
        event_payload=bool(document.get("eventpayload")),
        event_header=bool(document.get("eventheader")),
        xml_attribute=bool(document.get("xmlAttribute")),
        xml_namespace=_namespace(document.get("xmlNamespace")),
        timestamp_format=document.get("timestampFormat"),
        deprecated=bool(document.get("deprecated")),
    )


def _error(name: str, document: Document) -> ErrorTraits:
    error = document.get("error") or {}
    fault: Any = "server" if document.get("fault") or error.get("fault") else None
    if fault is None and error.get("senderFault"):
        fault = "client"
    return ErrorTraits(code=error.get("code") or name, status=error.get("httpStatusCode"), fault=fault)


def _waiter(name: str, document: Document) -> Waiter:
    return Waiter(
        name=name,
        operation=document["operation"],
        delay=int(document["delay"]),
        max_attempts=int(document["maxAttempts"]),
        acceptors=tuple(MappingProxyType(dict(acceptor)) for acceptor in document["acceptors"]),
    )


def _paginator(operation: str, document: Document) -> Paginator:
    return Paginator(
        operation=operation,
        input_token=_texts(document.get("input_token")),
        output_token=_texts(document.get("output_token")),
        limit_key=document.get("limit_key"),
        result_key=_texts(document.get("result_key")),
        more_results=document.get("more_results"),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
