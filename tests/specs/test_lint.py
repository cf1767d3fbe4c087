"""Every mistake is found where it is, and a sound spec and its overlay have none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from conformance.specs.lint.problems import lint
from conformance.specs.model import Spec
from conformance.specs.overlay import entries
from conformance.specs.overlay.parser import load_overlay, parse_overlay
from conformance.specs.store import loading

MakeSpec = Callable[..., Spec]


class Patterns:
    """Stands in for the matcher, which lies on a higher floor."""

    def problem(self, pattern: str, minimum: int | None, maximum: int | None) -> str | None:
        return "nothing matches" if pattern == "a^" or (minimum or 0) > 20 else None

    def matches(self, pattern: str, text: str) -> bool:
        return re.fullmatch(pattern, text) is not None


def found(spec: Spec, rules: entries.Overlay | None = None) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.where, problem.what) for problem in lint(spec, rules, patterns=Patterns())]


def test_a_sound_spec_has_no_mistakes(make_spec: MakeSpec) -> None:
    assert found(make_spec()) == []


def structure(**members: Any) -> dict[str, Any]:
    return {"type": "structure", "members": {name: {"shape": shape} for name, shape in members.items()}}


SHAPES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"Name": {"type": "string", "min": 9, "max": 3}}, "error", "Name", "min 9 is above max 3"),
    ({"Name": {"type": "string", "max": -1}}, "error", "Name", "max -1 is negative"),
    ({"Name": {"type": "string", "pattern": "a^"}}, "warning", "Name", "nothing matches"),
    ({"Name": {"type": "string", "pattern": "a", "min": 21}}, "warning", "Name", "nothing matches"),
    ({"Kind": {"type": "string", "enum": ["A", "BB"], "max": 1}}, "warning", "Kind", "'BB' breaks"),
    ({"Kind": {"type": "string", "enum": ["A"], "min": 2}}, "warning", "Kind", "'A' breaks"),
    ({"Kind": {"type": "string", "enum": ["A", "b"], "pattern": "[A-Z]"}}, "warning", "Kind", "'b' breaks the pattern"),
    ({"Kind": {"type": "string", "enum": ["A", "A"]}}, "warning", "Kind", "duplicate values: A"),
    ({"Time": {"type": "timestamp", "min": 1}}, "warning", "Time", "do not apply to a timestamp"),
    ({"Count": {"type": "integer", "pattern": "a"}}, "warning", "Count", "a pattern does not apply to a integer"),
    ({"Part": {**structure(A="Name"), "required": ["B"]}}, "error", "Part", "requires the member B"),
    ({"Part": {**structure(A="Name"), "payload": "B"}}, "error", "Part", "payload"),
    ({"Part": {**structure(A="Name"), "xmlOrder": ["B"]}}, "warning", "Part", "orders the member B"),
    ({"Part": structure(A="Missing")}, "error", "Part", "A refers to the shape Missing"),
    ({"Parts": {"type": "list", "member": {"shape": "Missing"}}}, "error", "Parts", "[] refers"),
    ({"Parts": {"type": "list"}}, "error", "Parts", "a list without an element shape"),
    ({"Tags": {"type": "map", "key": {"shape": "Name"}}}, "error", "Tags", "without key or value"),
    ({"Choice": {"type": "structure", "members": {}, "union": True}}, "error", "Choice", "a union without members"),
    (
        {"Choice": {**structure(A="Name", B="Name"), "union": True, "required": ["A", "B"]}},
        "error", "Choice", "requires A and B",
    ),
    ({"PutThingResponse": {"type": "list", "member": {"shape": "Name"}}}, "error", "PutThing", "not a structure"),
]  # fmt: skip


@pytest.mark.parametrize(("shapes", "severity", "where", "what"), SHAPES)
def test_a_mistake_in_a_shape_is_found(
    make_spec: MakeSpec, shapes: dict[str, Any], severity: str, where: str, what: str
) -> None:
    ((is_severity, is_where, is_what),) = found(make_spec(shapes))
    assert (is_severity, is_where) == (severity, where)
    assert what in is_what


PUT = {"input": {"shape": "PutThingRequest"}, "output": {"shape": "PutThingResponse"}}


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ({"input": {"shape": "Missing"}}, "the shape Missing"),
        ({**PUT, "errors": [{"shape": "Missing"}]}, "the shape Missing"),
        ({**PUT, "http": {"requestUri": "/things"}}, "Name goes into the URI, which has no {name}"),
        ({**PUT, "http": {"requestUri": "/{name}/{other}"}}, "no input member fills {other}"),
    ],
)
def test_a_mistake_in_an_operation_is_found(make_spec: MakeSpec, operation: dict[str, Any], what: str) -> None:
    ((severity, where, text),) = found(make_spec(operations={"PutThing": operation}))
    assert (severity, where) == ("error", "PutThing")
    assert what in text


def test_a_greedy_label_and_a_query_in_the_uri_are_no_mistakes(make_spec: MakeSpec) -> None:
    assert found(make_spec(operations={"PutThing": {**PUT, "http": {"requestUri": "/{name+}?list={x}"}}})) == []


# ---------------------------------------------------------------- overlays

RULE: dict[str, Any] = {
    "id": "T-1", "operations": ["PutThing"], "statement": "s", "source": "s", "enforcement": "DOC-MUST",
}  # fmt: skip
RESOURCE: dict[str, Any] = {"identifier": "Name", "create": "PutThing"}
REMOVED: dict[str, Any] = {**RESOURCE, "delete": "PutThing"}


def of(*rules: dict[str, Any], **more: Any) -> entries.Overlay:
    return parse_overlay({"service": "things", "rules": [{**RULE, **rule} for rule in rules], **more})


def told(**step: Any) -> dict[str, Any]:
    """A rule with one step."""
    return {"steps": [{"call": "PutThing", **step}]}


SOUND = [
    of(),
    of({"request": "request.Parts[?Count > `5`] || request.Tags.anything"}),
    of({"request": "length(distinct(not_null(request.Parts, `[]`)[].Inner[].Count)) == length(request.Parts)"}),
    of({"answer": "answer.Id == request.Name && region && account"}),
    of({"repair": [{"set": "Parts[0].Inner[1].Count", "to": 1}, {"remove": "Tags{x}"}]}),
    of({"violations": [{"name": "v", "base": [{"set": "Choice.A", "to": 1}], "broken": [{"remove": "Kind"}]}]}),
    of({"since": "2.0", "request": "request.Later"}),
    of({"must_exist": "Thing"}, resources={"Thing": RESOURCE}),
    of({"refines": ["Thing/lifecycle#delete-twice", "*#delete-*"]}, resources={"Thing": REMOVED}),
    of(
        told(
            edits=[{"set": "Kind", "to": "BIG"}],
            upper_case=["Name"],
            fresh={"Thing": [{"remove": "Kind"}]},
            wait_for="Thing",
        ),
        resources={"Thing": RESOURCE},
    ),
    of(
        {
            **told(),
            "assume": "PutThing.code || PutThing.message",
            "assert": "PutThing.answer.Id == PutThing.request.Name",
        }
    ),
    of({**told(name="once"), "assert": "once.answer.Id"}),
    of(requests={"PutThing": {"edits": [{"set": "Kind", "to": "BIG"}]}}),
]


@pytest.mark.parametrize("rules", SOUND)
def test_a_sound_overlay_has_no_mistakes(make_spec: MakeSpec, rules: entries.Overlay) -> None:
    assert found(make_spec(), rules) == []


BROKEN: list[tuple[entries.Overlay, str]] = [
    (parse_overlay({"service": "others"}), "is for others"),
    (of({"operations": ["GetThing"]}), "no such operation: GetThing"),
    (of({}, {}), "two rules"),
    (of({"must_exist": "Thing"}), "no such resource: Thing"),
    (of({"request": "request.Sort"}), "PutThingRequest has no member Sort"),
    (of({"request": "!(request.Parts[?Cuont > `5`])"}), "Part has no member Cuont"),
    (of({"request": "request.Parts[0].Inner[].Size"}), "Part has no member Size"),
    (of({"request": "requets.Name"}), "requets is none of request, answer"),
    (of({"answer": "answer.Name == request.Name"}), "PutThingResponse has no member Name"),
    (of({"repair": [{"set": "Parts[0].Size", "to": 1}]}), "set: Parts[0].Size leads nowhere"),
    (of({"repair": [{"remove": "Name[0]"}]}), "remove: Name[0] leads nowhere"),
    (of({"repair": [{"set": "Kind", "to": "BIG", "where": "given(Nothing)"}]}), "no member Nothing"),
    (of(resources={"Thing": {**RESOURCE, "identifier": "Id"}}), "PutThing has no member Id"),
    (of(resources={"Thing": {**RESOURCE, "delete": "DropThing"}}), "delete: no such operation: DropThing"),
    (
        of(resources={"Thing": {**RESOURCE, "read": "PutThing", "status": {"path": "Status", "settled": ["x"]}}}),
        "status: Status leads nowhere",
    ),
    (of(requests={"GetThing": {"edits": []}}), "no such operation"),
    (of(requests={"PutThing": {"created_with": {"Other": []}}}), "created_with: no such resource: Other"),
    (
        of(
            requests={"PutThing": {"created_with": {"Thing": [{"set": "Size", "to": 1}]}}},
            resources={"Thing": RESOURCE},
        ),
        "Size leads nowhere",
    ),
    (
        of({"refines": ["Thing/lifecycle#doubled"]}, resources={"Thing": REMOVED}),
        "Thing/lifecycle#doubled is no clause of",
    ),
    (
        of({"refines": ["Thing/lifecycle#delete-*", "Nothing#x"]}, resources={"Thing": REMOVED}),
        "refines: Nothing#x is no clause",
    ),
    (of(told(call="GetThing")), "no such operation: GetThing"),
    (of({"steps": [{"call": "PutThing"}, {"call": "PutThing"}]}), "two steps PutThing"),
    (of(told(edits=[{"set": "Sort", "to": 1}])), "set: Sort leads nowhere"),
    (of(told(upper_case=["Nmae"])), "upper_case: Nmae leads nowhere"),
    (of(told(fresh={"Thing": []})), "fresh: no such resource: Thing"),
    (of(told(fresh={"Thing": [{"remove": "Sort"}]}), resources={"Thing": RESOURCE}), "remove: Sort leads nowhere"),
    (of(told(wait_for="Thing")), "wait_for: no such resource: Thing"),
    (of({**told(), "assert": "PutThing.answer.Name"}), "PutThingResponse has no member Name"),
    (of({**told(), "assume": "PutThing.answr"}), "answr is none of request, answer, code, message"),
    (of({**told(), "assert": "Other.answer"}), "Other is none of PutThing"),
    (of({"request": "request.Name", "assert": "PutThing.answer"}), "needs steps"),
    (of(requests={"PutThing": {"edits": [{"set": "Sort", "to": "BIG"}]}}), "Sort leads nowhere"),
]


@pytest.mark.parametrize(("rules", "what"), BROKEN)
def test_an_entry_that_points_at_nothing_is_found(make_spec: MakeSpec, rules: entries.Overlay, what: str) -> None:
    ((severity, where, text),) = found(make_spec(), rules)
    assert severity == "error"
    assert where.startswith("overlay ")
    assert what in text


def test_a_rule_for_several_operations_may_ask_for_what_one_has(make_spec: MakeSpec) -> None:
    other = {"GetThing": {"http": {"requestUri": "/"}, "output": {"shape": "PutThingRequest"}}}
    spec = make_spec(operations=other)
    both = {"operations": ["PutThing", "GetThing"]}
    assert found(spec, of({**both, "answer": "answer.Id || answer.Name"})) == []
    assert len(found(spec, of({**both, "answer": "answer.Idd || answer.Name"}))) == 1


def test_the_overlay_in_the_repository_points_at_nothing_that_is_missing() -> None:
    loaded = loading.load_spec("sagemaker")
    if loaded.overlay_path is None:
        pytest.skip("there is no overlay")
    problems = lint(loaded.spec, load_overlay(loaded.overlay_path))
    assert [problem for problem in problems if problem.where.startswith("overlay")] == []
