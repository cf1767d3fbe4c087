"""Keys of maps that are names: a step of a rule has the name of the scenario's own resource there."""

from __future__ import annotations

from typing import Any

from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Reply, Scenario, Send
from conformance.cases.scenarios import sequences
from conformance.planning.service_specs import load_service
from doubles.offline_player import Clock


def test_a_batch_is_about_the_table_of_the_scenario() -> None:
    about = load_service("dynamodb")
    builder = RequestBuilder(about.loaded.spec, about.overlay, 0)
    found = list(sequences.sequences_scenarios(builder, about.service.operations["BatchWriteItem"]))
    assert found
    for scenario in found:
        assert isinstance(scenario, Scenario), scenario
        (table,) = scenario.setup
        step = next(scenario.script(Clock()))
        assert isinstance(step, Send)
        assert step.call.params["TableName"] == table.call.params["TableName"]


def test_the_key_is_the_name_of_the_resource_in_every_step() -> None:
    about = load_service("dynamodb")
    builder = RequestBuilder(about.loaded.spec, about.overlay, 0)
    rule = next(each for each in about.overlay.rules if any(step.keys for step in each.steps))
    owner = about.service.operations[rule.operations[0]]
    found = [each for each in sequences.sequences_scenarios(builder, owner) if rule.id in getattr(each, "id", "")]
    (scenario,) = found
    assert isinstance(scenario, Scenario)
    name = scenario.setup[0].call.params["TableName"]
    asked = _calls(scenario)
    assert [list(call["RequestItems"]) for call in asked if "RequestItems" in call] == [[name]]


def _calls(scenario: Scenario) -> list[dict[str, Any]]:
    script, found = scenario.script(Clock()), []
    step = next(script)
    try:
        while True:
            assert isinstance(step, Send)
            found.append(dict(step.call.params))
            step = script.send(Reply("accepted", {}, None))
    except StopIteration:
        return found
