"""Orders, in a table of DynamoDB: one item an order, found by customer through an index."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shop.aws import client, code_of

TABLE, BY_CUSTOMER = "orders", "by-customer"
STATUSES = ("placed", "paid", "sent", "delivered", "cancelled")
NEXT = {"placed": "paid", "paid": "sent", "sent": "delivered"}


class OrderExists(Exception):
    """There is an order of this id already."""


class NotNow(Exception):
    """An order is in a status in which this cannot be done."""


@dataclass(frozen=True)
class Order:
    """An order; `total` in euros."""

    id: str
    customer: str
    total: Decimal
    status: str = "placed"
    notes: str | None = None

    def as_item(self) -> dict[str, Any]:
        """The item of the table."""
        values = dataclasses.asdict(self)
        return {name: TypeSerializer().serialize(value) for name, value in values.items() if value is not None}

    @staticmethod
    def of(item: dict[str, Any]) -> Order:
        """The order of an item."""
        return Order(**{name: TypeDeserializer().deserialize(value) for name, value in item.items()})


class Orders:
    """The table."""

    def __init__(self) -> None:
        self.dynamodb = client("dynamodb")

    def create_table(self) -> None:
        """Make the table, and wait for it."""
        self.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "customer", "AttributeType": "S"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": BY_CUSTOMER,
                    "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            Tags=[{"Key": "team", "Value": "sales"}],
        )
        self.dynamodb.get_waiter("table_exists").wait(TableName=TABLE)

    def place(self, order: Order) -> None:
        """Store a new order; raises OrderExists."""
        try:
            self.dynamodb.put_item(
                TableName=TABLE,
                Item=order.as_item(),
                ConditionExpression="attribute_not_exists(#id)",
                ExpressionAttributeNames={"#id": "id"},
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise OrderExists(order.id) from error
            raise

    def place_all(self, orders: Iterable[Order]) -> None:
        """Store orders without a look at what is there, 25 in a request."""
        items = [{"PutRequest": {"Item": order.as_item()}} for order in orders]
        for start in range(0, len(items), 25):
            answer = self.dynamodb.batch_write_item(RequestItems={TABLE: items[start : start + 25]})
            assert not answer["UnprocessedItems"]

    def get(self, identity: str) -> Order | None:
        """An order, None where there is none."""
        answer = self.dynamodb.get_item(TableName=TABLE, Key={"id": {"S": identity}}, ConsistentRead=True)
        return Order.of(answer["Item"]) if "Item" in answer else None

    def get_all(self, identities: Iterable[str]) -> set[Order]:
        """Those of the orders that there are."""
        keys = [{"id": {"S": each}} for each in identities]
        answer = self.dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": keys}})
        return {Order.of(item) for item in answer["Responses"][TABLE]}

    def of_customer(self, customer: str, page: int = 10) -> Iterator[Order]:
        """The orders of a customer, `page` in a request."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=TABLE,
            IndexName=BY_CUSTOMER,
            KeyConditionExpression="customer = :customer",
            ExpressionAttributeValues={":customer": {"S": customer}},
            Limit=page,
        )
        for each in pages:
            yield from (Order.of(item) for item in each["Items"])

    def count(self, status: str) -> int:
        """How many orders have a status."""
        answer = self.dynamodb.scan(
            TableName=TABLE,
            FilterExpression="#status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": {"S": status}},
            Select="COUNT",
        )
        return int(answer["Count"])

    def advance(self, identity: str) -> str:
        """Move an order on, and return its new status; raises NotNow for one that is at its end."""
        order = self.get(identity)
        if order is None or order.status not in NEXT:
            raise NotNow(identity)
        return self._set(identity, order.status, NEXT[order.status])

    def cancel(self, identity: str) -> None:
        """Cancel an order that is not paid; raises NotNow."""
        self._set(identity, "placed", "cancelled")

    def _set(self, identity: str, before: str, after: str) -> str:
        try:
            answer = self.dynamodb.update_item(
                TableName=TABLE,
                Key={"id": {"S": identity}},
                UpdateExpression="SET #status = :after",
                ConditionExpression="#status = :before",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":before": {"S": before}, ":after": {"S": after}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise NotNow(identity) from error
            raise
        return str(answer["Attributes"]["status"]["S"])

    def swap(self, old: str, new: Order) -> None:
        """Put a new order in the place of an old one, both or none; raises NotNow."""
        try:
            self.dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Delete": {
                            "TableName": TABLE,
                            "Key": {"id": {"S": old}},
                            "ConditionExpression": "attribute_exists(id)",
                        }
                    },
                    {"Put": {"TableName": TABLE, "Item": new.as_item()}},
                ]
            )
        except ClientError as error:
            if code_of(error) == "TransactionCanceledException":
                raise NotNow(old) from error
            raise

    def forget(self, identity: str) -> bool:
        """Delete an order; whether there was one."""
        answer = self.dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": identity}}, ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def expire_by(self, attribute: str) -> str:
        """Let DynamoDB delete items by the time in an attribute; returns the state of that."""
        specification = {"Enabled": True, "AttributeName": attribute}
        self.dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=specification)
        answer = self.dynamodb.describe_time_to_live(TableName=TABLE)
        return str(answer["TimeToLiveDescription"]["TimeToLiveStatus"])
