from __future__ import annotations

from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from shop.orders import NEXT, STATUSES, NotNow, Order, OrderExists, Orders

ADA = Order("1001", "ada", Decimal("19.90"))


@pytest.fixture
def orders() -> Orders:
    table = Orders()
    table.create_table()
    return table


@pytest.mark.parametrize("total", ["0", "0.01", "19.90", "1e3", "99999999.99"])
def test_a_total_is_kept_exactly(orders: Orders, total: str) -> None:
    order = Order("1", "ada", Decimal(total))
    orders.place(order)
    assert orders.get("1") == order


@pytest.mark.parametrize("notes", [None, "ring twice", "Größe 42 — schnell!", "🎁", "x" * 5000, '{"a": "b"}', "a\nb"])
def test_notes_are_kept_exactly(orders: Orders, notes: str | None) -> None:
    order = Order("1", "ada", Decimal(5), notes=notes)
    orders.place(order)
    assert orders.get("1") == order


@pytest.mark.parametrize("customer", ["ada", "o'neil", "Ωmega", "a b c", "7"])
def test_orders_are_found_by_customer(orders: Orders, customer: str) -> None:
    orders.place(Order("1", customer, Decimal(5)))
    orders.place(Order("2", "somebody else", Decimal(5)))
    assert [each.id for each in orders.of_customer(customer)] == ["1"]


def test_an_order_is_placed_once(orders: Orders) -> None:
    orders.place(ADA)
    with pytest.raises(OrderExists):
        orders.place(ADA)


def test_there_is_no_order_before(orders: Orders) -> None:
    assert orders.get("1001") is None


@pytest.mark.parametrize(("before", "after"), NEXT.items())
def test_an_order_moves_on(orders: Orders, before: str, after: str) -> None:
    orders.place(Order("1", "ada", Decimal(5), before))
    assert orders.advance("1") == after
    found = orders.get("1")
    assert found is not None
    assert found.status == after


@pytest.mark.parametrize("status", ["delivered", "cancelled"])
def test_an_order_at_its_end_stays(orders: Orders, status: str) -> None:
    orders.place(Order("1", "ada", Decimal(5), status))
    with pytest.raises(NotNow):
        orders.advance("1")


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_is_not_paid_is_cancelled(orders: Orders, status: str) -> None:
    orders.place(Order("1", "ada", Decimal(5), status))
    if status == "placed":
        orders.cancel("1")
        assert orders.count("cancelled") == 1
        return
    with pytest.raises(NotNow):
        orders.cancel("1")


@pytest.mark.parametrize(("count", "page"), [(0, 10), (1, 1), (5, 2), (30, 10)])
def test_all_pages_are_read(orders: Orders, count: int, page: int) -> None:
    orders.place_all(Order(str(number), "ada", Decimal(number)) for number in range(count))
    assert len(list(orders.of_customer("ada", page))) == count


@pytest.mark.parametrize("status", STATUSES)
def test_orders_are_counted_by_status(orders: Orders, status: str) -> None:
    orders.place_all(Order(each, "ada", Decimal(5), each) for each in STATUSES)
    assert orders.count(status) == 1


def test_some_orders_are_read_at_once(orders: Orders) -> None:
    orders.place(ADA)
    assert orders.get_all(["1001", "1002"]) == {ADA}


def test_an_order_is_swapped(orders: Orders) -> None:
    orders.place(ADA)
    new = Order("1002", "ada", Decimal(7))
    orders.swap("1001", new)
    assert (orders.get("1001"), orders.get("1002")) == (None, new)


def test_nothing_is_swapped_for_what_there_is_not(orders: Orders) -> None:
    with pytest.raises(NotNow):
        orders.swap("1000", ADA)
    assert orders.get("1001") is None


def test_an_order_is_forgotten_once(orders: Orders) -> None:
    orders.place(ADA)
    assert [orders.forget("1001"), orders.forget("1001")] == [True, False]


def test_old_orders_expire(orders: Orders) -> None:
    assert orders.expire_by("expires") == "ENABLED"


def test_without_a_table_nothing_is_placed() -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        Orders().place(ADA)


def test_a_table_is_made_once(orders: Orders) -> None:
    with pytest.raises(ClientError, match="ResourceInUseException"):
        orders.create_table()
