"""Every case of whole services: ids and names that never meet, no clause without a case, and bytes that prove the case.

A request, read back from its own bytes, breaks exactly what it should: one constraint, or none. What a protocol cannot
write, and what its bytes do not prove, is never sent; it is counted here, kind by kind, so that nothing is lost without
somebody having looked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from conformance.cases.case import Case, Omitted
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Unproven
from conformance.exchanges.transport import TransportFailure
from conformance.planning.service_specs import load_service
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.model import Operation
from conformance.wire.message import Inexpressible, Request, Response
from conformance.wire.protocols import codec_for

# Of each protocol one or more, and those with rules and resources of their own.
SERVICES = (
    "dynamodb",
    "sqs",
    "kms",
    "iam",
    "sns",
    "sts",
    "lambda",
    "s3",
    pytest.param("sagemaker", marks=pytest.mark.slow),
    pytest.param("ec2", marks=pytest.mark.slow),
)

# What JSON can write, it can prove: no request of these is left out.
EVERYTHING = ("dynamodb", "sqs", "kms", "sagemaker")

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
    "lambda": {"min/too-few": 1},  # an empty list in the query string is none
    "ec2": {"required/missing": 57, "min/too-few": 35, "boundary": 7},
}


# Resources whose names cannot hold the name of a case.
NAMES_OF_OTHERS = {
    "SMSSandboxPhoneNumber": "its name is a telephone number",
    "TransitGatewayPrefixListReference": "it bears the id of the list that it refers to",
}


class Nowhere:
    """Sends nothing."""

    def send(self, request: Request, **_: object) -> Response:
        raise TransportFailure("refused", "nothing is sent here")


class Enumerated(NamedTuple):
    """A service, and the cases of each of its operations."""

    name: str
    builder: RequestBuilder
    exchanger: Exchanger
    items: list[tuple[Operation, list[Case | Omitted]]]

    def cases(self) -> Iterator[Case]:
        return (item for _, items in self.items for item in items if isinstance(item, Case))


@pytest.fixture(scope="module", params=SERVICES)
def enumerated(request: pytest.FixtureRequest) -> Enumerated:
    found = load_service(request.param)
    builder = RequestBuilder(found.loaded.spec, found.overlay, 3)
    exchanger = Exchanger(found.service, codec_for(found.service), Nowhere())
    operations = found.service.operations.values()
    items = [(operation, list(deterministic_cases(builder, operation))) for operation in operations]
    return Enumerated(request.param, builder, exchanger, items)


def test_no_two_cases_of_a_service_share_an_id_or_a_thing(enumerated: Enumerated) -> None:
    ids: set[str] = set()
    owners: dict[tuple[str, str], str] = {}
    for case in enumerated.cases():
        assert case.id not in ids
        ids.add(case.id)
        for call in (case.call, *(creation.call for creation in case.setup)):
            for thing in things_made(enumerated.builder, call.operation, call.params):
                assert owners.setdefault(thing, case.id) == case.id


def things_made(builder: RequestBuilder, operation: str, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    made = builder.namer.created_by(builder.service.operations[operation])
    name = params.get(str(made.chosen.source.path[0])) if made is not None and made.chosen is not None else None
    return [(made.name, name)] if made and made.name not in NAMES_OF_OTHERS and isinstance(name, str) else []


def test_prerequisites_are_made_before_what_needs_them(enumerated: Enumerated) -> None:
    builder = enumerated.builder
    for _, items in enumerated.items:
        made: set[str] = set()
        for creation in items[0].setup if isinstance(items[0], Case) else ():
            operation = builder.service.operations[creation.call.operation]
            made.add(creation.resource)  # its own name may stand in its configuration, too
            assert {resource.name for resource in builder.namer.references(operation, creation.call.params)} <= made


def test_no_clause_of_an_input_place_is_forgotten_silently(enumerated: Enumerated) -> None:
    builder = enumerated.builder
    for operation, items in enumerated.items:
        clause_ids: set[str] = set()
        for item in items:
            clause_ids.update([item.clause] if isinstance(item, Omitted) else item.clauses)
            assert not isinstance(item, Omitted) or item.reason
        clauses = operation_clauses(builder.spec, operation, builder.overlay).values()
        places = {clause.id for clause in clauses if clause.section == "input" and clause.path}
        assert places <= clause_ids, operation.name
        rules = {rule.id for rule in builder.rules_for(operation) if rule.violations or rule.must_exist}
        assert {clause.id for clause in clauses if clause.section == "rule" and clause.name in rules} <= clause_ids


def test_every_case_is_proven_by_its_bytes_or_left_out_for_a_known_reason(enumerated: Enumerated) -> None:
    reasons: dict[str, list[str]] = {}
    unproven: Counter[str] = Counter()
    for case in enumerated.cases():
        try:
            enumerated.exchanger.prove(case, enumerated.exchanger.request_for(case.call))
        except Inexpressible as problem:
            reasons.setdefault(str(problem), []).append(case.id)
        except Unproven:
            unproven[f"{case.fault.constraint}/{case.fault.how}" if case.fault else case.intent] += 1
    if enumerated.name in EVERYTHING:
        assert reasons == {}
    assert [reason for reason in reasons if not INEXPRESSIBLE.search(reason)] == []
    assert unproven == UNPROVEN.get(enumerated.name, {})


def test_the_smallest_valid_request_of_every_operation_is_sent(enumerated: Enumerated) -> None:
    for operation, (first, *_) in enumerated.items:
        assert isinstance(first, Case), operation.name
        enumerated.exchanger.prove(first, enumerated.exchanger.request_for(first.call))
