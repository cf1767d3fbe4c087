"""A planned request, read back from its own bytes, breaks exactly what it should: one constraint, or none."""

from __future__ import annotations

import pytest

from conformance.cases.case import Call, Case, Fault
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Unproven
from conformance.exchanges.transport import TransportFailure
from conformance.specs.model import Member, Operation, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.values.paths import Edit
from conformance.wire.message import Inexpressible, Request, Response
from conformance.wire.protocols import codec_for
from doubles.handmade_shapes import service, spec_of, structure


class Nowhere:
    """Sends nothing."""

    def send(self, request: Request, **_: object) -> Response:
        raise TransportFailure("refused", "nothing is sent here")


def exchanger_for(protocol: str = "json", *more: Shape, **traits: object) -> Exchanger:
    operations = (Operation("PutThing", "PUT", "/things", input="PutRequest"),)
    model = service(protocol, *more, operations=operations, **traits)
    return Exchanger(model, codec_for(model), Nowhere())


def invalid(params: dict[str, object], constraint: str, place: str, *edits: Edit) -> Case:
    fault = Fault(constraint, place, (), "by hand")
    call = Call("PutThing", params, edits)
    return Case("i", "things", "PutThing", "invalid", "", (), call, fault=fault)


def proven(exchanger: Exchanger, case: Case) -> None:
    exchanger.prove(case, exchanger.request_for(case.call))


def is_proven(exchanger: Exchanger, case: Case) -> bool:
    try:
        proven(exchanger, case)
    except Unproven:
        return False
    return True


def test_a_request_that_breaks_what_it_says_is_proven() -> None:
    assert is_proven(exchanger_for(), invalid({"Name": "ab", "Count": 0}, "min", "Count"))
    assert is_proven(exchanger_for(), invalid({"Name": "ab"}, "required", "Name", Edit("remove", ("Name",))))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"Name": "ab", "Count": 5}, "breaks nothing"),
        ({"Name": "ab", "Count": 0, "Kind": "TINY"}, "breaks Count#min, Kind#enum"),
        ({"Name": "ab", "Count": 11}, "breaks Count#max"),
    ],
    ids=["nothing", "more-than-one", "another"],
)
def test_a_request_that_breaks_anything_else_is_not(params: dict[str, object], message: str) -> None:
    with pytest.raises(Unproven, match=message):
        proven(exchanger_for(), invalid(params, "min", "Count"))


def test_a_request_that_should_be_valid_and_is_not_is_not_sent() -> None:
    loose = Shape("Loose", "list", element=Member("Name"))
    request = structure("PutRequest", ("Names",), Names="Loose")
    case = Case("v", "things", "PutThing", "valid", "", (), Call("PutThing", {"Names": []}))
    proven(exchanger_for("json", loose, request), case)
    with pytest.raises(Unproven, match="Names#required"):
        proven(exchanger_for("ec2", loose, request), case)


def test_an_unknown_member_is_the_one_thing_that_its_own_case_may_break() -> None:
    builder = RequestBuilder(spec_of(service()), EMPTY_OVERLAY, 1)
    cases = (
        each for operation in builder.service.operations.values() for each in deterministic_cases(builder, operation)
    )
    unknown = next(case for case in cases if isinstance(case, Case) and case.id.endswith("/unknown-member"))
    exchanger = Exchanger(builder.service, codec_for(builder.service), Nowhere())
    proven(exchanger, unknown)
    assert b"ConformanceUnknownMember" in exchanger.request_for(unknown.call).body


def test_a_body_that_does_not_parse_is_not_held_against_its_params() -> None:
    exchanger = exchanger_for()
    call = Call("PutThing", {"Name": "ab"}, broken_body=True)
    case = Case("b", "things", "PutThing", "invalid", "", (), call, fault=Fault("malformed-body", "", (), ""))
    request = exchanger.request_for(call)
    exchanger.prove(case, request)
    assert (
        codec_for(exchanger.service)
        .decode_request(exchanger.service, exchanger.service.operations["PutThing"], request)
        .problems
    )


def test_a_text_protocol_does_not_pretend_to_know_types() -> None:
    exchanger = exchanger_for("query")
    with pytest.raises(Inexpressible):
        exchanger.request_for(Call("PutThing", {"Name": "ab"}, (Edit("set", ("Parts",), "not-a-structure"),)))
