"""REST-XML: XML bodies, errors in XML with or without a wrapper, and answers to HEAD that have no body at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from conformance.specs.model import Member, Operation, Service, Shape
from conformance.wire.located_reader import body_member_names
from conformance.wire.message import Answer, Decoded, ErrorAnswer, Inexpressible, Problem, Response
from conformance.wire.raw import spread_wire_value
from conformance.wire.rest import Rest
from conformance.wire.traits import wire_name
from conformance.wire.xml_protocols.xmlerrors import media_type_problems, not_xml_answer, xml_error
from conformance.wire.xml_protocols.xmlform import XmlReader, set_namespace, write_element, write_members
from conformance.wire.xml_protocols.xmltext import Element, NotXml, dump_xml, parse_xml

_WITHOUT_BODY = 304


@dataclass(frozen=True, slots=True)
class XmlBody:
    """See `Body`. The Content-Type is what the protocol asks for; botocore sends none."""

    empty: bytes = b""
    media_type: str = "application/xml"
    broken: bytes = b"<conformance"

    def write_payload(self, service: Service, name: str, member: Member, value: Any) -> bytes:
        """The payload's element is the root."""
        root = ET.Element("")
        write_element(service, member, value, root, wire_name(service, member) or member.shape)
        return dump_xml(root[0])

    def write_members(self, service: Service, operation: Operation, value: Mapping[str, Any]) -> bytes:
        """The members below a root that is named by the operation's input."""
        shape = service.input_of(operation)
        root = ET.Element(operation.input_location_name or shape.location_name or shape.name)
        set_namespace(root, operation.input_xml_namespace or shape.xml_namespace)
        members = spread_wire_value("structure", value)
        if not isinstance(members, Mapping):
            raise Inexpressible("a document cannot be text alone")
        write_members(service, shape, members, root)
        return dump_xml(root)

    def read_payload(self, service: Service, name: str, member: Member, body: bytes, answer: bool) -> Decoded:
        """The root is the payload's element."""
        reader = XmlReader(service, answer)
        root = _document(body)
        if isinstance(root, Problem):
            return Decoded(None, (root,))
        return Decoded(reader.value(member, root, (name,)), tuple(reader.problems))

    def read_members(self, service: Service, shape: Shape, body: bytes, answer: bool) -> Decoded:
        """The members are the root's children."""
        reader = XmlReader(service, answer)
        root = _document(body)
        if isinstance(root, Problem):
            return Decoded({}, (root,))
        unwrapped = self._unwrapped(service, shape, root) if answer else None
        if unwrapped is not None:
            return unwrapped
        ignored = () if shape.name else {child.tag for child in root}
        value = reader.structure(shape, root, names=body_member_names(shape, answer=answer), ignored=ignored)
        return Decoded(value, tuple(reader.problems))

    def _unwrapped(self, service: Service, shape: Shape, root: Element) -> Decoded | None:
        """The only member of an answer as the root itself; empty, it stands for no value."""
        names = body_member_names(shape, answer=True)
        if len(names) != 1 or len(root):
            return None
        name, member = names[0], shape.members[names[0]]
        if root.tag != (wire_name(service, member) or name):
            return None
        reader = XmlReader(service, answer=True)
        value = {name: reader.value(member, root, (name,))} if root.text else {}
        return Decoded(value, tuple(reader.problems))

    def content_type(self, response: Response) -> tuple[Problem, ...]:
        """text/xml or application/xml."""
        return media_type_problems(response)

    def error(self, service: Service, operation: Operation, response: Response) -> Answer:
        """The error's element; without a body, as HEAD and 304 have it, an error without a code."""
        if not response.body:
            if operation.method == "HEAD" or response.status == _WITHOUT_BODY:
                return Answer(response.status, True, error=ErrorAnswer(None, None))
            return not_xml_answer(response, "nothing")
        return xml_error(service, operation, response)

    def hidden_error(self, service: Service, operation: Operation, response: Response) -> Answer | None:
        """An element Error in a 200: operations that take long answer before they know how they will end."""
        root = _document(response.body) if response.body else None
        if isinstance(root, ET.Element) and root.tag == "Error" and root.find("Code") is not None:
            return xml_error(service, operation, response)
        return None


def _document(body: bytes) -> Element | Problem:
    try:
        root = parse_xml(body)
    except NotXml as problem:
        return Problem("body", (), "an XML document", str(problem))
    if root.tag.lower() == "html":
        return Problem("body", (), "an XML document of the service", "HTML")
    return root


REST_XML = Rest("rest-xml", XmlBody())
