"""The query protocol and its EC2 variant: form fields in, XML out.

POST /   Content-Type: application/x-www-form-urlencoded   Action=Operation&Version=2010-05-08&Member=...
200      <OperationResponse><OperationResult> members </OperationResult><ResponseMetadata/></OperationResponse>
200      <OperationResponse> members <requestId/></OperationResponse>                                     (EC2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from conformance.specs.model import Operation, Service
from conformance.values.paths import Edit
from conformance.wire.conventions import NO_SUCH_OPERATION, host_prefix, is_error
from conformance.wire.message import Answer, Decoded, Inexpressible, Problem, Request, Response
from conformance.wire.raw import mark_edits
from conformance.wire.xml_protocols.formtext import EC2_NAMES, QUERY_NAMES, FormReader, Names, write_fields
from conformance.wire.xml_protocols.xmlerrors import media_type_problems, not_xml_answer, xml_error
from conformance.wire.xml_protocols.xmlform import XmlReader
from conformance.wire.xml_protocols.xmltext import Element, NotXml, parse_xml

# Elements beside the members of an EC2 answer; `return` repeats the success.
_OF_ENVELOPE = ("requestId", "return")
_HEADERS = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Query:
    """Codec of `query` or `ec2`, by the names it is made with."""

    name: str
    names: Names

    def encode(
        self, service: Service, operation: Operation, params: Mapping[str, Any], edits: Sequence[Edit] = ()
    ) -> Request:
        """See `Codec.encode`: the params as form fields, edited places with their text."""
        value = mark_edits(params, edits)
        fields = list(write_fields(service, service.input_of(operation), value, self.names))
        prefix = host_prefix(service, operation, value)
        return self._request(service, operation.name, fields, operation.method, prefix)

    def decode_request(self, service: Service, operation: Operation, request: Request) -> Decoded:
        """See `Codec.decode_request`: the fields of the body against the input shape."""
        try:
            text = request.body.decode("ascii")
            fields = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
        except ValueError as problem:
            return Decoded(None, (Problem("body", (), "form fields", str(problem)),))
        envelope = {"Action": operation.name, "Version": service.api_version}
        reader = FormReader(service, self.names)
        for name, expected in envelope.items():
            got = [text for key, text in fields if key == name]
            if expected not in got:
                reader.problems.append(Problem("envelope", (), f"{name}={expected}", f"{name}={got}"))
        own = {name for name in envelope if not self._is_member(service, operation, name)}
        value = reader.read(service.input_of(operation), [pair for pair in fields if pair[0] not in own])
        return Decoded(value, tuple(reader.problems))

    def decode_response(self, service: Service, operation: Operation, response: Response) -> Answer:
        """See `Codec.decode_response`: the XML against the output shape, or as an error."""
        if is_error(response):
            return xml_error(service, operation, response)
        if not response.body:
            wrong = Problem("envelope", (), f"element {operation.name}Response", "nothing")
            return Answer(response.status, True, {}, problems=(wrong,))
        try:
            root = parse_xml(response.body)
        except NotXml as problem:
            return not_xml_answer(response, str(problem))
        if root.tag.lower() == "html":
            return not_xml_answer(response, "HTML")
        reader = XmlReader(service, answer=True, problems=list(media_type_problems(response)))
        output = self._output(service, operation, root, reader)
        return Answer(response.status, True, output, problems=tuple(reader.problems))

    def unknown_operation(self, service: Service) -> Request:
        """See `Codec.unknown_operation`: an action that no service has."""
        return self._request(service, NO_SUCH_OPERATION, ())

    def broken_body(self, service: Service, operation: Operation) -> Request | None:
        """None: any text is a form."""
        return None

    def _request(
        self,
        service: Service,
        action: str,
        fields: Iterable[tuple[str, str]],
        method: str = "POST",
        prefix: str = "",
    ) -> Request:
        # A field that a member names Action or Version takes the place of the protocol's own, as in botocore.
        merged = {"Action": action, "Version": service.api_version, **dict(fields)}
        try:
            body = "&".join(f"{_percent(name)}={_percent(text)}" for name, text in merged.items())
        except UnicodeEncodeError as problem:
            raise Inexpressible(f"not Unicode text: {problem}") from problem
        return Request(method, "/", headers=_HEADERS, body=body.encode("ascii"), host_prefix=prefix)

    def _is_member(self, service: Service, operation: Operation, label: str) -> bool:
        members = service.input_of(operation).members
        return any(self.names.member(service, member, name) == label for name, member in members.items())

    def _output(self, service: Service, operation: Operation, root: Element, reader: XmlReader) -> dict[str, Any]:
        expected = f"{operation.name}Response"
        if root.tag != expected:
            reader.problems.append(Problem("envelope", (), f"element {expected}", f"element {root.tag}"))
        if not operation.output:
            return {}
        shape = service.output_of(operation)
        if self.names is EC2_NAMES:
            return reader.structure(shape, root, ignored=_OF_ENVELOPE)
        wrapper = operation.result_wrapper or f"{operation.name}Result"
        node = root.find(wrapper)
        if node is not None:
            return reader.structure(shape, node)
        if shape.members:
            got = f"elements {[child.tag for child in root]}"
            reader.problems.append(Problem("envelope", (), f"element {wrapper}", got))
        return {}


def _percent(text: str) -> str:
    return quote(text, safe="-._~")


QUERY = Query("query", QUERY_NAMES)
EC2 = Query("ec2", EC2_NAMES)
