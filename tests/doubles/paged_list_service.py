"""Books on shelves: an implementation of a list with pages, filters and orders, and the ways to get one wrong.

Shelves()("ListBooks", {...})                    faithful
Shelves("loses-last-item")("ListBooks", {...})   wrong in one way
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from conformance.specs.model import Member, Operation, Paginator, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Handle, Listing, Resource, Source
from doubles.handmade_shapes import service, structure
from doubles.offline_player import Refused

SHELF = Resource(
    "Shelf",
    "CreateShelf",
    (Handle("id", Source("answer", ("ShelfId",)), ("ShelfId",)),),
    delete="DeleteShelf",
    listing=Listing("ListShelves", ("Shelves",), ()),
)
BOOK = Resource(
    "Book",
    "CreateBook",
    (Handle("name", Source("request", ("BookName",)), ("BookName",)),),
    delete="DeleteBook",
    listing=Listing("ListBooks", ("Books",), ("BookName",)),
)
OVERLAY = Overlay(
    "shelves", MappingProxyType({"Shelf": SHELF, "Book": BOOK}), MappingProxyType({}), (), MappingProxyType({})
)

STATUSES = ("Free", "Lent", "Lost")

LIST = {
    "ShelfId": "Id",
    "MaxResults": "MaxResults",
    "NextToken": "Token",
    "NameContains": "NameContains",
    "NamePrefix": "NameContains",
    "StatusEquals": "Status",
    "CreationTimeAfter": "Timestamp",
    "CreationTimeBefore": "Timestamp",
    "SortBy": "SortBy",
    "SortOrder": "SortOrder",
}


def model(smallest: int = 1, more_results: str | None = None, **more: Any) -> Service:
    """The service; its smallest page has that many items."""
    return service(
        "json",
        Shape("Id", "string", minimum=1, maximum=20),
        Shape("BookName", "string", minimum=1, maximum=40, pattern="[a-zA-Z0-9]([a-zA-Z0-9-])*"),
        Shape("NameContains", "string", pattern="[a-zA-Z0-9-]+"),
        Shape("Token", "string", maximum=100),
        Shape("MaxResults", "integer", minimum=smallest, maximum=100),
        Shape("Status", "string", enum=STATUSES),
        Shape("SortBy", "string", enum=("Name", "CreationTime", "Weight")),
        Shape("SortOrder", "string", enum=("Ascending", "Descending")),
        Shape("Timestamp", "timestamp"),
        structure("Book", ("BookName",), BookName="BookName", Status="Status", CreationTime="Timestamp"),
        Shape("Books", "list", element=Member("Book")),
        Shape("Ids", "list", element=Member("Id")),
        structure("Empty"),
        structure("ShelfRequest", ("ShelfId",), ShelfId="Id"),
        structure("CreateBookRequest", ("ShelfId", "BookName"), ShelfId="Id", BookName="BookName"),
        structure("ListRequest", ("ShelfId",), **LIST),
        structure("ListAnswer", ("Books",), Books="Books", NextToken="Token", HasMore="Flag"),
        structure("ShelvesRequest", (), MaxResults="MaxResults", NextToken="Token"),
        structure("ShelvesAnswer", ("Shelves",), Shelves="Ids", NextToken="Token"),
        operations=(
            Operation("CreateShelf", input="Empty", output="ShelfRequest"),
            Operation("DeleteShelf", input="ShelfRequest"),
            Operation("CreateBook", input="CreateBookRequest"),
            Operation("DeleteBook", input="CreateBookRequest"),
            Operation("ListBooks", input="ListRequest", output="ListAnswer"),
            Operation("ListShelves", input="ShelvesRequest", output="ShelvesAnswer"),
        ),
        paginators=MappingProxyType(
            {
                "ListBooks": Paginator(
                    "ListBooks", ("NextToken",), ("NextToken",), "MaxResults", ("Books",), more_results
                )
            }
        ),
        **more,
    )


@dataclass
class PagedListService:
    """The implementation. `fault` is what it gets wrong, `others` how many books of somebody else are there."""

    fault: str = ""
    others: int = 0
    lag: int = 0
    smallest: int = 1
    careless: bool = False
    shelves: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a call; raises Refused."""
        operations = {
            "CreateShelf": self._create_shelf,
            "CreateBook": self._create_book,
            "ListBooks": self._list_books,
            "ListShelves": self._list_shelves,
        }
        return operations[operation](params)

    def _create_shelf(self, _params: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.fault == "cannot-make-shelves":
            raise Refused("ValidationException", "out of wood")
        name = f"shelf-{len(self.shelves)}"
        self.shelves[name] = {}
        for number in range(self.others):
            self._put(name, f"Zz_other {number}", "Lent")
        return {"ShelfId": name}

    def _create_book(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.fault == "cannot-make":
            raise Refused("ValidationException", "not today")
        self._shelf(params)
        self._put(params["ShelfId"], params["BookName"], "Free")
        return {}

    def _shelf(self, params: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The shelf of a request; a careless implementation has whatever is asked for."""
        if self.careless:
            return self.shelves.setdefault(params["ShelfId"], {})
        if params["ShelfId"] not in self.shelves:
            raise Refused("ResourceNotFound", f"no shelf {params['ShelfId']}", 404)
        return self.shelves[params["ShelfId"]]

    def _list_shelves(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._check_size(params)
        return self._page("Shelves", list(self.shelves), params)

    def _put(self, shelf: str, name: str, status: str) -> None:
        books = self.shelves[shelf]
        time = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=len(books))
        books[name] = {"BookName": name, "Status": status, "CreationTime": time}

    def _list_books(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(params)
        self._check_size(params)
        if self.fault == "crashes-when-filled" and self._shelf(params):
            raise Refused("InternalFailure", "AttributeError", 500)
        items = self._ordered(self._chosen(list(self._shelf(params).values()), params), params)
        if len(self.asked) <= self.lag:
            items = items[:-1]
        if self.fault == "repeats-item" and "MaxResults" in params:
            items = [*items[:1], *items]
        return self._page("Books", items, params)

    def _check_size(self, params: Mapping[str, Any]) -> None:
        if self.fault == "crashes-on-limit" and "MaxResults" in params:
            raise Refused("InternalFailure", "KeyError", 500)
        if params.get("MaxResults", 100) < self.smallest:
            raise Refused("ValidationException", f"MaxResults is at least {self.smallest}")

    def _chosen(self, items: list[Any], params: Mapping[str, Any]) -> list[Any]:
        tests: dict[str, Any] = {
            "NameContains": lambda item, value: value in item["BookName"],
            "NamePrefix": lambda item, value: item["BookName"].startswith(value),
            "StatusEquals": lambda item, value: item["Status"] == value,
            "CreationTimeAfter": lambda item, value: item["CreationTime"] >= value,
            "CreationTimeBefore": lambda item, value: item["CreationTime"] < value,
        }
        for member, test in tests.items():
            if member not in params or self.fault == f"ignores-{member}":
                continue
            if self.fault == f"crashes-on-{member}":
                raise Refused("InternalFailure", "TypeError", 500)
            if self.fault == f"refuses-{member}":
                raise Refused("ValidationException", "not together")
            if self.fault == f"shifts-{member}" and isinstance(params[member], datetime):
                params = {**params, member: params[member] + timedelta(seconds=1)}
            wrong = self.fault == f"turns-{member}"
            items = [item for item in items if test(item, params[member]) != wrong]
            if self.fault == f"loses-{member}":
                items = []
        return items

    def _ordered(self, items: list[Any], params: Mapping[str, Any]) -> list[Any]:
        key = "BookName" if params.get("SortBy") == "Name" and self.fault != "ignores-SortBy" else "CreationTime"
        down = params.get("SortOrder", "Descending") == "Descending" and self.fault != "ignores-SortOrder"
        if self.fault == "without-case":
            return sorted(items, key=lambda item: str(item[key]).lower(), reverse=down)
        return sorted(items, key=lambda item: item[key], reverse=down)

    def _page(self, member: str, items: list[Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
        sized = "MaxResults" in params
        start, size = self._start(params), self._size(params)
        end = start + size
        page, token = items[start:end], str(end) if end < len(items) else None
        if self.fault == "loses-item" and sized:
            token = str(end + 1) if end + 1 < len(items) else None
        if self.fault == "token-for-ever" and sized:
            token = token or str(len(items))
        if self.fault == "always-another-token":
            token = token or str(max(end, len(items)) + 1)
        if self.fault == "empty-page-at-the-end" and token is None and start < len(items):
            token = str(len(items))
        if self.fault == "empty-token" and token is None:
            token = ""
        more = token is not None or self.fault == "says-more"
        return {member: page, "HasMore": more, **({} if token is None else {"NextToken": token})}

    def _size(self, params: Mapping[str, Any]) -> int:
        size: int = params.get("MaxResults", 10)
        if self.fault == "short-pages":
            return max(1, size - 1)
        if self.fault == "ignores-limit":
            return 100
        return size + 1 if self.fault == "one-too-many" and "MaxResults" in params else size

    def _start(self, params: Mapping[str, Any]) -> int:
        token = params.get("NextToken")
        if token is None or self.fault == "ignores-token":
            return 0
        if self.fault == "refuses-own-token":
            raise Refused("ValidationException", "Invalid NextToken")
        if self.fault == "crashes-on-token":
            raise Refused("InternalFailure", "ValueError", 500)
        if not token.isdigit():
            if self.fault == "crashes-on-foreign-token":
                raise Refused("InternalFailure", "ValueError", 500)
            if self.fault == "empty-for-foreign-token":
                return 10**6
            raise Refused("ValidationException", "Invalid NextToken")
        return int(token)
