"""Errors whose body is XML: query, EC2 and REST-XML, in every envelope that AWS puts around them.

<ErrorResponse><Error><Type/><Code/><Message/> members </Error><RequestId/></ErrorResponse>      query, most REST-XML
<Response><Errors><Error><Code/><Message/></Error></Errors><RequestID/></Response>               EC2
<Error><Code/><Message/> members <RequestId/></Error>                                            object storage
<SomeException><Message/></SomeException>                                                         front ends
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.specs.model import Operation, Service, Shape
from conformance.wire.message import Answer, ErrorAnswer, Problem, Response
from conformance.wire.traits import error_shape
from conformance.wire.xml_protocols.xmlform import XmlReader
from conformance.wire.xml_protocols.xmltext import Element, NotXml, parse_xml

_ENVELOPE = ("Type", "Code", "Message", "Detail", "RequestId", "RequestID", "HostId")
_ENVELOPES = "ErrorResponse/Error, Response/Errors/Error or Error"
_WRAPPERS = {"ErrorResponse": ("Error",), "Response": ("Errors", "Error"), "Error": ()}


def xml_error(
    service: Service, operation: Operation, response: Response, located: Mapping[str, Any] | None = None
) -> Answer:
    """The error of an XML body; `located` are members that were read from other places."""
    try:
        root = parse_xml(response.body)
    except NotXml as problem:
        return not_xml_answer(response, str(problem))
    if root.tag.lower() == "html":
        return not_xml_answer(response, "HTML")
    reader = XmlReader(service, answer=True, problems=list(media_type_problems(response)))
    node = _error_node(root)
    if node is None:
        node = _error_below(root)
        if node is None:
            return _bare(response, root, reader)
        reader.problems.append(Problem("envelope", (), _ENVELOPES, f"element {root.tag}"))
    code, message = _text(node, "Code"), _text(node, "Message")
    if message is None:
        message = _text(node, "message")
    if not code:
        reader.problems.append(Problem("envelope", (), "an element Code", "none"))
    shape = error_shape(service, operation, code)
    members = {} if shape is None else _members(shape, node, reader, message, bare=node is root)
    sources = {"body": code} if code else {}
    error = ErrorAnswer(code or None, message, sources, {**members, **(located or {})})
    return Answer(response.status, True, error=error, problems=tuple(reader.problems))


def not_xml_answer(response: Response, got: str) -> Answer:
    """The answer for a body that is not XML of AWS."""
    return Answer(response.status, False, problems=(Problem("body", (), "an XML document", got),))


def media_type_problems(response: Response) -> tuple[Problem, ...]:
    """The problem with the media type of an XML body, if there is one."""
    got = response.headers.get("content-type")
    media = (got or "").split(";")[0].strip().lower()
    if media in ("text/xml", "application/xml"):
        return ()
    return (Problem("content-type", (), "text/xml or application/xml", got or "none"),)


def _error_node(root: Element) -> Element | None:
    if root.tag not in _WRAPPERS:
        return None
    node: Element | None = root
    for step in _WRAPPERS[root.tag]:
        node = node.find(step) if node is not None else None
    return node


def _error_below(root: Element) -> Element | None:
    """The error with a code below a root that is none of the envelopes: clients find it there, too.

    Source: botocore's parsers.py, `_do_error_parse` of the query and REST-XML parsers.
    """
    errors = root.find("Errors")
    for parent in (root, errors):
        node = parent.find("Error") if parent is not None else None
        if node is not None and _text(node, "Code"):
            return node
    return None


def _bare(response: Response, root: Element, reader: XmlReader) -> Answer:
    """An error without an envelope: the root's name is all the code that there is, if it is one."""
    problem = Problem("envelope", (), _ENVELOPES, f"element {root.tag}")
    named = root.tag not in _WRAPPERS and root.tag.endswith(("Exception", "Error", "Fault"))
    if not named and root.tag not in _WRAPPERS:
        return Answer(response.status, False, problems=(Problem("body", (), _ENVELOPES, f"element {root.tag}"),))
    message = _text(root, "Message") or _text(root, "message")
    error = ErrorAnswer(root.tag if named else None, message, {"body": root.tag} if named else {})
    return Answer(response.status, True, error=error, problems=(*reader.problems, problem))


def _text(node: Element, name: str) -> str | None:
    found = node.find(name)
    return None if found is None else (found.text or "")


def _members(shape: Shape, node: Element, reader: XmlReader, message: str | None, *, bare: bool) -> dict[str, Any]:
    names = [name for name, member in shape.members.items() if member.location is None]
    # Object storage puts what the error is about (key, bucket, resource) beside the modelled members, in every error.
    strangers = [child.tag for child in node] if bare else ()
    members = reader.structure(shape, node, names=names, ignored=(*_ENVELOPE, "message", *strangers))
    for name in names:
        if name.lower() == "message" and message is not None:
            members.setdefault(name, message)  # models and services differ in its letter case
    return members
