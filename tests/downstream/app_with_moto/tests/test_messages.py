from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from shop.aws import client
from shop.messages import Queue, Topic


@pytest.fixture
def queue() -> Queue:
    return Queue("deliveries")


@pytest.fixture
def topic() -> Topic:
    return Topic("orders")


@pytest.mark.parametrize("body", [{}, {"order": "1001"}, {"text": "Größe 🎁"}, {"many": list(range(1000))}])
def test_a_message_arrives(queue: Queue, body: dict[str, Any]) -> None:
    identity = queue.send(body)
    (message,) = queue.receive()
    assert (message["MessageId"], json.loads(message["Body"])) == (identity, body)
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_attributes_arrive(queue: Queue) -> None:
    queue.send({}, kind="express", country="SE")
    (message,) = queue.receive()
    assert message["MessageAttributes"]["kind"] == {"StringValue": "express", "DataType": "String"}


@pytest.mark.parametrize("count", [1, 10, 25])
def test_many_messages_are_sent(queue: Queue, count: int) -> None:
    assert queue.send_all([{"number": number} for number in range(count)]) == count
    assert queue.waiting() == count


def test_a_delayed_message_is_not_there_yet(queue: Queue) -> None:
    queue.send({}, delay=60)
    assert queue.receive() == []


def test_messages_are_handled(queue: Queue) -> None:
    queue.send_all([{"number": number} for number in range(3)])
    seen: list[Any] = []
    assert queue.work(seen.append) == 3
    assert len(seen) == 3
    assert queue.receive() == []


@pytest.mark.parametrize("tries", [1, 2])
def test_what_cannot_be_handled_goes_to_the_dead(tries: int) -> None:
    queue = Queue("deliveries", tries)
    queue.send({"order": "1001"})

    def fail(_body: Any) -> None:
        raise ValueError("no")

    for _ in range(tries + 1):
        queue.work(fail)
    answer = queue.sqs.receive_message(QueueUrl=queue.dead)
    assert json.loads(answer["Messages"][0]["Body"]) == {"order": "1001"}


def test_messages_of_a_group_keep_their_order() -> None:
    queue = Queue("steps.fifo")
    queue.send_in_order("1001", ["pick", "pack", "send"])
    assert [message["Body"] for message in queue.receive()] == ["pick", "pack", "send"]


def test_a_queue_is_purged(queue: Queue) -> None:
    queue.send({})
    queue.purge()
    assert queue.waiting() == 0


def test_the_same_queue_is_the_same_url(queue: Queue) -> None:
    assert Queue("deliveries").url == queue.url


def test_there_is_no_queue_of_another_name() -> None:
    with pytest.raises(ClientError, match="NonExistentQueue"):
        client("sqs").get_queue_url(QueueName="nothing")


@pytest.mark.parametrize(("kinds", "count"), [(None, 2), (["placed"], 1), (["placed", "paid"], 2), (["sent"], 0)])
def test_a_queue_gets_what_it_asks_for(queue: Queue, topic: Topic, kinds: list[str] | None, count: int) -> None:
    topic.feed(queue, kinds)
    for kind in ("placed", "paid"):
        assert topic.publish(kind, {"kind": kind})
    assert len(queue.receive()) == count


@pytest.mark.parametrize("count", [1, 10])
def test_many_are_published(queue: Queue, topic: Topic, count: int) -> None:
    topic.feed(queue)
    assert topic.publish_all([{"number": number} for number in range(count)]) == count
    assert len(queue.receive()) == count


def test_subscriptions_are_listed_and_ended(queue: Queue, topic: Topic) -> None:
    subscription = topic.feed(queue)
    assert topic.subscriptions() == [queue.arn_of(queue.url)]
    topic.sns.unsubscribe(SubscriptionArn=subscription)
    assert topic.subscriptions() == []


def test_a_topic_that_is_gone(topic: Topic) -> None:
    topic.sns.delete_topic(TopicArn=topic.arn)
    with pytest.raises(ClientError, match="NotFound"):
        topic.publish("placed", {})
