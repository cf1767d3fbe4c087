"""What AWS need not reject is not put to the test; what it must reject stays."""

from __future__ import annotations

import pytest

from conformance.cases.case import Case, Omitted
from conformance.cases.conclusive_faults import conclusive_faults
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.faults import BrokenConstraint, UnbreakableConstraint, broken_constraints
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.routes import operations_sharing_route, shadowing_operation
from conformance.cases.samples import Sampler, path_in_sample
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.places import places
from conformance.values.paths import get
from doubles.stored_specs import stored_spec


def faults(service: str, operation: str, path: str) -> dict[str, BrokenConstraint | UnbreakableConstraint]:
    """The faults at a place by what is broken and how, or by what cannot be broken."""
    model = stored_spec(service).service
    asked = model.operations[operation]
    root = model.input_of(asked)
    place = next(each for each in places(model, root) if each.path == path)
    value = Sampler(model).build(root, place.steps)
    where = path_in_sample(place.steps, value)
    found = conclusive_faults(model, asked, place, broken_constraints(place, where, get(value, where), Sampler(model)))
    return {
        f"{each.constraint} {each.how}" if isinstance(each, BrokenConstraint) else each.constraint: each
        for each in found
    }


@pytest.mark.parametrize(
    ("operation", "other"),
    [
        ("ListDirectoryBuckets", "ListBuckets"),  # the same GET /, at another host
        ("PutBucketLifecycle", "PutBucketLifecycleConfiguration"),  # deprecated
        ("ListBuckets", None),
        ("PutBucketLifecycleConfiguration", None),
        ("UploadPart", None),  # distinguished by partNumber and uploadId
        ("CopyObject", None),  # distinguished by a header
        ("PutObject", None),
        ("GetBucketAcl", None),
    ],
)
def test_an_operation_that_nothing_tells_from_another_one(operation: str, other: str | None) -> None:
    model = stored_spec("s3").service
    found = shadowing_operation(model, model.operations[operation])
    assert (found.name if found else None) == other


def test_protocols_that_name_the_operation_have_no_neighbours() -> None:
    model = stored_spec("sqs").service
    assert not [*operations_sharing_route(model, model.operations["CreateQueue"])]


def test_nothing_is_broken_where_the_request_is_taken_for_another_operations() -> None:
    planned = [
        *deterministic_cases(
            RequestBuilder(stored_spec("s3"), EMPTY_OVERLAY, 1),
            stored_spec("s3").service.operations["ListDirectoryBuckets"],
        )
    ]
    assert not [case.id for case in planned if isinstance(case, Case) and case.intent == "invalid"]
    reasons = {item.clause: item.reason for item in planned if isinstance(item, Omitted)}
    assert "ListBuckets" in reasons["s3:ListDirectoryBuckets/input/MaxDirectoryBuckets#type"]


def test_a_header_without_which_the_request_is_another_operations_is_not_left_out() -> None:
    assert isinstance(faults("s3", "CopyObject", "CopySource")["required"], UnbreakableConstraint)
    assert isinstance(faults("s3", "WriteGetObjectResponse", "RequestRoute")["required missing"], BrokenConstraint)


def test_a_body_of_bytes_is_not_left_out_and_a_structure_is() -> None:
    assert isinstance(faults("s3", "PutObjectAnnotation", "AnnotationPayload")["required"], UnbreakableConstraint)
    assert isinstance(faults("s3", "PutBucketWebsite", "WebsiteConfiguration")["required missing"], BrokenConstraint)


def test_a_date_that_http_has_a_server_ignore_is_not_mistyped_and_another_date_is() -> None:
    assert isinstance(faults("s3", "GetObject", "IfModifiedSince")["type"], UnbreakableConstraint)
    assert isinstance(faults("s3", "PutObject", "ObjectLockRetainUntilDate")["type no-time"], BrokenConstraint)


def test_what_http_itself_reads_is_not_broken() -> None:
    assert isinstance(faults("s3", "PutObject", "ContentLength")["type"], UnbreakableConstraint)
    assert isinstance(faults("s3", "PutObject", "WriteOffsetBytes")["type no-number"], BrokenConstraint)


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject"])
def test_a_header_of_the_answer_that_a_request_gives_is_not_read(operation: str) -> None:
    found = faults("s3", operation, "ResponseExpires")
    assert found
    assert all(isinstance(each, UnbreakableConstraint) for each in found.values())
    others = faults("s3", operation, "PartNumber")
    assert any(isinstance(each, BrokenConstraint) for each in others.values())
