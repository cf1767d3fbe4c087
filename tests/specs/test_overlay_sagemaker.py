"""The overlay of SageMaker: what it names exists, answer rules blame no answer of AWS, no known fact is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from conformance.specs import places
from conformance.specs.clauses import catalog
from conformance.specs.model import Service, Spec
from conformance.specs.overlay import rules
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.store import files
from doubles.stored_specs import stored_spec

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "specs" / "sagemaker" / "2017-07-24"
FACTS = ROOT.parent / "shared" / "facts" / "sagemaker_rules.json"
RECORDINGS = ROOT.parent / "shared" / "recordings" / "sagemaker.jsonl"
OVERLAY = load_overlay(FOLDER / "overlay.yaml")


@lru_cache(maxsize=1)
def spec() -> Spec:
    return stored_spec("sagemaker")


def service() -> Service:
    return spec().service


# ---------------------------------------------------------------- names


def test_resources_name_operations_and_members_of_the_model() -> None:
    for resource in OVERLAY.resources.values():
        chosen = resource.handle.members[0]
        read = resource.read.operation if resource.read else None
        for operation in (resource.create, read, resource.update, resource.delete):
            if operation is None:
                continue
            assert chosen in service().input_of(service().operations[operation]).members, operation
        for operation in resource.unrelated_in:
            names = {
                place.name for place in places.places(service(), service().input_of(service().operations[operation]))
            }
            assert names & set(resource.handle.members), operation
        if resource.status is not None:
            assert read is not None
            shape = service().output_of(service().operations[read])
            status = service().target(shape.members[str(resource.status.path[0])])
            assert set(resource.status.values) == set(status.enum)


def test_rules_and_hints_name_what_exists() -> None:
    assert set(OVERLAY.requests) <= set(service().operations)
    for rule in OVERLAY.rules:
        assert set(rule.operations) <= set(service().operations), rule.id
        assert rule.must_exist is None or rule.must_exist in OVERLAY.resources
    for identity, unchecked in OVERLAY.unchecked.items():
        elsewhere = "another service" in unchecked.reason
        assert elsewhere or set(unchecked.operations) <= set(service().operations), identity


def test_what_conditions_look_at_is_in_the_model() -> None:
    words = {name for shape in service().shapes.values() for name in shape.members} | {
        "request",
        "answer",
        "region",
        "account",
    }
    for rule in OVERLAY.rules:
        for text in (rule.request, rule.answer):
            # Literals and function names are no members.
            bare = re.sub(r"'[^']*'|`[^`]*`|[a-z_]+\(|&", " ", text or "")
            assert set(re.findall(r"[A-Za-z_]\w*", bare)) <= words, rule.id


def stored_versions() -> list[str]:
    found = files.find_stored(ROOT / "specs", "sagemaker")
    return [version.provenance.botocore for version in found.versions] if found else []


@pytest.mark.parametrize("version", stored_versions())
def test_rules_hold_only_where_the_model_has_what_they_speak_of(version: str) -> None:
    old = files.read_spec(FOLDER, botocore=version).service
    for name, operation in old.operations.items():
        shape = old.input_of(operation)
        members = {step for place in places.places(old, shape) for step in place.steps}
        for rule in OVERLAY.rules_for(name, version):
            for violation in rule.violations:
                for edit in (*violation.base, *violation.broken):
                    assert {str(step) for step in edit.path if isinstance(step, str)} <= members | {"[*]"}, rule.id
                    assert named_in(edit.value) <= members | NOT_MEMBERS, (rule.id, edit)


# Map keys and tags in the values of edits.
NOT_MEMBERS = {f"V{number:02}" for number in range(40)}


def named_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(named_in, value.values()))
    return set().union(*map(named_in, value)) if isinstance(value, list) else set()


def test_the_drifted_rule_ends_when_aws_changed_its_mind() -> None:
    (rule,) = (rule for rule in OVERLAY.rules if rule.id == "CFG-01")
    assert [rule.holds_for(v) for v in ("1.23.17", "1.23.18", "1.35.61", "1.43.26", "1.43.27", "1.44.5")] == [
        False, True, True, True, False, False,
    ]  # fmt: skip


# ---------------------------------------------------------------- answers

ARN = "arn:aws:sagemaker:eu-west-1:123456789012"
ENDPOINT: dict[str, Any] = {
    "EndpointName": "Some-Name",
    "EndpointArn": f"{ARN}:endpoint/some-name",
    "EndpointStatus": "InService",
    "CreationTime": 10.5,
    "LastModifiedTime": 11,
}


@pytest.mark.parametrize(
    ("rule", "request_", "answer", "kept"),
    [
        ("ID-03", {"EndpointName": "Some-Name"}, ENDPOINT, True),
        ("ID-03", {"EndpointName": "some-name"}, ENDPOINT, False),
        ("ID-03", {"EndpointName": "some-name"}, {}, True),
        ("DS-01", {}, ENDPOINT, True),
        ("DS-01", {}, {**ENDPOINT, "PendingDeploymentSummary": {}}, False),
        ("DS-01", {}, {"EndpointStatus": "Updating", "PendingDeploymentSummary": {}}, True),
        ("DS-05", {}, ENDPOINT, True),
        ("DS-05", {}, {**ENDPOINT, "EndpointArn": f"{ARN}:endpoint/Some-Name"}, False),
        (
            "DS-05",
            {},
            {**ENDPOINT, "EndpointArn": f"{ARN.replace('eu', 'us')}:endpoint/some-name"},
            False,
        ),
        (
            "DS-05",
            {},
            {**ENDPOINT, "EndpointArn": f"{ARN.replace('9', '0')}:endpoint/some-name"},
            False,
        ),
        ("DS-05", {}, {}, True),
        ("DS-06", {}, ENDPOINT, True),
        ("DS-06", {}, {**ENDPOINT, "LastModifiedTime": 10}, False),
        ("DS-06", {}, {}, True),
        ("LS-01", {}, {"Endpoints": [{"CreationTime": 3}, {"CreationTime": 2.5}, {"CreationTime": 2.5}]}, True),
        ("LS-01", {}, {"Models": [{"CreationTime": 2}, {"CreationTime": 3}]}, False),
        ("LS-01", {"SortOrder": "Ascending"}, {"Models": [{"CreationTime": 2}, {"CreationTime": 3}]}, True),
        ("LS-01", {}, {"EndpointConfigs": []}, True),
        ("LS-01", {}, {}, True),
        ("LS-02", {}, {"Endpoints": [{}] * 10}, True),
        ("LS-02", {}, {"Endpoints": [{}] * 11}, False),
        ("LS-02", {"MaxResults": 20}, {"Endpoints": [{}] * 11}, True),
        ("TG-01", {"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b"}]}, True),
        ("TG-01", {"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": [{"Key": "a", "Value": "0"}]}, False),
        ("TG-01", {"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": []}, False),
        ("TG-01", {"Tags": [{"Key": "a", "Value": "1"}]}, {}, True),
    ],
)
def test_answer_rules(rule: str, request_: dict[str, Any], answer: dict[str, Any], kept: bool) -> None:
    (found,) = (one for one in OVERLAY.rules if one.id == rule)
    assert found.answer is not None
    seen = {"request": request_, "answer": answer, "region": "eu-west-1", "account": "123456789012"}
    assert rules.holds(found.answer, seen) is kept
    if "Arn" not in found.answer:
        assert (
            rules.holds(found.answer, {"request": request_, "answer": answer, "region": None, "account": None}) is kept
        )


def test_answer_rules_blame_no_recorded_answer_of_aws() -> None:
    if not RECORDINGS.is_file():
        pytest.skip("the recordings are not here")
    judged = 0
    for line in RECORDINGS.read_text(encoding="utf-8").splitlines():
        recording = json.loads(line)
        if recording["error"]:
            continue
        document = {"request": {"EndpointName": recording["output"].get("EndpointName")}, "answer": recording["output"]}
        for rule in OVERLAY.rules_for(recording["operation"], spec().provenance.botocore):
            if rule.answer is not None:
                assert rules.holds(rule.answer, document), (rule.id, recording["where"])
                judged += 1
    assert judged > 10


# ---------------------------------------------------------------- the facts


def parts(ids: Iterable[str]) -> set[str]:
    return {re.sub(r"[a-z]$", "", one) for one in ids}


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in OVERLAY.rules]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(OVERLAY.unchecked)


def test_every_fact_is_a_rule_or_has_a_reason_not_to_be() -> None:
    if not FACTS.is_file():
        pytest.skip("the facts are not here")
    facts = {fact["id"]: fact for fact in json.loads(FACTS.read_text(encoding="utf-8"))["rules"]}
    checked = {rule.id for rule in OVERLAY.rules}
    assert parts(checked) | parts(OVERLAY.unchecked) == set(facts)
    # Only a fact of several parts may be both, each part once.
    assert not {one for one in parts(checked) & parts(OVERLAY.unchecked) if one in checked or one in OVERLAY.unchecked}
    order = ("RECORDED", "DOC-ERROR", "SECOND-HAND", "DOC-MUST", "DEFAULT", "ASYNC", "ADVICE")
    for rule in OVERLAY.rules:
        known = facts[re.sub(r"[a-z]$", "", rule.id)]["enforcement"]
        allowed = "DOC-ERROR" if known == "DRIFTED" else known
        assert order.index(rule.enforcement) >= order.index(allowed), f"{rule.id} claims more than is known"


def test_clauses_named_as_reasons_exist() -> None:
    known = catalog.clauses_of(spec(), OVERLAY)
    for identity, unchecked in OVERLAY.unchecked.items():
        for clause in re.findall(r"clause (\S+)", unchecked.reason):
            assert clause in known or identity == "MD-06", clause


def test_rules_of_today_are_clauses_under_their_own_id() -> None:
    known = catalog.clauses_of(spec(), OVERLAY)
    assert "sagemaker:CreateEndpointConfig/rule#CFG-02" in known
    assert "sagemaker:CreateEndpointConfig/rule#CFG-01" not in known
    assert known["sagemaker:CreateEndpoint/rule#REF-01"].source.startswith("observed: ")
