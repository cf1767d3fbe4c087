"""What must exist for a request is created as that request wants it; for others it is created plainly."""

from __future__ import annotations

from conformance.cases.request_builder import RequestBuilder
from conformance.planning.service_specs import load_service

FOUND = load_service("kms")
BUILDER = RequestBuilder(FOUND.loaded.spec, FOUND.overlay, 3)


def creations(name: str) -> dict[str, dict[str, object]]:
    operation = FOUND.service.operations[name]
    params = BUILDER.smallest(operation)
    return {each.resource: dict(each.call.params) for each in BUILDER.prerequisites(operation, params, "token")}


def test_a_key_that_signs_is_made_for_a_request_that_signs() -> None:
    assert creations("Sign")["Key"]["KeyUsage"] == "SIGN_VERIFY"
    assert creations("GenerateMac")["Key"]["KeyUsage"] == "GENERATE_VERIFY_MAC"
    assert "KeyUsage" not in creations("Encrypt")["Key"]


def test_what_a_prerequisite_wants_holds_for_what_that_needs() -> None:
    made = creations("Verify")
    assert list(made) == ["Key", "Signature"]
    assert made["Key"]["KeyUsage"] == "SIGN_VERIFY"
    assert made["Signature"]["SigningAlgorithm"] == "ECDSA_SHA_256"
