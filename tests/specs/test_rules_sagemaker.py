"""The overlay of SageMaker: what it names exists, every violation breaks its rule and nothing else, every repair works.

The model's constraints are checked twice, by botocore's validator and by a plain one written here, so that neither
the generators nor the judges of this package vouch for themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import regex
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.specs import clauses, ingest, overlay, rules, store, walk
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Service, Shape, Spec
from conformance.specs.overlay import Rule, Violation
from conformance.specs.paths import NoSuchPlace, apply

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "specs" / "sagemaker" / "2017-07-24"
FACTS = ROOT.parent / "shared" / "facts" / "sagemaker_rules.json"
RECORDINGS = ROOT.parent / "shared" / "recordings" / "sagemaker.jsonl"
OVERLAY = overlay.load(FOLDER / "overlay.yaml")

# One of these matches any pattern of the operations that have rules.
TEXTS = (
    "name", "ab", "a" * 20, "arn:aws:iam::123456789012:role/conformance", "s3://b/key", "s3://bucket/key",
    "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/name", "arn:aws:sns:eu-west-1:123456789012:topic", "text/csv",
    "mig-3g.40gb", "/metrics", "4gb", "1234567890", "2024-01-01", "1", "true", "https://example.org/x", "",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag", "arn:aws:s3:::bucket", "eu-west-1", "subnet-12345678",
    "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/name", "arn:aws:sagemaker:eu-west-1:123456789012:workteam/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:cluster/abcdefghijkl", "arn:aws:sagemaker:eu-west-1:aws:hub-content/hub/Model/name",
    "name@example.org", "1.2.3", "d-abcdefgh",
)  # fmt: skip


@lru_cache(maxsize=1)
def spec() -> Spec:
    return ingest.installed("sagemaker")


def service() -> Service:
    return spec().service


def rules_of(operation: str, version: str | None = None) -> tuple[Rule, ...]:
    return tuple(OVERLAY.rules_for(operation, version or spec().provenance.botocore))


# ---------------------------------------------------------------- the model's constraints, plainly


def texts(shape: Shape) -> list[str]:
    if shape.enum:
        return list(shape.enum)
    found = [text for text in TEXTS if not list(text_faults(shape, text, ""))]
    assert found, f"no sample text for {shape.name} {shape.pattern!r} {shape.minimum} {shape.maximum}"
    return found


def text_faults(shape: Shape, text: str, where: str) -> Iterator[str]:
    if shape.enum and text not in shape.enum:
        yield f"{where}: not in the enum"
    if not (shape.minimum or 0) <= len(text) <= (len(text) if shape.maximum is None else shape.maximum):
        yield f"{where}: length"
    if shape.pattern and not shape.enum and not regex.fullmatch(shape.pattern, text):
        yield f"{where}: pattern {shape.pattern}"


def faults(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """Every constraint of the model that a value breaks."""
    if shape.type == "structure":
        assert isinstance(value, dict), where
        yield from (f"{where}: {name} is required" for name in shape.required if name not in value)
        yield from (f"{where}: {name} is unknown" for name in value if name not in shape.members)
        for name, item in value.items():
            if name in shape.members:
                yield from faults(service().target(shape.members[name]), item, f"{where}.{name}")
    elif shape.type in STRING_TYPES:
        assert isinstance(value, str), where
        yield from text_faults(shape, value, where)
    else:
        size = value if shape.type in NUMBER_TYPES else len(value) if isinstance(value, list | dict) else None
        if size is not None and shape.minimum is not None and size < shape.minimum:
            yield f"{where}: minimum"
        if size is not None and shape.maximum is not None and size > shape.maximum:
            yield f"{where}: maximum"
        if shape.element is not None:
            for item in value:
                yield from faults(service().target(shape.element), item, f"{where}[]")
        if shape.key is not None and shape.value is not None:
            for name, item in value.items():
                yield from faults(service().target(shape.key), name, f"{where}{{key}}")
                yield from faults(service().target(shape.value), item, f"{where}{{}}")


def all_faults(operation: str, request: Mapping[str, Any]) -> list[str]:
    shape = botocore_model().operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    found = list(faults(service().input_of(service().operations[operation]), request))
    return found + ([report.generate_report()] if report.has_errors() else [])


@lru_cache(maxsize=1)
def botocore_model() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


# ---------------------------------------------------------------- requests


def smallest(shape: Shape) -> Any:
    if shape.type == "structure":
        names = [next(reversed(shape.members))] if shape.union else shape.required
        return {name: smallest(service().target(shape.members[name])) for name in names}
    if shape.type == "list":
        assert shape.element is not None
        return [smallest(service().target(shape.element)) for _ in range(int(shape.minimum or 0))]
    if shape.type == "map":
        return {}
    if shape.type in STRING_TYPES:
        return texts(shape)[0]
    return {"boolean": True, "timestamp": 0, "blob": b"x"}.get(shape.type, int(shape.minimum or 1))


def smallest_valid(operation: str) -> dict[str, Any]:
    """The smallest request with the hints of the overlay, brought to obey every rule."""
    request = smallest(service().input_of(service().operations[operation]))
    hints = OVERLAY.requests.get(operation)
    for edit in hints.given if hints else ():
        try:
            request = apply(request, (edit,))
        except NoSuchPlace:
            continue
    repaired = rules.repaired(request, rules_of(operation))
    assert repaired is not None
    return dict(repaired)


@st.composite
def values(draw: st.DrawFn, shape: Shape, depth: int = 0) -> Any:
    """Any value that the model allows, empty structures and lists among them."""
    target = service().target
    if shape.union:
        name = draw(st.sampled_from(sorted(shape.members)))
        return {name: draw(values(target(shape.members[name]), depth + 1))}
    if shape.type == "structure":
        optional = sorted(set(shape.members) - set(shape.required))
        chosen = draw(st.lists(st.sampled_from(optional), unique=True, max_size=12)) if optional and depth < 7 else []
        return {n: draw(values(target(shape.members[n]), depth + 1)) for n in (*shape.required, *chosen)}
    if shape.type == "list":
        assert shape.element is not None
        low = int(shape.minimum or 0)
        high = int(min(low + 3, low + 3 if shape.maximum is None else shape.maximum))
        return draw(st.lists(values(target(shape.element), depth + 1), min_size=low, max_size=high))
    if shape.type == "map":
        assert shape.key is not None
        assert shape.value is not None
        return draw(st.dictionaries(st.sampled_from(texts(target(shape.key))), values(target(shape.value)), max_size=3))
    if shape.type in STRING_TYPES:
        return draw(st.sampled_from(texts(shape)))
    if shape.type in NUMBER_TYPES:
        low = int(shape.minimum if shape.minimum is not None else -2)
        low += shape.minimum is not None and low < shape.minimum
        high = low + 120 if shape.maximum is None else int(shape.maximum)
        return draw(st.integers(low, high))
    return draw({"boolean": st.booleans(), "timestamp": st.just(0), "blob": st.just(b"x")}[shape.type])


RULED = sorted({name for rule in OVERLAY.rules if rule.request for name in rule.operations})
MOST_RULED = [name for name in RULED if any(rule.id != "ID-06" and rule.request for rule in rules_of(name))]


@pytest.mark.parametrize("operation", MOST_RULED)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_conditions_can_be_told_of_any_request_and_repairs_make_it_obey(operation: str, data: st.DataObject) -> None:
    request = data.draw(values(service().input_of(service().operations[operation])))
    assert not list(faults(service().input_of(service().operations[operation]), request))
    repaired = rules.repaired(request, rules_of(operation))
    assert repaired is not None, [rule.id for rule in rules_of(operation) if not rules.obeys(rule, request)]
    assert all(rules.obeys(rule, repaired) for rule in rules_of(operation))
    assert all_faults(operation, repaired) == []


@pytest.mark.parametrize("operation", RULED)
def test_smallest_requests_obey_model_and_rules(operation: str) -> None:
    if operation not in service().operations:
        pytest.skip("not in the installed model")
    request = smallest_valid(operation)
    assert all_faults(operation, request) == []
    assert all(rules.obeys(rule, request) for rule in rules_of(operation))


# ---------------------------------------------------------------- violations

BROKEN = [
    pytest.param(rule, operation, violation, id=f"{rule.id}-{operation}-{violation.name}")
    for rule in OVERLAY.rules
    for operation in rule.operations
    for violation in rule.violations
]


@pytest.mark.parametrize(("rule", "operation", "violation"), BROKEN)
def test_a_violation_breaks_its_rule_and_nothing_else(rule: Rule, operation: str, violation: Violation) -> None:
    held = list({one.id: one for one in (*rules_of(operation), rule)}.values())  # an ended rule is tried with today's
    base = apply(smallest_valid(operation), violation.base)
    assert all_faults(operation, base) == []
    assert [one.id for one in held if not rules.obeys(one, base)] == []
    broken = apply(base, violation.broken)
    assert broken != base
    assert all_faults(operation, broken) == []
    assert [one.id for one in held if not rules.obeys(one, broken)] == [rule.id]


def test_every_request_rule_has_a_violation_and_a_repair() -> None:
    for rule in OVERLAY.rules:
        if rule.request is not None:
            assert rule.violations, rule.id
            assert rule.repair, rule.id


# ---------------------------------------------------------------- names


def test_resources_name_operations_and_members_of_the_model() -> None:
    for resource in OVERLAY.resources.values():
        for operation in (resource.create, resource.read, resource.delete):
            assert operation is not None
            assert resource.identifier in service().input_of(service().operations[operation]).members, operation
        for operation in resource.elsewhere:
            names = {
                place.name for place in walk.places(service(), service().input_of(service().operations[operation]))
            }
            assert names & {resource.identifier, *resource.aliases}, operation
        if resource.ready is not None:
            shape = service().output_of(service().operations[resource.ready.operation])
            status = service().target(shape.members[resource.ready.path])
            assert {*resource.ready.success, *resource.ready.failure} <= set(status.enum)


def test_rules_and_hints_name_what_exists() -> None:
    assert set(OVERLAY.requests) <= set(service().operations)
    for rule in OVERLAY.rules:
        assert set(rule.operations) <= set(service().operations), rule.id
        assert rule.missing is None or rule.missing in OVERLAY.resources
    for identity, unchecked in OVERLAY.unchecked.items():
        elsewhere = "another service" in unchecked.reason
        assert elsewhere or set(unchecked.operations) <= set(service().operations), identity


def test_a_reference_rule_has_something_to_refer_to_in_the_smallest_request() -> None:
    for rule in OVERLAY.rules:
        if rule.missing is None:
            continue
        for operation in rule.operations:
            text = json.dumps(smallest_valid(operation))
            assert f'"{OVERLAY.resources[rule.missing].identifier}"' in text, (rule.id, operation)


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
    found = store.stored(ROOT / "specs", "sagemaker")
    return [version.provenance.botocore for version in found.versions] if found else []


@pytest.mark.parametrize("version", stored_versions())
def test_rules_hold_only_where_the_model_has_what_they_speak_of(version: str) -> None:
    old = store.read(FOLDER, botocore=version).service
    for name, operation in old.operations.items():
        shape = old.input_of(operation)
        members = {step for place in walk.places(old, shape) for step in place.steps}
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

ENDPOINT = {
    "EndpointName": "Some-Name",
    "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/some-name",
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
        ("DS-05", {}, {**ENDPOINT, "EndpointArn": ENDPOINT["EndpointArn"][:-9] + "Some-Name"}, False),  # type: ignore[index]
        (
            "DS-05",
            {},
            {**ENDPOINT, "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/some-name"},
            False,
        ),
        (
            "DS-05",
            {},
            {**ENDPOINT, "EndpointArn": "arn:aws:sagemaker:eu-west-1:999999999999:endpoint/some-name"},
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
        for rule in rules_of(recording["operation"]):
            if rule.answer is not None:
                assert rules.holds(rule.answer, document), (rule.id, recording["where"])
                judged += 1
    assert judged > 10


# ---------------------------------------------------------------- the facts


def parts(ids: Any) -> set[str]:
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
    known = clauses.clauses_of(spec(), OVERLAY)
    for identity, unchecked in OVERLAY.unchecked.items():
        for clause in re.findall(r"clause (\S+)", unchecked.reason):
            assert clause in known or identity == "MD-06", clause


def test_rules_of_today_are_clauses_under_their_own_id() -> None:
    known = clauses.clauses_of(spec(), OVERLAY)
    assert "sagemaker:CreateEndpointConfig/rule#CFG-02" in known
    assert "sagemaker:CreateEndpointConfig/rule#CFG-01" not in known
    assert known["sagemaker:CreateEndpoint/rule#REF-01"].source.startswith("observed: ")
