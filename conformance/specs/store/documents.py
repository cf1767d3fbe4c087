"""A spec as a JSON document and back: what `store.py` keeps in files.

    Service --to_document--> dict (defaults left out) --canonical.py--> text
    text --json--> dict --from_document--> Service

Keys are the field names of `model.py`. A member with nothing but a shape is written as that shape's name alone.
Reading checks the type of every value, so that a broken or foreign file is refused at once and
not somewhere in the middle of a run. Whether the shapes make sense together is what `lint.py` asks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from conformance.specs.model import (
    ErrorTraits,
    Location,
    Member,
    Operation,
    Paginator,
    Service,
    Shape,
    ShapeType,
    Waiter,
    XmlNamespace,
)

FORMAT = 1

Document = dict[str, Any]
Reader = Callable[[Any], Any]
T = TypeVar("T")


class NotASpec(ValueError):
    """A document that does not describe what it should; the text says where and what is wrong."""


# ---------------------------------------------------------------- writing


def service_document(service: Service) -> Document:
    """The document that describes `service`, without the fields that have their default value."""
    return {"format": FORMAT, **_written(service)}


def _written(value: Any, *, without: tuple[str, ...] = ()) -> Document:
    document: Document = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if field.init and field.name not in without and not _is_default(field, item):
            document[field.name] = _plain(item)
    return document


def _is_default(field: dataclasses.Field[Any], item: Any) -> bool:
    if item is None:
        return True
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    # `0 == False`: a bound of zero is not a flag that is off.
    return field.default is not dataclasses.MISSING and type(item) is type(field.default) and item == field.default


def _plain(item: Any) -> Any:
    if isinstance(item, Member):
        document = _written(item)
        return item.shape if len(document) == 1 else document
    if isinstance(item, Paginator):
        return _written(item, without=("operation",))
    if isinstance(item, Shape | Operation | Waiter):
        return _written(item, without=("name",))
    if dataclasses.is_dataclass(item):
        return _written(item)
    if isinstance(item, Mapping):
        return {key: _plain(value) for key, value in item.items()}
    if isinstance(item, tuple | list):
        return [_plain(value) for value in item]
    return item


# ---------------------------------------------------------------- reading


def service_from_document(document: Any) -> Service:
    """The service that a document of `to_document` describes; raises NotASpec."""
    if not isinstance(document, dict) or "format" not in document:
        raise NotASpec("not a spec: no format number")
    if document["format"] != FORMAT:
        raise NotASpec(f"spec format {document['format']!r}, this version reads format {FORMAT}")
    fields = {key: value for key, value in document.items() if key != "format"}
    return _read(Service, _SERVICE, fields, "service")


def _read(kind: Callable[..., T], readers: Mapping[str, Reader], document: Any, where: str, **known: Any) -> T:
    if not isinstance(document, dict):
        raise NotASpec(f"{where}: not an object")
    key = ""
    try:
        for key, value in document.items():
            known[key] = readers[key](value)
        return kind(**known)
    except KeyError as problem:
        raise NotASpec(f"{where}: unknown field {key!r}") from problem
    except NotASpec as problem:
        raise NotASpec(f"{where}/{key}: {problem}") from problem
    except TypeError as problem:
        raise NotASpec(f"{where}: {str(problem).partition(') ')[2] or problem}") from problem


def _typed(kind: type | tuple[type, ...], what: str) -> Reader:
    def reader(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise NotASpec(f"not {what}")
        return value

    return reader


def _chosen(*allowed: str) -> Reader:
    names = frozenset(allowed)

    def reader(value: Any) -> Any:
        if not isinstance(value, str) or value not in names:
            raise NotASpec(f"{value!r} is not one of those known")
        return value

    return reader


_text = _typed(str, "a text")
_flag = _typed(bool, "a truth value")
_whole = _typed(int, "a whole number")
_number = _typed((int, float), "a number")


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotASpec("not a list of texts")
    return tuple(value)


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotASpec("not an object")
    return MappingProxyType(value)


def _objects(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        raise NotASpec("not a list")
    return tuple(_object(item) for item in value)


def _member(value: Any) -> Member:
    return Member(value) if isinstance(value, str) else _read(Member, _MEMBER, value, "member")


def _table(reader: Callable[[str, Any], Any]) -> Reader:
    def table(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise NotASpec("not an object")
        return MappingProxyType({name: reader(name, item) for name, item in value.items()})

    return table


_NAMESPACE: dict[str, Reader] = {"uri": _text, "prefix": _text}
_ERROR: dict[str, Reader] = {"code": _text, "status": _whole, "fault": _chosen("client", "server")}
_WAITER: dict[str, Reader] = {"operation": _text, "delay": _whole, "max_attempts": _whole, "acceptors": _objects}
_PAGINATOR: dict[str, Reader] = {
    "input_token": _texts,
    "output_token": _texts,
    "limit_key": _text,
    "result_key": _texts,
    "more_results": _text,
}


def _namespace(value: Any) -> XmlNamespace:
    return _read(XmlNamespace, _NAMESPACE, value, "xml_namespace")


def _error(value: Any) -> ErrorTraits:
    return _read(ErrorTraits, _ERROR, value, "error")


_MEMBER: dict[str, Reader] = {
    "shape": _text,
    "location": _chosen(*get_args(Location)),
    **dict.fromkeys(("location_name", "query_name", "timestamp_format"), _text),
    **dict.fromkeys(("flattened", "streaming", "jsonvalue", "idempotency_token", "host_label", "deprecated"), _flag),
    **dict.fromkeys(("event_payload", "event_header", "xml_attribute"), _flag),
    "xml_namespace": _namespace,
}

_SHAPE: dict[str, Reader] = {
    "type": _chosen(*get_args(ShapeType)),
    "members": _table(lambda _, item: _member(item)),
    **dict.fromkeys(("element", "key", "value"), _member),
    **dict.fromkeys(("required", "enum", "xml_order"), _texts),
    **dict.fromkeys(("minimum", "maximum"), _number),
    **dict.fromkeys(("pattern", "timestamp_format", "payload", "location_name"), _text),
    **dict.fromkeys(("union", "document", "sensitive", "sparse", "box", "deprecated", "streaming"), _flag),
    **dict.fromkeys(("requires_length", "event_stream", "event", "flattened", "wrapper"), _flag),
    "error": _error,
    "xml_namespace": _namespace,
}

_OPERATION: dict[str, Reader] = {
    **dict.fromkeys(("method", "uri", "input", "output", "input_location_name", "result_wrapper"), _text),
    **dict.fromkeys(("host_prefix", "auth_type"), _text),
    **dict.fromkeys(("checksum_required", "unsigned_payload", "idempotent", "readonly", "deprecated"), _flag),
    **dict.fromkeys(("static_context", "checksum"), _object),
    "status": _whole,
    "errors": _texts,
    "input_xml_namespace": _namespace,
}

_SERVICE: dict[str, Reader] = {
    **dict.fromkeys(("name", "api_version", "service_id", "full_name", "protocol", "signing_name"), _text),
    **dict.fromkeys(("signature_version", "endpoint_prefix", "json_version", "target_prefix"), _text),
    "protocols": _texts,
    "xml_namespace": _namespace,
    "global_endpoint": _text,
    "query_compatible": _flag,
    "operations": _table(lambda name, item: _read(Operation, _OPERATION, item, name, name=name)),
    "shapes": _table(lambda name, item: _read(Shape, _SHAPE, item, name, name=name)),
    "waiters": _table(lambda name, item: _read(Waiter, _WAITER, item, name, name=name)),
    "paginators": _table(lambda name, item: _read(Paginator, _PAGINATOR, item, name, operation=name, limit_key=None)),
}
