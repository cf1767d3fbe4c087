"""Samples and drawn values keep every constraint of the model, whatever the protocol."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from conformance.cases.constraints import violations
from conformance.cases.patterns import PatternError
from conformance.cases.samples import Sampler, Unbuildable, path_in_sample, sample_blob, sample_number, sample_text
from conformance.cases.strategies import ShapeStrategies, recursive_shapes
from conformance.specs import ingest
from conformance.specs.model import Member, Service, Shape
from conformance.specs.places import places
from doubles.handmade_shapes import service, structure

# One service or two of each protocol.
SERVICES = ("dynamodb", "sagemaker", "iam", "sts", "ec2", "lambda", "s3", "sqs", "cloudwatch")


@functools.cache
def installed(name: str) -> Service:
    return ingest.installed_spec(name).service


@functools.cache
def botocore_model(name: str) -> Any:
    # Without the additions of the SDK, which gives some text of S3 another type.
    return ServiceModel(Loader(include_default_extras=False).load_service_model(name, "service-2"), name)


def broken(model: Service, shape: Shape, value: Any) -> list[tuple[str, str, str]]:
    return [(each.name, each.place, each.got) for each in violations(model, shape, value)]


def drawn(strategy: st.SearchStrategy[Any], number: int) -> list[Any]:
    """Examples of a strategy, the same ones in every run."""
    found: list[Any] = []

    @seed(20240101)
    @settings(max_examples=number, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def keep(value: Any) -> None:
        found.append(value)

    keep()
    return found


@pytest.mark.parametrize("full", [False, True], ids=["smallest", "fullest"])
@pytest.mark.parametrize("name", SERVICES)
def test_samples_of_every_operation_keep_the_model(name: str, full: bool) -> None:
    model, sampler = installed(name), Sampler(installed(name), full=full)
    for operation in model.operations.values():
        shape = model.input_of(operation)
        value = sampler.build(shape)
        assert broken(model, shape, value) == [], operation.name


@pytest.mark.parametrize("name", SERVICES)
def test_botocore_takes_every_smallest_sample(name: str) -> None:
    model, sampler = installed(name), Sampler(installed(name))
    for operation in model.operations.values():
        theirs = botocore_model(name).operation_model(operation.name).input_shape
        if theirs is not None:
            report = ParamValidator().validate(sampler.build(model.input_of(operation)), theirs)
            assert not report.has_errors(), f"{operation.name}: {report.generate_report()}"


@pytest.mark.parametrize("name", ["dynamodb", "iam", "lambda"])
def test_a_sample_holds_the_place_that_it_is_built_for(name: str) -> None:
    model, sampler = installed(name), Sampler(installed(name))
    for operation in model.operations.values():
        shape = model.input_of(operation)
        for place in places(model, shape):
            try:
                value = sampler.build(shape, place.steps)
            except Unbuildable:
                continue
            assert broken(model, shape, value) == [], f"{operation.name} {place.path}"
            assert path_in_sample(place.steps, value)


@pytest.mark.parametrize("name", SERVICES)
def test_drawn_values_keep_the_model_and_botocore_takes_them(name: str) -> None:
    model, values = installed(name), ShapeStrategies(installed(name))
    chosen = sorted(model.operations)[:: max(1, len(model.operations) // 8)][:8]
    for operation in (model.operations[each] for each in chosen):
        shape = model.input_of(operation)
        theirs = botocore_model(name).operation_model(operation.name).input_shape
        strategy = values.of(shape)
        for value in drawn(strategy, 6):
            assert broken(model, shape, value) == []
            if theirs is not None:
                report = ParamValidator().validate(value, theirs)
                assert not report.has_errors(), report.generate_report()


THINGS = service()


@given(ShapeStrategies(THINGS).of(THINGS.shapes["PutRequest"]))
def test_values_of_a_shape_with_every_constraint_keep_them_all(value: dict[str, Any]) -> None:
    assert broken(THINGS, THINGS.shapes["PutRequest"], value) == []


def test_both_samples_of_that_shape_are_as_small_and_as_full_as_can_be() -> None:
    shape = THINGS.shapes["PutRequest"]
    smallest, fullest = Sampler(THINGS).build(shape), Sampler(THINGS, full=True).build(shape)
    assert set(smallest) == {"Name"}
    assert set(fullest) == set(shape.members)
    assert set(fullest["Parts"][0]) == {"Size", "Label"}


def asking_for(*more: Shape, protocol: str = "json", **required: str) -> tuple[Service, Shape]:
    """A service with a structure that requires members of those shapes."""
    root = structure("Root", tuple(required), **required)
    return service(protocol, root, *more), root


LOOSE = Shape("Loose", "list", element=Member("Name"))


@pytest.mark.parametrize("protocol", ["json", "query", "ec2", "rest-xml"])
def test_a_list_that_is_required_has_something_in_it(protocol: str) -> None:
    model, root = asking_for(LOOSE, protocol=protocol, Names="Loose")
    assert len(Sampler(model).build(root)["Names"]) == 1
    assert all(value["Names"] for value in drawn(ShapeStrategies(model).of(root), 25))


@pytest.mark.parametrize(("protocol", "filled"), [("json", False), ("query", True), ("ec2", True), ("rest-xml", False)])
def test_a_required_structure_is_not_empty_where_that_would_leave_no_trace(protocol: str, filled: bool) -> None:
    model, root = asking_for(structure("Bare", (), Old="Parts", Size="Count"), protocol=protocol, Bare="Bare")
    assert Sampler(model).build(root) == {"Bare": {"Size": 1} if filled else {}}
    assert all(value["Bare"] for value in drawn(ShapeStrategies(model).of(root), 40)) is filled


def test_optional_lists_may_be_empty() -> None:
    model = service("json", LOOSE, structure("Root", (), Names="Loose"))
    found = drawn(ShapeStrategies(model).of(model.shapes["Root"]), 60)
    assert {bool(value["Names"]) for value in found if "Names" in value} == {True, False}


def test_a_list_that_may_hold_nothing_stays_empty() -> None:
    model, root = asking_for(Shape("None", "list", element=Member("Name"), maximum=0), Names="None")
    assert Sampler(model).build(root) == {"Names": []}


def test_recursion_ends_in_samples_and_values() -> None:
    nodes = Shape("Nodes", "list", element=Member("Node"))
    model, root = asking_for(structure("Node", ("Below",), Below="Nodes", Size="Count"), nodes, Top="Node")
    assert Sampler(model).build(root) == {"Top": {"Below": []}}
    assert recursive_shapes(model) == {"Node", "Nodes"}
    assert not any(broken(model, root, value) for value in drawn(ShapeStrategies(model).of(root), 25))


def test_a_union_that_leads_back_to_itself_takes_the_way_out() -> None:
    either = Shape("Either", "structure", members={"Not": Member("Inner"), "Name": Member("Name")}, union=True)
    model, root = asking_for(either, structure("Inner", ("What",), What="Either"), Filter="Either")
    assert set(Sampler(model).build(root)["Filter"]) == {"Name"}
    assert not any(broken(model, root, value) for value in drawn(ShapeStrategies(model).of(root), 25))


def test_a_union_takes_the_way_that_ends_in_whatever_order_the_model_has_them() -> None:
    items = Shape("Items", "list", element=Member("Item"), minimum=1)
    section = structure("Section", ("Items",), Items="Items")
    question = structure("Question", ("Title",), Title="Name")
    item = Shape(
        "Item", "structure", members={"Section": Member("Section"), "Question": Member("Question")}, union=True
    )
    model, root = asking_for(items, section, question, item, Items="Items")
    (built,) = Sampler(model).build(root)["Items"]
    assert set(built) == {"Question"}
    assert broken(model, root, {"Items": [built]}) == []


def test_a_union_without_a_way_out_cannot_be_built() -> None:
    either = Shape("Either", "structure", members={"Not": Member("Inner")}, union=True)
    model, root = asking_for(either, structure("Inner", ("What",), What="Either"), Filter="Either")
    with pytest.raises(Unbuildable, match="every member of the union Either leads back to it"):
        Sampler(model).build(root)


def test_the_fullest_sample_leaves_out_what_cannot_be_built() -> None:
    narrow = Shape("Narrow", "string", pattern="a{5}", maximum=3)
    model = service("json", narrow, structure("Root", ("Name",), Name="Name", Narrow="Narrow", Size="Count"))
    assert set(Sampler(model, full=True).build(model.shapes["Root"])) == {"Name", "Size"}


def test_what_contradicts_itself_cannot_be_built() -> None:
    model, root = asking_for(structure("Snake", ("Tail",), Tail="Snake"), Snake="Snake")
    with pytest.raises(Unbuildable, match="requires itself"):
        Sampler(model).build(root)
    narrow = Shape("Narrow", "string", pattern="a{5}", maximum=3)
    with pytest.raises(Unbuildable):
        sample_text(narrow)
    with pytest.raises(PatternError):
        ShapeStrategies(service("json", narrow)).of(narrow)


@given(st.integers(0, 12))
def test_samples_of_a_list_differ_from_each_other(index: int) -> None:
    sampler = Sampler(THINGS)
    assert sampler.element(THINGS.shapes["Name"], index) != sampler.element(THINGS.shapes["Name"], index + 1)


@given(st.integers(-50, 50), st.integers(0, 100))
def test_sample_numbers_lie_within_their_bounds(low: int, span: int) -> None:
    found = sample_number(Shape("N", "integer", minimum=low, maximum=low + span))
    assert low <= found <= low + span
    assert isinstance(sample_number(Shape("F", "double", minimum=low)), float)


@given(st.integers(0, 500))
def test_blobs_have_the_size_that_is_asked_for(size: int) -> None:
    assert len(sample_blob(size)) == size
