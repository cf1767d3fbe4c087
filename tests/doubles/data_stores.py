"""Shelves: notes, messages and items are put on them and read again. Each store is faithful or has one fault by name.

Store()                    faithful: what was put comes back, with more beside it
Store("loses notes")       the fault of that name
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.cases.request_builder import RequestBuilder
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Handle, Reading, Resource, Source
from doubles.handmade_shapes import service, spec_of, structure
from doubles.offline_player import Refused

_SHAPES = (
    structure("OneShelf", ("Name",), Name="Name"),
    structure("ShelfAnswer", Name="Name"),
    structure("PutNotesInput", ("ShelfName", "Notes"), ShelfName="Name", Notes="Notes"),
    structure("PutNotesOutput", Count="Number"),
    structure("ListNotesInput", ("ShelfName",), ShelfName="Name", NextToken="Text"),
    structure("ListNotesOutput", Notes="NotesTold", NextToken="Text"),
    Shape("Notes", "list", element=Member("Note")),
    structure("Note", ("Title", "Size", "Marks", "Limits"), Title="Text", Size="Number",
              Marks="Texts", Limits="Limits"),
    Shape("NotesTold", "list", element=Member("NoteTold")),
    structure("NoteTold", Title="Text", Size="Number", Marks="Texts", Limits="Limits", State="Text"),
    structure("Limits", ("Low", "High"), Low="Number", High="Number"),
    structure("SendMessageInput", ("ShelfName", "MessageBody", "Color"), ShelfName="Name", MessageBody="Text",
              Color="Text"),
    structure("ReceiveMessagesInput", ("ShelfName",), ShelfName="Name"),
    structure("ReceiveMessagesOutput", Messages="Messages"),
    Shape("Messages", "list", element=Member("Message")),
    structure("Message", Body="Text", Color="Text", MessageId="Text"),
    structure("PutThingInput", ("ShelfName", "Thing"), ShelfName="Name", Thing="Attributes"),
    structure("ScanInput", ("ShelfName",), ShelfName="Name"),
    structure("ScanOutput", Things="Things"),
    Shape("Things", "list", element=Member("Attributes")),
    Shape("Attributes", "map", key=Member("Text"), value=Member("Value")),
    structure("Value", ("S",), S="Text"),
    Shape("Name", "string", minimum=1, maximum=40, pattern="[a-z-]+"),
    Shape("Text", "string", minimum=1),
    Shape("Number", "integer", minimum=1, maximum=9),
    Shape("Texts", "list", element=Member("Text"), minimum=1),
)  # fmt: skip

_OPERATIONS = (
    Operation("CreateShelf", input="OneShelf", output="ShelfAnswer"),
    Operation("DescribeShelf", input="OneShelf", output="ShelfAnswer"),
    Operation("DeleteShelf", input="OneShelf"),
    Operation("PutNotes", input="PutNotesInput", output="PutNotesOutput"),
    Operation("ListNotes", input="ListNotesInput", output="ListNotesOutput"),
    Operation("SendMessage", input="SendMessageInput"),
    Operation("ReceiveMessages", input="ReceiveMessagesInput", output="ReceiveMessagesOutput"),
    Operation("PutThing", input="PutThingInput"),
    Operation("Scan", input="ScanInput", output="ScanOutput"),
)

MODEL: Service = service("json", *_SHAPES, operations=_OPERATIONS, name="shelves")

SHELF = Resource(
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
    return Overlay("shelves", MappingProxyType({"Shelf": SHELF}), nothing, (), nothing)


def builder() -> RequestBuilder:
    """A builder of requests about shelves."""
    return RequestBuilder(spec_of(MODEL), overlay(), 0)


Change = Callable[[dict[str, Any]], dict[str, Any]]


def _with(**values: Any) -> Change:
    return lambda told: {**told, **{name: value for name, value in values.items() if name in told}}


def _without(*names: str) -> Change:
    return lambda told: {name: value for name, value in told.items() if name not in names}


# What a store answers instead of a thing that it has, by the name of the fault.
TOLD: Mapping[str, Change] = {
    "forgets the size": _without("Size"),
    "forgets the title": _without("Title"),
    "forgets the marks": _without("Marks"),
    "forgets the limits": _without("Limits"),
    "forgets a limit": lambda told: {**told, "Limits": {"Low": told["Limits"]["Low"]}} if "Limits" in told else told,
    "another size": _with(Size=99),
    "another title": _with(Title="another"),
    "other marks": _with(Marks=["another"]),
    "other limits": _with(Limits={"Low": 98, "High": 99}),
    "forgets the body": _without("Body"),
    "another body": _with(Body="another"),
    "body twice": lambda told: {**told, "Body": told["Body"] * 2} if "Body" in told else told,
    "forgets the color": _without("Color"),
    "another color": _with(Color="another"),
    "another attribute": lambda told: {name: {"S": "another"} for name in told} if _is_map(told) else told,
    "forgets attributes": lambda told: {} if _is_map(told) else told,
}

# Faults of the store as a whole.
KEPT = ("loses everything", "keeps it elsewhere", "never in time")


def _is_map(told: Mapping[str, Any]) -> bool:
    return not {"Title", "MessageId"} & told.keys()


@dataclass
class Store:
    """Shelves in memory, with one fault or none; reads show nothing the first `lag` times."""

    fault: str = ""
    lag: int = 0
    shelves: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The output of an operation; raises Refused."""
        if self.fault == f"{operation} crashes":
            raise Refused("InternalFailure", status=500)
        if self.fault == f"{operation} refuses":
            raise Refused("ValidationException")
        if operation == "CreateShelf":
            self.shelves[params["Name"]] = {"Notes": [], "Messages": [], "Things": []}
            return {"Name": params["Name"]}
        name = params.get("ShelfName", params.get("Name"))
        if name not in self.shelves:
            raise Refused("ResourceNotFoundException")
        if operation in ("DescribeShelf", "DeleteShelf"):
            return {"Name": name} if operation == "DescribeShelf" else {}
        return self._write(operation, params) if operation in WRITES else self._read(READS[operation], name)

    def _write(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        kind, written = WRITES[operation](params)
        if self.fault == "keeps it elsewhere":
            self.shelves["elsewhere"] = {kind: written}
        elif self.fault != "loses everything":
            self.shelves[params["ShelfName"]][kind] += written
        return {}

    def _read(self, kind: str, name: str) -> Mapping[str, Any]:
        if self.fault == "never in time" or self.lag > 0:
            self.lag -= 1
            return {kind: []}
        change: Change = TOLD.get(self.fault, dict)
        return {kind: [change(dict(each)) for each in self.shelves[name][kind]]}


WRITES: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, list[dict[str, Any]]]]] = {
    "PutNotes": lambda params: ("Notes", [{**each, "State": "New"} for each in params["Notes"]]),
    "SendMessage": lambda params: (
        "Messages",
        [{"Body": params["MessageBody"], "Color": params["Color"], "MessageId": "m-1"}],
    ),
    "PutThing": lambda params: ("Things", [dict(params["Thing"])]),
}

READS: Mapping[str, str] = {"ListNotes": "Notes", "ReceiveMessages": "Messages", "Scan": "Things"}
