"""Shelves with a lock policy, a light and a label, settings of the shelf; faithful, or with one fault by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.cases.request_builder import RequestBuilder
from conformance.specs.model import Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Handle, Reading, Resource, Source
from doubles.handmade_shapes import service, spec_of, structure
from doubles.offline_player import Refused

_SHAPES = (
    structure("OneShelf", ("Name",), Name="Name"),
    structure("ShelfAnswer", Name="Name"),
    structure("PutInput", ("ShelfName", "Text"), ShelfName="Name", Text="Text"),
    structure("OfShelf", ("ShelfName",), ShelfName="Name"),
    structure("Told", Text="Text"),
    structure("LockPolicyNotFoundException"),
    structure("ShelfNotFoundException"),
    structure("LabelNotFoundException"),
    Shape("Name", "string", minimum=1, maximum=40, pattern="[a-z-]+"),
    Shape("Text", "string", minimum=1),
)

_ERRORS = {
    "ShelfLockPolicy": ("ShelfNotFoundException", "LockPolicyNotFoundException"),
    "ShelfLight": ("ShelfNotFoundException",),
    "ShelfLabel": ("LabelNotFoundException",),
}

_OPERATIONS = (
    Operation("CreateShelf", input="OneShelf", output="ShelfAnswer"),
    Operation("DescribeShelf", input="OneShelf", output="ShelfAnswer"),
    Operation("DeleteShelf", input="OneShelf"),
    # Labels have a creator of their own: the error may be about them.
    Operation("CreateLabel", input="OneShelf"),
    *(
        operation
        for noun, errors in _ERRORS.items()
        for operation in (
            Operation(f"Put{noun}", input="PutInput"),
            Operation(f"Get{noun}", input="OfShelf", output="Told", errors=errors),
            Operation(f"Delete{noun}", input="OfShelf"),
        )
    ),
)

MODEL: Service = service("json", *_SHAPES, operations=_OPERATIONS, name="shelves")

_SHELF = Resource(
    name="Shelf",
    create="CreateShelf",
    handles=(Handle("name", Source("request", ("Name",)), ("ShelfName",), ("Name",)),),
    delete="DeleteShelf",
    read=Reading("DescribeShelf"),
    operations=("CreateShelf", "DescribeShelf", "DeleteShelf"),
)


def overlay() -> Overlay:
    """What is known of shelves."""
    nothing: Mapping[str, Any] = MappingProxyType({})
    return Overlay("shelves", MappingProxyType({"Shelf": _SHELF}), nothing, (), nothing)


def builder() -> RequestBuilder:
    """A builder of requests about shelves."""
    return RequestBuilder(spec_of(MODEL), overlay(), 0)


ABSENT = "LockPolicyNotFoundException"


@dataclass
class Shelves:
    """Shelves in memory, with one fault or none; a removal shows after `lag` reads."""

    fault: str = ""
    lag: int = 0
    policies: dict[str, str | None] = field(default_factory=dict)
    removed: bool = False

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The output of an operation; raises Refused."""
        if self.fault == f"{operation} crashes":
            raise Refused("InternalFailure", status=500)
        if self.fault == f"{operation} refuses":
            raise Refused("ValidationException")
        name = str(params.get("ShelfName", params.get("Name")))
        if operation == "CreateShelf":
            self.policies[name] = "theirs" if self.fault == "made with the shelf" else None
        elif operation == "PutShelfLockPolicy":
            self.policies[name] = params["Text"]
        elif operation == "DeleteShelfLockPolicy":
            self._remove(name)
        elif operation == "GetShelfLockPolicy":
            return self._read(name)
        return {"Name": name}

    def _remove(self, name: str) -> None:
        self.removed = True
        if self.fault == "reset to a default":
            self.policies[name] = "default"
        elif self.fault == "removes another's":
            self.policies["another"] = None
        elif self.fault != "keeps what is removed":
            self.policies[name] = None

    def _read(self, name: str) -> Mapping[str, Any]:
        if self.removed and self.lag > 0:
            self.lag -= 1
            return {"Text": "as before"}
        text = self.policies[name]
        if self.fault == "always the same" or (self.removed and self.fault == "remembers it after removal"):
            return {"Text": "always"}
        hollow = self.fault == "nothing is an empty answer" or (
            self.fault == ("empty after removal" if self.removed else "empty before the put")
        )
        if text is None and not hollow:
            raise Refused("OtherException" if self.fault == "another code" else ABSENT)
        return {} if text is None else {"Text": text}
