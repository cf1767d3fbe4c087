"""The request rules of SageMaker: every violation breaks its rule and nothing else, every repair works.

The model's constraints are checked twice, by botocore's validator and by a plain one written here, so that neither
the generators nor the judges of this package vouch for themselves.
"""

from __future__ import annotations

import json
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

from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Service, Shape, Spec
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule, Violation, version_key
from conformance.specs.overlay.parser import load_overlay
from conformance.values.paths import NoSuchPlace, apply
from doubles.stored_specs import stored_spec

FOLDER = Path(__file__).parents[2] / "specs" / "sagemaker" / "2017-07-24"
OVERLAY = load_overlay(FOLDER / "overlay.yaml")

# One of these matches any pattern of the operations that have rules.
TEXTS = (
    "name", "ab", "a" * 20, "arn:aws:iam::123456789012:role/conformance", "s3://b/key", "s3://bucket/key",
    "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/name", "arn:aws:sns:eu-west-1:123456789012:topic",
    "text/csv", "mig-3g.40gb", "/metrics", "4gb", "1234567890", "2024-01-01", "1", "true", "https://example.org/x",
    "", "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag", "arn:aws:s3:::bucket", "eu-west-1",
    "subnet-12345678", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:workteam/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:cluster/abcdefghijkl",
    "arn:aws:sagemaker:eu-west-1:aws:hub-content/hub/Model/name", "name@example.org", "1.2.3", "d-abcdefgh", "1D",
)  # fmt: skip


@lru_cache(maxsize=1)
def spec() -> Spec:
    return stored_spec("sagemaker")


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
    found = list(faults(service().input_of(service().operations[operation]), request))
    if botocore_is_older():
        return found
    shape = botocore_model().operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    return found + ([report.generate_report()] if report.has_errors() else [])


def botocore_is_older() -> bool:
    """Whether the installed botocore may lack what the stored model has."""
    return version_key(botocore.__version__) < version_key(spec().provenance.botocore)


@lru_cache(maxsize=1)
def botocore_model() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


# ---------------------------------------------------------------- requests


def smallest(shape: Shape) -> Any:
    if shape.type == "structure":
        names = [list(shape.members)[-1]] if shape.union else shape.required
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
    for edit in hints.edits if hints else ():
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
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
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


def test_a_reference_rule_has_something_to_refer_to_in_the_smallest_request() -> None:
    for rule in OVERLAY.rules:
        if rule.must_exist is None:
            continue
        for operation in rule.operations:
            text = json.dumps(smallest_valid(operation))
            assert f'"{OVERLAY.resources[rule.must_exist].handle.members[0]}"' in text, (rule.id, operation)
