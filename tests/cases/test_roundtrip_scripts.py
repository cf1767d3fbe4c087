"""What the scripts of round trips and tags send: names that do not meet, other things to refer to, and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.case import Call, Omitted
from conformance.cases.families import OneResource
from conformance.cases.fixtures.retargeting import retarget
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Reply, Scenario, Send
from conformance.cases.scenarios import roundtrip, tags, updates
from conformance.planning.service_specs import load_service
from conformance.specs.resources.resource import Handle, Source
from doubles.offline_player import Clock, Refused, play, scenarios_in
from doubles.roundtrip_service import BOX, MODEL, STATUS, RoundtripService, builder, overlay

HOSTING = load_service("sagemaker")
PLANNER = RequestBuilder(HOSTING.loaded.spec, HOSTING.overlay, 3)


def scenario(module: Any, operation: str, builder: RequestBuilder = PLANNER) -> Scenario:
    """The first scenario of a family that an operation owns."""
    found = next(iter(scenarios_in(module, builder, builder.service.operations[operation])))
    assert isinstance(found, Scenario), found
    return found


def acts(of: Scenario, answers: Mapping[str, Any]) -> list[Send]:
    """What a script sends to an implementation that accepts everything and answers the same each time."""
    script, sent, reply = of.script(Clock()), list[Send](), None
    try:
        while len(sent) < 200:
            act = script.send(reply)
            assert isinstance(act, Send)
            sent.append(act)
            reply = Reply("accepted", answers.get(act.call.operation, {}))
    except StopIteration:
        pass
    return sent


def test_an_update_refers_to_another_thing_than_the_one_in_use() -> None:
    update = scenario(updates, "UpdateEndpoint")
    made = {creation.resource: creation.call.params for creation in update.setup}
    described = {"DescribeEndpoint": {"EndpointName": "x", "EndpointStatus": "InService"}}
    sent = {str(act.label): act for act in acts(update, described)}
    other = sent["prerequisite"]
    assert other.creates is not None
    assert other.creates.resource == "EndpointConfig#2"
    # The other configuration hosts the model that is there.
    assert other.call.params["ProductionVariants"][0]["ModelName"] == made["Model"]["ModelName"]
    assert other.call.params["EndpointConfigName"] != made["EndpointConfig"]["EndpointConfigName"]
    assert sent["update"].call.params["EndpointConfigName"] == other.call.params["EndpointConfigName"]
    assert sent["update"].call.params["EndpointName"] == sent["create"].call.params["EndpointName"]


def test_every_creation_has_a_name_and_a_removal_of_its_own() -> None:
    sent = [act for act in acts(scenario(roundtrip, "DescribeEndpointConfig"), {}) if act.label == "create"]
    assert 1 < len(sent) <= roundtrip.MOST_CREATIONS
    names = [act.call.params["EndpointConfigName"] for act in sent]
    assert len(set(names)) == len(names)
    assert len({act.creates.resource for act in sent if act.creates}) == len(names)
    assert [act.creates.undo.params["EndpointConfigName"] for act in sent if act.creates and act.creates.undo] == names


def test_only_the_first_thing_is_read_several_times() -> None:
    described = {"DescribeEndpointConfig": {"EndpointConfigName": "x"}}
    sent = acts(scenario(roundtrip, "DescribeEndpointConfig"), described)
    creations = [number for number, act in enumerate(sent) if act.label == "create"]
    ends = [*creations[1:], len(sent)]
    rests = [
        [str(act.label) for act in sent[start:end]].count("settled") for start, end in zip(creations, ends, strict=True)
    ]
    assert rests[0] == roundtrip.READS
    assert set(rests[1:]) == {1}


def test_things_that_take_long_are_waited_for_once() -> None:
    resource = replace(BOX, status=STATUS)
    excluding = RoundtripService(making=10**6, refuses=lambda params: {"Label", "Limits"} <= params.keys())
    clock = Clock(deadline_seconds=20)
    timeline = play(
        scenario(roundtrip, "DescribeBox", builder(overlay(resource))), excluding, service=MODEL, clock=clock
    )
    assert len([each for each in timeline.every(OneResource.CREATE) if each.exchange.outcome.kind == "accepted"]) > 2
    assert clock.now < 2 * 20


@pytest.mark.parametrize("operation", ["DescribeModel", "DescribeEndpoint", "DescribeEndpointConfig"])
def test_a_scenario_can_be_played_again(operation: str) -> None:
    once = scenario(roundtrip, operation)
    assert acts(once, {}) == acts(once, {})


def test_what_nothing_reads_has_no_round_trip() -> None:
    unread = builder(overlay(replace(BOX, read=None)))
    found = [
        item for operation in MODEL.operations.values() for item in roundtrip.roundtrip_scenarios(unread, operation)
    ]
    assert found == []


# ---------------------------------------------------------------- tags of anything


def test_calls_about_anything_are_turned_to_the_thing() -> None:
    resource = HOSTING.overlay.resources["EndpointConfig"]
    creation = PLANNER.creation_of(resource, "token")
    call = retarget(PLANNER, creation, Call("ListTags", {"ResourceArn": "arn:sample"}))
    (binding,) = call.bindings
    assert (binding.path, binding.resource) == (("ResourceArn",), "EndpointConfig")
    assert binding.source == Source("answer", ("EndpointConfigArn",))


def test_calls_that_name_the_thing_stay_as_they_are() -> None:
    creation = builder().creation_of(BOX, "token")
    call = builder().call_about(BOX, "ListBoxTags", "token")
    assert retarget(builder(), creation, call) == call


def test_calls_that_cannot_name_it_are_not_built() -> None:
    nameless = replace(BOX, handles=(Handle("other", Source("answer", ("Arn",))),))
    plan = builder(overlay(nameless))
    with pytest.raises(Unbuildable, match="known to name a Box"):
        retarget(plan, plan.creation_of(nameless, "token"), Call("ListBoxTags", {"Name": "x"}))
    assert all(isinstance(item, Omitted) for item in tags.tags_scenarios(plan, MODEL.operations["TagBox"]))


def test_another_resource_stands_in_for_one_that_cannot_be_made() -> None:
    crate = replace(BOX, name="Crate")
    plan = builder(overlay(BOX, more=(crate,)))
    refusals = iter([True, False])

    class Picky(RoundtripService):
        def _createbox(self, params: dict[str, Any]) -> Mapping[str, Any]:
            if next(refusals):
                raise Refused("NotImplemented", status=501)
            return super()._createbox(params)

    timeline = play(scenario(tags, "TagBox", plan), Picky(), service=MODEL)
    assert [event.label for event in timeline.events if event.label in ("create", "add")] == [
        "create",
        "create",
        "add",
    ]
