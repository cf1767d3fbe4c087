from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from shop.aws import ACCOUNT, client, session
from shop.operations import Logs, Metrics, Network, Recommender

IMAGE = "ami-12c6146b"


@pytest.fixture
def logs() -> Logs:
    return Logs("/shop/orders")


@pytest.mark.parametrize("lines", [["a"], ["a", "b", "c"], ["Größe 🎁"], ["x" * 10_000], ['{"level": "INFO"}']])
def test_lines_are_kept(logs: Logs, lines: list[str]) -> None:
    logs.write("web", *lines)
    assert logs.read("web") == lines


@pytest.mark.parametrize(("word", "count"), [("ERROR", 1), ("INFO", 2), ("DEBUG", 0)])
def test_lines_are_searched(logs: Logs, word: str, count: int) -> None:
    logs.write("web", "INFO started", "ERROR failed")
    logs.write("worker", "INFO started")
    assert len(logs.search(word)) == count


def test_streams_are_listed(logs: Logs) -> None:
    for stream in ("web", "worker", "web"):
        logs.write(stream, "line")
    assert logs.streams() == ["web", "worker"]


@pytest.mark.parametrize("days", [1, 30, 365])
def test_lines_are_kept_for_days(days: int) -> None:
    assert Logs("/shop/web", days).days() == days


def test_a_group_is_made_once(logs: Logs) -> None:
    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        Logs("/shop/orders")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0, 3.5], [0.0]])
def test_values_are_added_up(metrics: Metrics, values: list[float]) -> None:
    metrics.count("Orders", *values)
    assert metrics.sum("Orders") == sum(values)


def test_an_alarm_is_set_off(metrics: Metrics) -> None:
    metrics.alarm("many-errors", "Errors", 10)
    metrics.set_off("many-errors")
    assert metrics.state("many-errors") == "ALARM"


def test_there_is_no_alarm(metrics: Metrics) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        metrics.set_off("many-errors")


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.mark.parametrize("count", [1, 3])
def test_a_network_has_subnets(network: Network, count: int) -> None:
    vpc, subnets = network.create("10.0.0.0/16", *(f"10.0.{number}.0/24" for number in range(count)))
    assert network.named("shop") == [vpc]
    assert len(set(subnets)) == count


@pytest.mark.parametrize("ports", [[], [443], [80, 443, 8080]])
def test_ports_are_open(network: Network, ports: list[int]) -> None:
    vpc, _ = network.create("10.0.0.0/16")
    assert network.open_ports(network.opened(vpc, *ports)) == ports


def test_a_port_is_opened_once(network: Network) -> None:
    vpc, _ = network.create("10.0.0.0/16")
    network.opened(vpc, 443)
    with pytest.raises(ClientError, match=r"InvalidGroup\.Duplicate"):
        network.opened(vpc, 443)


@pytest.mark.parametrize("count", [1, 2])
def test_machines_start_and_stop(network: Network, count: int) -> None:
    _, (subnet,) = network.create("10.0.0.0/16", "10.0.1.0/24")
    machines = network.start(IMAGE, subnet, count)
    assert network.states(machines) == ["running"] * count
    network.stop(machines)
    assert network.states(machines) == ["stopped"] * count
    network.remove(machines)
    assert network.states(machines) == ["terminated"] * count


def test_there_is_no_machine(network: Network) -> None:
    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        network.states(["i-0123456789abcdef0"])


@pytest.fixture
def recommender() -> Recommender:
    return Recommender(f"arn:aws:iam::{ACCOUNT}:role/worker")


@pytest.mark.parametrize("kind", ["ml.m5.large", "ml.c5.xlarge"])
def test_a_model_is_served(recommender: Recommender, kind: str) -> None:
    assert recommender.deploy("also-bought", kind) == "InService"
    assert recommender.instance_type("also-bought") == kind
    assert recommender.models() == ["also-bought"]


def test_a_model_is_removed(recommender: Recommender) -> None:
    recommender.deploy("also-bought")
    recommender.remove("also-bought")
    assert recommender.status("also-bought") == "missing"
    assert recommender.models() == []


def test_a_resource_of_boto3() -> None:
    bucket = session().resource("s3", region_name="us-east-1").create_bucket(Bucket="shop-resource-bucket")
    bucket.put_object(Key="a", Body=b"x")
    assert [each.key for each in bucket.objects.all()] == ["a"]


def test_who_we_are() -> None:
    assert client("sts").get_caller_identity()["Account"] == ACCOUNT
