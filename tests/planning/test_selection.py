"""Selections: services, operations, globs and names, as they are spelled on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.exceptions import BadFile, UnknownName, UsageError
from conformance.planning.selection import ServiceSelection, parse_selection
from conformance.planning.service_specs import load_service, operations_of
from conformance.specs.store import files
from conformance.specs.store.named_selections import FILE, shipped_selections

NAMED = {
    "queues": ("sqs:CreateQueue,DeleteQueue",),
    "both": ("queues", "sns"),
    "loop": ("sqs", "knot"),
    "knot": ("loop",),
}


def spelled(*arguments: str) -> list[str]:
    return [f"{each.service}:{','.join(each.operations)}" for each in parse_selection(arguments, named=NAMED)]


def test_a_name_stands_for_what_it_selects() -> None:
    assert spelled("queues") == ["sqs:CreateQueue,DeleteQueue"]
    assert spelled("sqs:ListQueues", "both") == ["sqs:ListQueues,CreateQueue,DeleteQueue", "sns:"]
    assert spelled("both", "sqs") == ["sqs:", "sns:"]


def test_a_service_wins_over_a_selection_of_its_name() -> None:
    notes: list[str] = []
    found = parse_selection(["sqs"], named={"sqs": ("sns",)}, notify=notes.append)
    assert found == (ServiceSelection("sqs"),)
    assert notes == ["'sqs' is a service and a selection: the service is taken"]


def test_a_selection_that_contains_itself_is_refused() -> None:
    with pytest.raises(UsageError, match="loop -> knot -> loop"):
        spelled("loop")


@pytest.mark.parametrize(("name", "near"), [("qeues", "queues"), ("sagemakr", "sagemaker"), ("sqss", "sqs")])
def test_an_unknown_name_suggests_services_and_selections(name: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        spelled(name)
    assert near in caught.value.near


def test_a_path_may_know_other_services(tmp_path: Path) -> None:
    assert parse_selection(["of-my-own"], named={}, source=str(tmp_path)) == (ServiceSelection("of-my-own"),)


@pytest.mark.parametrize(
    ("names", "operations"),
    [
        (("Create*",), ["CreateQueue"]),
        (("*eQueue", "CreateQueue"), ["CreateQueue", "DeleteQueue", "PurgeQueue"]),
        (("list-queues", "ListQueue?"), ["ListQueues"]),
    ],
)
def test_globs_select_operations_each_once(names: tuple[str, ...], operations: list[str]) -> None:
    service = load_service("sqs").service
    assert [each.name for each in operations_of(service, names)] == operations


def test_without_names_every_operation_is_selected() -> None:
    service = load_service("sqs").service
    assert {each.name for each in operations_of(service)} == set(service.operations)


def test_a_glob_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"Nothing\*"):
        operations_of(load_service("sqs").service, ("Nothing*",))


def test_every_shipped_selection_names_what_there_is() -> None:
    shipped = shipped_selections()
    assert "sagemaker-hosting" in shipped
    for selection in shipped.values():
        assert selection.description
        for wish in parse_selection([selection.name]):
            assert operations_of(load_service(wish.service).service, wish.operations)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("- list", "mapping"),
        ("one: [sqs]", "'one' has no list of 'services'"),
        ("one: {services: []}", "'one'"),
        ("{", "not YAML"),
    ],
)
def test_a_file_of_selections_that_is_none_is_refused(text: str, names: str, tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BadFile, match=names):
        shipped_selections(tmp_path)


def test_the_folder_of_selections_is_no_service() -> None:
    root = files.package_root()
    assert root is not None
    assert (root / FILE).is_file()
    assert Path(FILE).parts[0] not in files.stored_services(root)
