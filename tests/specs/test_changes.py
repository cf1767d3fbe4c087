"""What changed between two versions: the public change page to the letter, and whom each change can break."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.specs.changes import changelog, clause_changes
from conformance.specs.changes.impact import impact_of
from conformance.specs.changes.shape_changes import SpecChange, SpecChanges, compare_specs
from conformance.specs.changes.skeleton import pretty_structure, skeleton
from conformance.specs.model import Spec
from conformance.specs.overlay.parser import parse_overlay
from conformance.specs.store import loading

MakeSpec = Callable[..., Spec]


@pytest.fixture(scope="module")
def page() -> SpecChanges:
    older, newer = (loading.load_spec("sagemaker", source=version).spec for version in ("1.22.12", "1.23.0"))
    return compare_specs(older, newer)


def blocks_of_the_change_page() -> list[tuple[str, str, str]]:
    """Method, side and structure of the blocks that are kept of awsapichanges.com's page of 2021-11-08."""
    text = (Path(__file__).parent / "awsapichanges_2021_11_08.txt").read_text(encoding="utf-8")
    return re.findall(r"^(\w+)\s+\(updated\)[^\n]*\nChanges \((\w+)\)\n(.*?)\n\n", text, re.DOTALL | re.MULTILINE)


def test_the_change_page_is_met_to_the_letter(page: SpecChanges) -> None:
    blocks = blocks_of_the_change_page()
    assert [(name, side) for name, side, _ in blocks] == [
        ("CreateEndpoint", "request"), ("DescribeEndpoint", "response"), ("UpdateEndpoint", "request"),
    ]  # fmt: skip
    methods = {method.name: method for method in changelog.changed_methods(page)}
    text = changelog.change_page(page)
    for name, side, block in blocks:
        method = methods[name]
        structure, other = (method.request, method.response) if side == "request" else (method.response, method.request)
        assert structure == ast.literal_eval(block)
        assert other is None
        assert pretty_structure(structure) == block
        assert f"{name} (updated)\nChanges ({side})\n{block}\n" in text


def test_the_method_that_the_page_lost_is_there(page: SpecChanges) -> None:
    methods = list(changelog.changed_methods(page))
    assert [(method.name, method.state) for method in methods] == [
        (name, "updated") for name in ("CreateEndpoint", "DescribeEndpoint", "Search", "UpdateEndpoint")
    ]
    assert "4 updated api methods\n" in changelog.change_page(page)
    search = next(method for method in methods if method.name == "Search")
    assert search.request is None
    assert list(search.response["Results"]["Endpoint"]["ProductionVariants"]) == ["VariantStatus"]


def test_nothing_changed_between_a_version_and_itself(page: SpecChanges) -> None:
    same = compare_specs(page.newer, page.newer)
    assert (same.changes, same.new, same.removed, same.updated) == ((), (), (), ())
    assert "no changes" in changelog.change_page(same)
    assert clause_changes.clause_changes(same) == clause_changes.ClauseChanges((), (), ())


# ---------------------------------------------------------------- one change each

REQUEST: dict[str, Any] = {
    "Name": {"shape": "Name", "location": "uri", "locationName": "name"},
    "Kind": {"shape": "Kind"}, "Parts": {"shape": "Parts"}, "Tags": {"shape": "Tags"}, "Choice": {"shape": "Choice"},
}  # fmt: skip


def request(required: tuple[str, ...] = ("Name",), **members: Any) -> dict[str, Any]:
    kept = {name: member for name, member in {**REQUEST, **members}.items() if member is not None}
    return {"PutThingRequest": {"type": "structure", "required": list(required), "members": kept}}


def response(required: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    base = {"Id": {"shape": "Name"}, "Made": {"shape": "Time"}}
    kept = {name: member for name, member in {**base, **members}.items() if member is not None}
    return {"PutThingResponse": {"type": "structure", "required": list(required), "members": kept}}


def put(**changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "http": {"method": "PUT", "requestUri": "/things/{name}"},
        "input": {"shape": "PutThingRequest"},
        "output": {"shape": "PutThingResponse"},
        "errors": [{"shape": "Conflict"}],
    }
    return {"PutThing": {**base, **changed}}


NOBODY, CLIENT, SERVER, BOTH = (False, False), (True, False), (False, True), (True, True)

# shapes, operations, (section, path, kind, effect) of the one change, whom it breaks when made, and when taken back
CASES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], tuple[str, str, str, str], Any, Any]] = {
    "member": (request(Size={"shape": "Count"}), {}, ("request", "Size", "member", "adds"), SERVER, CLIENT),
    "required member": (
        request(("Name", "Size"), Size={"shape": "Count"}), {}, ("request", "Size", "member", "adds"), BOTH, BOTH,
    ),
    "required": (request(("Name", "Kind")), {}, ("request", "Kind", "required", "narrows"), CLIENT, SERVER),
    "answered member": (response(Size={"shape": "Count"}), {}, ("response", "Size", "member", "adds"), NOBODY, CLIENT),
    "answered required member": (
        response(("Size",), Size={"shape": "Count"}), {}, ("response", "Size", "member", "adds"), SERVER, CLIENT,
    ),
    "always answered": (response(("Id",)), {}, ("response", "Id", "required", "narrows"), SERVER, CLIENT),
    "enum": (
        {"Kind": {"type": "string", "enum": ["SMALL", "BIG", "HUGE"]}}, {},
        ("request", "Kind", "enum", "widens"), SERVER, CLIENT,
    ),
    "enum given up": ({"Kind": {"type": "string"}}, {}, ("request", "Kind", "enum", "widens"), SERVER, CLIENT),
    "max": (
        {"Parts": {"type": "list", "member": {"shape": "Part"}, "max": 50}}, {},
        ("request", "Parts", "max", "widens"), SERVER, CLIENT,
    ),
    "min": (
        {"Parts": {"type": "list", "member": {"shape": "Part"}, "max": 5, "min": 1}}, {},
        ("request", "Parts", "min", "narrows"), CLIENT, SERVER,
    ),
    "wire name": (
        request(Kind={"shape": "Kind", "locationName": "kind"}), {},
        ("request", "Kind", "location name", "replaces"), BOTH, BOTH,
    ),
    "member deprecated": (
        request(Kind={"shape": "Kind", "deprecated": True}), {}, ("request", "Kind", "deprecated", "none"),
        NOBODY, NOBODY,
    ),
    "type": (
        {"Time": {"type": "string"}}, {}, ("response", "Made", "type", "replaces"), BOTH, BOTH,
    ),
    "union": (
        {"Choice": {"type": "structure", "members": {"A": {"shape": "Count"}, "B": {"shape": "Name"}}}}, {},
        ("request", "Choice", "union", "widens"), SERVER, CLIENT,
    ),
    "choice": (
        {"Choice": {"type": "structure", "union": True, "members": {
            "A": {"shape": "Count"}, "B": {"shape": "Name"}, "C": {"shape": "Name"}}}}, {},
        ("request", "Choice/C", "choice", "adds"), SERVER, CLIENT,
    ),
    "error": ({}, put(errors=[]), ("errors", "Conflict", "error", "removes"), SERVER, CLIENT),
    "error status": (
        {"Conflict": {"type": "structure", "members": {}, "exception": True, "error": {"httpStatusCode": 400}}}, {},
        ("errors", "Conflict", "status", "replaces"), BOTH, BOTH,
    ),
    "uri": (
        {}, put(http={"method": "PUT", "requestUri": "/thing/{name}"}),
        ("operation", "", "uri", "replaces"), BOTH, BOTH,
    ),
    "operation deprecated": ({}, put(deprecated=True), ("operation", "", "deprecated", "none"), NOBODY, NOBODY),
}  # fmt: skip


def broken(change: SpecChange) -> tuple[bool, bool]:
    impact = impact_of(change)
    assert impact.client
    assert impact.server
    return impact.breaks_client, impact.breaks_server


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_found_and_judged_both_ways(make_spec: MakeSpec, name: str) -> None:
    shapes, operations, expected, forth, back = CASES[name]
    older, newer = make_spec(), make_spec(shapes, operations, botocore="1.1.0")
    (change,) = compare_specs(older, newer).changes
    assert (change.section, change.path, change.kind, change.effect) == expected
    assert change.operation == "PutThing"
    assert broken(change) == forth
    (undone,) = compare_specs(newer, older).changes
    assert broken(undone) == back
    opposite = {"adds": "removes", "removes": "adds", "widens": "narrows", "narrows": "widens"}
    assert undone.effect == opposite.get(change.effect, change.effect)
    for direction in (compare_specs(older, newer), compare_specs(newer, older)):
        assert "PutThing" in changelog.changelog_text(direction)
        assert "| " in changelog.changelog_markdown(direction)
        json.dumps(changelog.changelog_document(direction))


def test_a_pattern_narrows_widens_or_is_another(make_spec: MakeSpec) -> None:
    def effects(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, str, tuple[bool, bool]]]:
        pair = (make_spec({"Name": {"type": "string", "min": 1, "max": 20, **name}}) for name in (before, after))
        return {(change.section, change.effect, broken(change)) for change in compare_specs(*pair).changes}

    one, other = {"pattern": "[a-z]+"}, {"pattern": "[a-y]+"}
    assert effects({}, one) == {("request", "narrows", CLIENT), ("response", "narrows", SERVER)}
    assert effects(one, {}) == {("request", "widens", SERVER), ("response", "widens", CLIENT)}
    assert effects(one, other) == {("request", "replaces", BOTH), ("response", "replaces", BOTH)}
    for same in ("^[a-z]+$", "^[a-z]+", "[a-z]+$"):
        assert effects(one, {"pattern": same}) == {("request", "none", NOBODY), ("response", "none", NOBODY)}
    assert effects({"pattern": "a"}, {"pattern": r"a\$"}) != effects({"pattern": "a"}, {"pattern": "a$"})


def test_new_and_removed_operations(make_spec: MakeSpec) -> None:
    extra = {"Ping": {"http": {"requestUri": "/"}, "output": {"shape": "PutThingResponse"}}}
    older, newer = make_spec(), make_spec(operations=extra, botocore="1.1.0")
    forth, back = compare_specs(older, newer), compare_specs(newer, older)
    assert (forth.new, forth.removed, forth.updated) == (("Ping",), (), ())
    assert (back.new, back.removed, back.updated) == ((), ("Ping",), ())
    assert broken(forth.changes[0]) == SERVER
    assert broken(back.changes[0]) == CLIENT
    assert "response: Id as a whole matches [a-z]+" in forth.changes[0].details
    text = changelog.change_page(forth)
    assert "1 new api method\n" in text
    assert "Ping (new)\nChanges (response)\n{'Id': 'string', 'Made': 'timestamp'}" in text
    assert "Ping (removed)" in changelog.change_page(back)


def test_a_renamed_shape_is_no_change(make_spec: MakeSpec) -> None:
    shapes = {
        **request(Kind={"shape": "Sort"}, Parts={"shape": "Pieces"}),
        "Sort": {"type": "string", "enum": ["SMALL", "BIG"]},
        "Pieces": {"type": "list", "member": {"shape": "Piece"}, "max": 5},
        "Piece": {"type": "structure", "members": {"Count": {"shape": "Count"}, "Inner": {"shape": "Pieces"}}},
    }
    assert compare_specs(make_spec(), make_spec(shapes)).changes == ()


def test_a_change_in_a_recursive_shape_is_found_where_it_is_met(make_spec: MakeSpec) -> None:
    changes = compare_specs(
        make_spec(), make_spec({"Count": {"type": "integer", "min": 0, "max": 11, "box": True}})
    ).changes
    assert [change.path for change in changes] == ["Choice/A", "Parts[]/Count"]


def test_a_length_of_no_less_than_nothing_is_no_change(make_spec: MakeSpec) -> None:
    text, number = {"type": "string", "enum": ["SMALL", "BIG"]}, {"type": "integer", "max": 10, "box": True}
    assert compare_specs(make_spec(), make_spec({"Kind": {**text, "min": 0}})).changes == ()
    found = compare_specs(make_spec(), make_spec({"Count": number})).changes
    assert {(change.kind, change.effect) for change in found} == {("min", "widens")}


def test_an_integer_may_grow(make_spec: MakeSpec) -> None:
    changes = compare_specs(
        make_spec(), make_spec({"Count": {"type": "long", "min": 0, "max": 10, "box": True}})
    ).changes
    assert {(change.kind, change.effect) for change in changes} == {("type", "widens")}


def test_facts_of_the_whole_service(make_spec: MakeSpec) -> None:
    older = make_spec()
    newer = make_spec(signingName="thing", protocols=["rest-json", "smithy-rpc-v2-cbor"])
    found = {(change.kind, change.effect): broken(change) for change in compare_specs(older, newer).changes}
    assert found == {("signing name", "replaces"): BOTH, ("protocols", "adds"): SERVER}
    assert "the service as a whole" in changelog.changelog_text(compare_specs(older, newer))
    assert "protocol smithy-rpc-v2-cbor came" in changelog.changelog_markdown(compare_specs(older, newer))


def test_what_comes_brings_its_constraints(page: SpecChanges) -> None:
    (change,) = (change for change in page.of("CreateEndpoint") if change.section == "request")
    assert "DeploymentConfig/BlueGreenUpdatePolicy is required" in change.details
    path = "DeploymentConfig/BlueGreenUpdatePolicy/MaximumExecutionTimeoutInSeconds"
    assert f"{path} is at most 14400" in change.details
    assert f"- `{path} is at most 14400`" in changelog.changelog_markdown(page)


def test_what_went_is_shown_with_a_minus(make_spec: MakeSpec) -> None:
    shapes = {**request(Parts=None), "Kind": {"type": "string", "enum": ["SMALL", "HUGE"]}, "Time": {"type": "string"}}
    (method,) = changelog.changed_methods(compare_specs(make_spec(), make_spec(shapes)))
    assert method.request == {
        "-Parts": [{"Count": "integer", "Inner": "(recursive)"}], "Kind": {"HUGE", "-BIG"},
    }  # fmt: skip
    assert method.response == {"Made": "timestamp -> string"}


def test_a_skeleton_of_every_kind_of_shape(make_spec: MakeSpec) -> None:
    service = make_spec().service
    assert skeleton(service, service.shapes["PutThingRequest"]) == {
        "Name": "string",
        "Kind": "SMALL | BIG",
        "Parts": [{"Count": "integer", "Inner": "(recursive)"}],
        "Tags": {"string": "string"},
        "Choice": {"A": "integer", "B": "string"},
    }


# ---------------------------------------------------------------- clauses and formats


def test_clauses_that_came_went_and_changed(make_spec: MakeSpec) -> None:
    shapes = {**request(("Kind",), Size={"shape": "Count"}), "Kind": {"type": "string", "enum": ["SMALL", "HUGE"]}}
    found = clause_changes.clause_changes(compare_specs(make_spec(), make_spec(shapes, botocore="1.1.0")))
    base = "things:PutThing/input"
    assert found.appeared == (
        f"{base}/Kind#required", f"{base}/Size#type", f"{base}/Size#min", f"{base}/Size#max",
    )  # fmt: skip
    assert found.vanished == (f"{base}/Name#required",)
    assert found.changed == (f"{base}/Kind#enum",)
    assert clause_changes.clause_changes_text(found).splitlines()[-1] == f"~ {base}/Kind#enum"


def test_a_long_enum_that_changed_at_its_end_is_a_changed_clause(make_spec: MakeSpec) -> None:
    values = [f"V{number}" for number in range(30)]
    specs = [
        make_spec({"Kind": {"type": "string", "enum": [*values, last]}}, botocore=botocore)
        for last, botocore in (("OLD", "1.0.0"), ("NEW", "1.1.0"))
    ]
    assert clause_changes.clause_changes(compare_specs(*specs)).changed == ("things:PutThing/input/Kind#enum",)


def test_rules_come_and_go_with_their_versions(make_spec: MakeSpec) -> None:
    rules = parse_overlay(
        {
            "service": "things",
            "rules": [
                {"id": "T-1", "operations": ["PutThing"], "statement": "New.", "source": "s", "enforcement": "DEFAULT",
                 "since": "1.1.0"},
                {"id": "T-2", "operations": ["PutThing"], "statement": "Old.", "source": "s", "enforcement": "DOC-MUST",
                 "until": "1.0.5"},
                {"id": "T-3", "operations": ["PutThing"], "statement": "Ever.", "source": "s", "enforcement": "ADVICE"},
            ],
        }
    )  # fmt: skip
    changes = compare_specs(make_spec(), make_spec(botocore="1.1.0"))
    found = clause_changes.clause_changes(changes, rules)
    assert (found.appeared, found.vanished) == (("things:PutThing/rule#T-1",), ("things:PutThing/rule#T-2",))
    told = changelog.changelog_document(changes, rules)["rules"]
    assert [[rule["id"] for rule in told[state]] for state in ("came", "went")] == [["T-1"], ["T-2"]]
    assert "- `T-1` (PutThing; DEFAULT): New." in changelog.changelog_markdown(changes, rules)


def test_the_json_document_says_everything(page: SpecChanges) -> None:
    document = json.loads(json.dumps(changelog.changelog_document(page)))
    assert document["from"]["botocore"] == "1.22.12"
    assert document["methods"]["updated"] == ["CreateEndpoint", "DescribeEndpoint", "Search", "UpdateEndpoint"]
    (entry,) = (one for one in document["changes"] if one["operation"] == "CreateEndpoint")
    assert entry["client"] == {"breaks": False, "why": "it does not send the member"}
    assert entry["server"]["breaks"] is True
    assert entry["required"] is False


def test_markdown_survives_patterns(make_spec: MakeSpec) -> None:
    changes = compare_specs(
        make_spec(), make_spec({"Name": {"type": "string", "min": 1, "max": 20, "pattern": "a|`b`\n"}})
    )
    rows = [line for line in changelog.changelog_markdown(changes).splitlines() if line.startswith("| re")]
    assert rows
    assert all(len(re.split(r"(?<!\\)\|", row)) == 6 for row in rows)


def test_the_same_change_at_many_places_is_told_once(make_spec: MakeSpec) -> None:
    shapes = {
        "Inner": {"type": "structure", "members": {"Kind": {"shape": "Kind"}}},
        **request(One={"shape": "Inner"}, Two={"shape": "Inner"}),
    }
    changes = compare_specs(make_spec(shapes), make_spec({**shapes, "Kind": {"type": "string", "enum": ["SMALL"]}}))
    assert len(changes.changes) == 3
    assert changelog.changelog_text(changes).count("values gone: BIG (and in 2 more places)") == 1


@pytest.mark.slow
def test_five_years_of_changes_are_compared_in_no_time() -> None:
    older, newer = (loading.load_spec("sagemaker", source=version).spec for version in ("1.22.12", "installed"))
    forth, back = compare_specs(older, newer), compare_specs(newer, older)
    assert (forth.new, forth.removed, forth.updated) == (back.removed, back.new, back.updated)
    assert all(impact_of(change).client for change in (*forth.changes, *back.changes))
