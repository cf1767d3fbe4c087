"""Messages between the parts of the shop: topics of SNS that feed queues of SQS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from shop.aws import client


class Queue:
    """A queue with another one for what nobody could handle."""

    def __init__(self, name: str, tries: int = 3) -> None:
        self.sqs = client("sqs")
        is_fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if name.endswith(".fifo") else {}
        dead = f"{name.removesuffix('.fifo')}-dead" + (".fifo" if is_fifo else "")
        self.dead = self.sqs.create_queue(QueueName=dead, Attributes=is_fifo)["QueueUrl"]
        policy = {"deadLetterTargetArn": self.arn_of(self.dead), "maxReceiveCount": tries}
        attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "30", **is_fifo}
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes, tags={"team": "sales"})["QueueUrl"]

    def arn_of(self, url: str) -> str:
        """The ARN of a queue."""
        return str(self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])

    def send(self, body: Mapping[str, Any], delay: int = 0, **attributes: str) -> str:
        """Send a message, and return its id."""
        given = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        text = json.dumps(body)
        return str(
            self.sqs.send_message(QueueUrl=self.url, MessageBody=text, DelaySeconds=delay, MessageAttributes=given)[
                "MessageId"
            ]
        )

    def send_in_order(self, group: str, bodies: list[str]) -> None:
        """Send messages that are received in this order."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=group)

    def send_all(self, bodies: list[Mapping[str, Any]]) -> int:
        """Send messages, ten in a request; returns how many were taken."""
        taken = 0
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(body)}
                for number, body in enumerate(bodies[start : start + 10])
            ]
            taken += len(self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)["Successful"])
        return taken

    def receive(self, most: int = 10, seconds: int = 30) -> list[dict[str, Any]]:
        """Messages that nobody else sees for so many seconds."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=seconds,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def work(self, handle: Callable[[Any], None]) -> int:
        """Handle what is there; what is handled is deleted, what fails comes again at once."""
        done = 0
        for message in self.receive():
            handle_of_message = message["ReceiptHandle"]
            try:
                handle(json.loads(message["Body"]))
            except ValueError:
                self.sqs.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=handle_of_message, VisibilityTimeout=0
                )
                continue
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle_of_message)
            done += 1
        return done

    def waiting(self) -> int:
        """About how many messages are waiting."""
        name = "ApproximateNumberOfMessages"
        return int(self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])["Attributes"][name])

    def purge(self) -> None:
        """Delete all messages."""
        self.sqs.purge_queue(QueueUrl=self.url)


class Topic:
    """A topic."""

    def __init__(self, name: str) -> None:
        self.sns = client("sns")
        self.arn = self.sns.create_topic(Name=name, Tags=[{"Key": "team", "Value": "sales"}])["TopicArn"]

    def feed(self, queue: Queue, kinds: list[str] | None = None) -> str:
        """Send messages to a queue: those of some kinds, or all; returns the subscription."""
        attributes = {"RawMessageDelivery": "true"}
        if kinds is not None:
            attributes["FilterPolicy"] = json.dumps({"kind": kinds})
        answer = self.sns.subscribe(
            TopicArn=self.arn,
            Protocol="sqs",
            Endpoint=queue.arn_of(queue.url),
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def publish(self, kind: str, body: Mapping[str, Any]) -> str:
        """Publish a message of a kind, and return its id."""
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        answer = self.sns.publish(TopicArn=self.arn, Message=json.dumps(body), MessageAttributes=attributes)
        return str(answer["MessageId"])

    def publish_all(self, bodies: list[Mapping[str, Any]]) -> int:
        """Publish up to ten messages in a request; returns how many were taken."""
        entries = [{"Id": str(number), "Message": json.dumps(body)} for number, body in enumerate(bodies)]
        answer = self.sns.publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=entries)
        return len(answer["Successful"])

    def subscriptions(self) -> list[str]:
        """Where messages go."""
        answer = self.sns.list_subscriptions_by_topic(TopicArn=self.arn)
        return [each["Endpoint"] for each in answer["Subscriptions"]]
