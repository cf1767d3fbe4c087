"""What services make beside the things of a run: found by names and ids that are nobody else's, and nothing else is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.outcome import Outcome
from conformance.exchanges.target import resolve
from conformance.planning.service_specs import LoadedService, load_service
from conformance.run.cleanup.by_products import by_products
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.obstacles import Obstacles
from conformance.run.cleanup.register import Register, ServiceRegister
from conformance.run.cleanup.remover import Remover
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.execution.polling import Polling
from conformance.values.vocabulary import OutcomeClass, Role
from conformance.wire.message import Answer, Request, Response
from conformance.wire.protocols import codec_for

# Ages: a session of tests may take longer than clocks may differ, so times are told when a test runs.
NEW, OLD = timedelta(), timedelta(days=30)


def ago(age: timedelta | None) -> datetime | None:
    return None if age is None else datetime.now(timezone.utc) - age


INSTANCE, OTHER = "i-0123456789abcdef0", "i-0fedcba9876543210"


class Silent:
    """A sender that is asked for nothing."""

    def send(self, request: Request, **_options: Any) -> Response:
        raise AssertionError(request.path)


@lru_cache
def loaded(service: str) -> LoadedService:
    return load_service(service)


class Scene:
    """A run that knows what it has sent to a service, and what the lists of the service show."""

    def __init__(self, service: str, account: str | None = None, **lists: Mapping[str, Any]) -> None:
        found = loaded(service)
        self.lists, self.silent = lists, set[str]()
        self.register = Register("us-east-1", lambda: account)
        self.builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
        self.seen: ServiceRegister = self.register.for_service(self.builder)
        self.client = ServiceClient(self.builder, Exchanger(found.service, codec_for(found.service), Silent()))

    def play(self, operation: str, params: Any, output: Any = None, kind: OutcomeClass = "accepted") -> None:
        """A request of the run, and its answer."""
        call = Call(operation, params)
        self.seen.answered(self.seen.sending(call), self.exchange(call, output or {}, kind))

    def exchange(self, call: Call, output: Any, kind: OutcomeClass = "accepted") -> Exchange:
        return Exchange("case", call, Request("", ""), None, Answer(200, parsed=True, output=output), Outcome(kind))

    def send(self, call: Call) -> Exchange:
        kind: OutcomeClass = "crashed" if call.operation in self.silent else "accepted"
        return self.exchange(call, self.lists.get(call.operation, {}), kind)

    def found(self, *, by_ids: bool = True) -> list[CreatedThing]:
        """What is found when the run is over."""
        obstacles = Obstacles(self.client, self.send, self.register.is_own_name)
        names = self.register.take_names().values()
        return [each for used in names for each in by_products(self.register, obstacles, used, by_ids=by_ids)]


class Terminating(Exchanger):
    """Sends to a scene, in which an instance has one state after another, and its interface goes with it."""

    def __init__(self, scene: Scene, states: Iterable[str]) -> None:
        super().__init__(scene.client.service, scene.client.exchanger.codec, Silent())
        self.scene, self.states = scene, iter(states)

    def perform(self, call: Call, role: Role) -> Exchange:
        if call.operation == "DescribeInstances":
            state = next(self.states)
            instance = {"InstanceId": INSTANCE, "State": {"Name": state}}
            self.scene.lists["DescribeInstances"] = {"Reservations": [{"Instances": [instance]}]}
            if state == "terminated":
                self.scene.lists["DescribeNetworkInterfaces"] = {}
        return self.scene.send(call)


def ids(things: Sequence[CreatedThing]) -> list[tuple[str, bool, list[Any]]]:
    return [(each.resource, each.is_certain, [dict(call.params) for call in each.removals]) for each in things]


def interface(number: int, **instance: str) -> Mapping[str, Any]:
    return {"NetworkInterfaceId": f"eni-{number}", "Attachment": instance}


@pytest.mark.parametrize("by_ids", [True, False])
def test_what_names_an_id_that_the_service_gave_to_a_thing_of_the_run_came_with_it(by_ids: bool) -> None:
    shown = [interface(1, InstanceId=INSTANCE), interface(2, InstanceId=OTHER), interface(3)]
    scene = Scene("ec2", DescribeNetworkInterfaces={"NetworkInterfaces": shown})
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, {"Instances": [{"InstanceId": INSTANCE}]})
    scene.play("TerminateInstances", {"InstanceIds": [INSTANCE]})
    assert not scene.register.things
    assert ids(scene.found(by_ids=by_ids)) == [("NetworkInterface", True, [{"NetworkInterfaceId": "eni-1"}])][:by_ids]


@pytest.mark.parametrize(
    ("states", "count"), [(["shutting-down", "terminated"], 0), (itertools.repeat("shutting-down"), 1)]
)
def test_what_goes_with_a_thing_that_is_being_removed_is_not_asked_for(states: Iterable[str], count: int) -> None:
    """An instance takes a while to terminate, and takes its interface with it; or for ever, then that is there."""
    scene = Scene("ec2")
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, {"Instances": [{"InstanceId": INSTANCE}]})
    scene.play("TerminateInstances", {"InstanceIds": [INSTANCE]})
    scene.lists["DescribeNetworkInterfaces"] = {"NetworkInterfaces": [interface(1, InstanceId=INSTANCE)]}
    client = ServiceClient(scene.builder, Terminating(scene, states))
    attempts = list(Remover(scene.register, lambda _service: client, Polling(0.005, 1)).by_products())
    assert len({each.thing.names for each in attempts}) == count


def test_an_id_that_the_request_named_is_nobodys() -> None:
    scene = Scene("events", ListTargetsByRule={}, ListRules={"Rules": [{"Name": "rule-of-2019"}]})
    scene.play("PutRule", {"Name": "rule-of-2019"}, {"RuleArn": "arn:aws:events:us-east-1:1:rule/rule-of-2019"})
    scene.play("DeleteRule", {"Name": "rule-of-2019"})
    assert not scene.found()


@pytest.mark.parametrize(("age", "found"), [(NEW, [("Host", True, [{"HostIds": ["h-1"]}])]), (OLD, []), (None, [])])
def test_what_has_several_things_and_one_of_the_run_was_made_in_the_run(age: timedelta | None, found: Any) -> None:
    host = {"HostId": "h-1", "AllocationTime": ago(age), "Instances": [{"InstanceId": INSTANCE}]}
    scene = Scene("ec2", DescribeHosts={"Hosts": [host]})
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, {"Instances": [{"InstanceId": INSTANCE}]})
    scene.play("TerminateInstances", {"InstanceIds": [INSTANCE]})
    assert ids(scene.found()) == found


@pytest.mark.parametrize(
    ("kinds", "others", "is_found"),
    [
        (["crashed"], (), True),
        (["accepted"], (), True),
        ([], (), False),
        (["crashed"], ("i-00000000000000002",), False),
    ],
)
def test_where_a_creation_crashed_what_names_an_unknown_thing_is_not_certain_and_told_with_it(
    kinds: list[OutcomeClass], others: tuple[str, ...], is_found: bool
) -> None:
    """So where an accepted one was not named; where more things are unknown, nobody knows which are the run's."""
    shown = [interface(number, InstanceId=each) for number, each in enumerate((INSTANCE, OTHER, *others))]
    instances = {"Reservations": [{"Instances": [{"InstanceId": OTHER}]}]}
    scene = Scene(
        "ec2",
        DescribeNetworkInterfaces={"NetworkInterfaces": shown},
        DescribeInstances=instances,
    )
    for kind in kinds:
        scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, kind=kind)
    found = [
        ("Instance", False, [{"InstanceIds": [INSTANCE], "Force": True}]),
        ("NetworkInterface", False, [{"NetworkInterfaceId": "eni-0"}]),
    ]
    assert ids(scene.found()) == (found if is_found else [])


@pytest.mark.parametrize(("status", "is_told"), [("INACTIVE", False), ("ACTIVE", True)])
def test_what_a_list_without_states_shows_is_there_if_a_read_says_so(status: str, is_told: bool) -> None:
    scene = Scene("ecs")
    name = scene.builder.token("one")
    cluster = {"clusterName": name, "clusterArn": f"arn:aws:ecs:us-east-1:1:cluster/{name}", "status": status}
    scene.lists |= {
        "ListClusters": {"clusterArns": [cluster["clusterArn"]]},
        "DescribeClusters": {"clusters": [cluster]},
    }
    scene.play("CreateCluster", {"clusterName": name}, {"cluster": cluster})
    scene.play("DeleteCluster", {"cluster": name}, {"cluster": cluster})
    client = ServiceClient(scene.builder, Terminating(scene, ()))
    attempts = list(Remover(scene.register, lambda _service: client, Polling(0, 0.01)).by_products())
    assert attempts
    assert bool(scene.register.things) is is_told


GATEWAY = "tgw-0123456789abcdef0"


@pytest.mark.parametrize(("age", "is_found"), [(NEW, True), (OLD, False)])
@pytest.mark.parametrize("kind", ["accepted", "crashed"])
def test_what_is_older_than_the_run_is_not_its_own(age: timedelta, is_found: bool, kind: OutcomeClass) -> None:
    table = {"TransitGatewayRouteTableId": "rtb-1", "TransitGatewayId": GATEWAY, "CreationTime": ago(age)}
    scene = Scene("ec2", DescribeTransitGatewayRouteTables={"TransitGatewayRouteTables": [table]})
    output = {"TransitGateway": {"TransitGatewayId": GATEWAY}} if kind == "accepted" else None
    scene.play("CreateTransitGateway", {}, output, kind=kind)
    assert any(each.resource == "TransitGatewayRouteTable" for each in scene.found()) is is_found


@pytest.mark.parametrize(("account", "is_found"), [("111122223333", True), (None, False)])
def test_a_refused_creation_may_have_left_something_in_an_account_of_the_runs_own(
    account: str | None, is_found: bool
) -> None:
    interfaces = {"NetworkInterfaces": [interface(1, InstanceId=INSTANCE)]}
    scene = Scene("ec2", account, DescribeNetworkInterfaces=interfaces, DescribeInstances={"Reservations": []})
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, {"Instances": [{"InstanceId": OTHER}]})
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, kind="rejected-validation")
    scene.play("TerminateInstances", {"InstanceIds": [OTHER]})
    told = [("Instance", False), ("NetworkInterface", False)] if is_found else []
    assert [(each.resource, each.is_certain) for each in scene.found()] == told


@pytest.mark.parametrize(
    ("account", "age", "is_found"),
    [("111122223333", NEW, True), ("111122223333", OLD, False), (None, NEW, False)],
)
def test_what_a_list_shows_is_unknown_in_the_runs_own_account_if_it_was_made_since(
    account: str | None, age: timedelta, is_found: bool
) -> None:
    instances = {"Reservations": [{"Instances": [{"InstanceId": INSTANCE, "LaunchTime": ago(age)}]}]}
    interfaces = {"NetworkInterfaces": [interface(1, InstanceId=INSTANCE)]}
    scene = Scene("ec2", account, DescribeNetworkInterfaces=interfaces, DescribeInstances=instances)
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, kind="crashed")
    assert bool(scene.found()) is is_found


@pytest.mark.parametrize(("account", "is_found"), [("111122223333", True), (None, False)])
def test_a_list_that_is_not_answered_makes_nothing_unknown_in_an_account_of_others(
    account: str | None, is_found: bool
) -> None:
    scene = Scene("ec2", account, DescribeNetworkInterfaces={"NetworkInterfaces": [interface(1, InstanceId=INSTANCE)]})
    scene.silent.add("DescribeInstances")
    scene.play("RunInstances", {"MaxCount": 1, "MinCount": 1}, kind="crashed")
    assert bool(scene.found()) is is_found


@pytest.mark.parametrize(("status", "is_found"), [("REVIEW_IN_PROGRESS", True), ("CREATE_COMPLETE", False)])
def test_what_an_operation_makes_beside_a_thing_is_found_by_what_the_answer_says(status: str, is_found: bool) -> None:
    arn = "arn:aws:cloudformation:us-east-1:1:stack/one/0"
    stack = {"StackId": arn, "StackStatus": status}
    scene = Scene("cloudformation", DescribeStacks={"Stacks": [stack]}, ListStacks={"StackSummaries": [stack]})
    scene.play("CreateChangeSet", {"StackName": "one", "ChangeSetName": "two"}, {"Id": "0", "StackId": arn})
    assert ids(scene.found()) == ([("Stack", True, [{"StackName": arn}])] if is_found else [])


@pytest.mark.parametrize(("second", "is_left"), [("one", True), ("two", False)])
def test_what_a_list_shows_after_its_removal_was_accepted_is_told(second: str, is_left: bool) -> None:
    """Moto makes two stack sets of one name, and removes the second one for ever."""
    found, register = loaded("cloudformation"), Register("us-east-1")
    builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
    one, other = builder.token("one"), builder.token(second)
    with resolve("moto", seed=1, timeout=60).open() as connection:
        observer = register.for_service(builder)
        exchanger = Exchanger(found.service, codec_for(found.service), connection, observer=observer)
        for name in (one, other):
            exchanger.perform(Call("CreateStackSet", {"StackSetName": name}), "case")
        client = ServiceClient(builder, exchanger)
        remover = Remover(register, lambda _service: client, Polling(0, 0.01))
        attempts = [*remover.remove(register.things), *remover.by_products()]
        exchange = exchanger.perform(Call("ListStackSets", {}), "probe")
    summaries = (exchange.answer.output or {})["Summaries"] if exchange.answer is not None else []
    left = {each["StackSetName"] for each in summaries if each["Status"] == "ACTIVE"}
    assert left == ({one} if is_left else set())
    assert {name for thing in register.things for name in thing.names} == left
    assert [each.is_gone for each in attempts][-1] is not is_left
