"""Every planned request, read back from its own bytes, breaks exactly what it should: one constraint, or none.

What a protocol cannot write, and what its bytes do not prove, is never sent; it is counted here, kind by kind, so that
nothing is lost without somebody having looked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from conformance.cases.case import Call, Case, Fault
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Unproven
from conformance.exchanges.transport import TransportFailure
from conformance.planning.service_specs import load_service
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


# What JSON can write, it can prove: no request of these is left out.
EVERYTHING = ("dynamodb", "sqs", "kms", pytest.param("sagemaker", marks=pytest.mark.slow))

# How protocols say that a fault cannot be written in them.
INEXPRESSIBLE = re.compile(
    r"cannot be distinguished from text in this protocol"  # no types on the wire
    r"|cannot distinguish text from a (structure|list|map)"
    r"|the URI label \w+ cannot be "  # an empty label is another path
    r"|is part of the host name and cannot be"
    r"|has no body, so there is no place|the body is \w+ alone|has no body to break"
    r"|a body of bytes cannot be|headers named .* cannot be"
    r"|checksums of \w+ are not computed"
)

# Cases whose bytes do not prove them, for each service: the kind of fault and how many there are.
UNPROVEN = {
    # An entry or element whose only member is left out leaves no trace, and neither does a list of empty structures.
    "iam": {"required/missing": 1, "union/no-member": 1},
    "sns": {"required/missing": 2},
    "lambda": {"min/too-few": 1},  # an empty list in the query string is none
    "ec2": {"required/missing": 57, "min/too-few": 35, "boundary": 7},
}


def planned(builder: RequestBuilder) -> Iterator[Case]:
    for operation in builder.service.operations.values():
        yield from (each for each in deterministic_cases(builder, operation) if isinstance(each, Case))


def unsent(name: str) -> tuple[int, dict[str, list[str]], Counter[str]]:
    """How many cases there are, the reasons of those that cannot be written, and the kinds of those not proven."""
    found = load_service(name)
    exchanger = Exchanger(found.service, codec_for(found.service), Nowhere())
    reasons: dict[str, list[str]] = {}
    unproven: Counter[str] = Counter()
    total = 0
    for case in planned(RequestBuilder(found.loaded.spec, found.overlay, 11)):
        total += 1
        try:
            exchanger.prove(case, exchanger.request_for(case.call))
        except Inexpressible as problem:
            reasons.setdefault(str(problem), []).append(case.id)
        except Unproven:
            unproven[f"{case.fault.constraint}/{case.fault.how}" if case.fault else case.intent] += 1
    return total, reasons, unproven


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_case_of_a_json_service_is_written_and_proven(name: str) -> None:
    total, reasons, unproven = unsent(name)
    assert total > 300
    assert reasons == {}
    assert unproven == {}


@pytest.mark.parametrize("name", ["iam", "sns", "sts", "lambda", "s3", pytest.param("ec2", marks=pytest.mark.slow)])
def test_what_other_protocols_cannot_write_or_prove_is_known_by_kind(name: str) -> None:
    _, reasons, unproven = unsent(name)
    assert [reason for reason in reasons if not INEXPRESSIBLE.search(reason)] == []
    assert unproven == UNPROVEN.get(name, {})


@pytest.mark.parametrize("name", ["iam", "sns", "sts", "lambda", "s3", "ec2", "dynamodb"])
def test_the_smallest_valid_request_of_every_operation_is_sent(name: str) -> None:
    found = load_service(name)
    exchanger = Exchanger(found.service, codec_for(found.service), Nowhere())
    builder = RequestBuilder(found.loaded.spec, found.overlay, 11)
    for operation in found.service.operations.values():
        first = next(iter(deterministic_cases(builder, operation)))
        assert isinstance(first, Case), operation.name
        exchanger.prove(first, exchanger.request_for(first.call))


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
    unknown = next(case for case in planned(builder) if case.id.endswith("/unknown-member"))
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
