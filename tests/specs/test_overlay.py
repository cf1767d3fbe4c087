"""Overlay files: what is read from them, and how a bad one is told."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from conformance.exceptions import BadFile
from conformance.specs.overlay import entries
from conformance.specs.overlay.parser import load_overlay, overlay_schema
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.resource import Handle, Listing, Reading, Source, Status

GOOD = """
format: 1
service: demo
resources:
  Thing:
    identifier: ThingName
    aliases: [ThingRef]
    create: CreateThing
    read: DescribeThing
    delete: DeleteThing
    update: UpdateThing
    list: {operation: ListThings, items: Things, handle: ThingName}
    status: {path: Status, creating: [Making], settled: [Ready], failed: [Broken]}
    handles: [{from: Thing.Arn, kind: arn, members: [ThingArn], operation_members: [Arn]}]
    operations: [TagThing]
    unrelated_in: [CreateOther]
  Other: {identifier: OtherName, create: CreateOther}
requests:
  CreateThing:
    why: because
    edits: [{fill: Size, to: 1}]
rules:
  - id: A-1
    operations: [CreateThing]
    statement: Small things are light.
    source: a page
    enforcement: RECORDED
    evidence: an answer
    since: "1.2"
    until: "1.4"
    request: "!(request.Size > `3`)"
    repair: [{set: Size, to: 1}]
    violations: [{name: too large, broken: [{set: Size, to: 4}]}]
    expect: {codes: [Bad]}
  - {id: A-2a, operations: [DeleteThing], statement: It exists., source: a page, enforcement: ADVICE, must_exist: Thing}
unchecked:
  A-3: {operations: [CreateThing], reason: needs more than one request}
"""


@pytest.fixture
def write(tmp_path: Path) -> Path:
    path = tmp_path / "overlay.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_file(write: Path) -> None:
    read = load_overlay(write)
    assert read.service == "demo"
    thing = read.resources["Thing"]
    assert (thing.read, thing.update) == (Reading("DescribeThing"), "UpdateThing")
    assert thing.listing == Listing("ListThings", ("Things",), ("ThingName",))
    assert thing.status == Status(
        ("Status",), ("Ready", "Broken", "Making"), ("Ready",), failed=("Broken",), creating=("Making",)
    )
    assert thing.handles == (
        Handle("name", Source("request", ("ThingName",)), ("ThingName", "ThingRef")),
        Handle("arn", Source("answer", ("Thing", "Arn")), ("ThingArn",), ("Arn",)),
    )
    assert thing.chosen == thing.handle
    assert read.requests["CreateThing"].why == "because"
    assert [rule.id for rule in read.rules] == ["A-1", "A-2a"]
    assert read.rules[0].violations[0].base == ()
    assert read.unchecked["A-3"] == entries.Unchecked(("CreateThing",), "needs more than one request")
    jsonschema.Draft202012Validator.check_schema(overlay_schema())


def test_who_is_named_and_made_by_what(write: Path) -> None:
    read = load_overlay(write)
    thing = read.resources["Thing"]
    assert read.created_by("CreateThing") == thing
    assert read.created_by("DeleteThing") is None
    refers = References(read.resources.values()).refers
    assert refers("DeleteThing", "ThingName") == (thing, thing.handles[0])
    assert refers("CreateThing", "ThingRef") == (thing, thing.handles[0])
    assert refers("CreateOther", "ThingRef") is None
    assert refers("TagThing", "Arn") == (thing, thing.handles[1])
    assert refers("CreateOther", "Arn") is None
    assert refers("ListAll", "ThingNames", listed=True) == (thing, thing.handles[0])
    assert refers("CreateOther", "OtherName") == (read.resources["Other"], read.resources["Other"].handle)
    assert refers("ListAll", "Size") is None


def test_rules_for_an_operation_and_a_version(write: Path) -> None:
    read = load_overlay(write)
    assert [rule.id for rule in read.rules_for("CreateThing", "1.3.0")] == ["A-1"]
    assert list(read.rules_for("CreateThing", "1.44.5")) == []
    assert list(read.rules_for("ListThings", "1.3.0")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format: 1", "format: 2", "format"),
        ("format: 1", "format: [", "not YAML"),
        ("enforcement: RECORDED", "enforcement: CERTAIN", "CERTAIN"),
        ("must_exist: Thing}", "evidence: none}", "rules"),
        ("id: A-1", "id: a1", "a1"),
        ('since: "1.2"', 'since: "old"', "since"),
        ("{fill: Size, to: 1}", "{fill: Size}", "edits"),
        ("{fill: Size, to: 1}", "{set: Size, to: 1, from: Size}", "edits"),
        ("{fill: Size, to: 1}", "{distinct: Sizes}", "distinct"),
        ("{fill: Size, to: 1}", "{fill: Size..Deep, to: 1}", "not a path"),
        ("{fill: Size, to: 1}", '{fill: Size, to: 1, where: "a["}', "a["),
        ("!(request.Size > `3`)", "!(request.Size > ", "request.Size"),
        ("reason: needs", "motive: needs", "unchecked"),
        ("create: CreateOther}", "}", "create"),
    ],
)
def test_a_bad_file_is_told_in_one_line(write: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    write.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        load_overlay(write)
    assert told in caught.value.message
    assert str(write) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("must_exist: Thing}", "law: Thing/lifecycle#x}", "$.rules[1]: unknown key 'law'", "did you mean 'refines'?"),
        ("must_exist: Thing}", "story: []}", "unknown key 'story'", "did you mean 'steps'?"),
        ("must_exist: Thing}", "steps: [{call: A}], holds: b}", "unknown key 'holds'", "did you mean 'assert'?"),
        ("must_exist: Thing}", "steps: [{call: A}], when: b}", "unknown key 'when'", "did you mean 'assume'?"),
        ("must_exist: Thing}", "steps: [{call: A, settle: B}]}", "unknown key 'settle'", "did you mean 'wait_for'?"),
        ("    edits: [", "    given: [", "$.requests.CreateThing: unknown key 'given'", "did you mean 'edits'?"),
        ("unrelated_in:", "elsewhere:", "$.resources.Thing: unknown key 'elsewhere'", "did you mean 'unrelated_in'?"),
        ("must_exist: Thing}", "refine: [x]}", "unknown key 'refine'", "did you mean 'refines'?"),
        ("must_exist: Thing}", "must_exist: Thing, zzz: 1}", "unknown key 'zzz'", "see overlay.schema.json"),
    ],
)
def test_an_unknown_key_is_refused_with_the_key_that_was_meant(
    write: Path, old: str, new: str, message: str, hint: str
) -> None:
    assert old in GOOD
    write.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        load_overlay(write)
    assert message in caught.value.message
    assert caught.value.hint == hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        load_overlay(tmp_path / "none.yaml")
