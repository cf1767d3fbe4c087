"""Boxes: a service with one resource that has a bit of everything, and implementations named by their faults.

Boxes()                          faithful: tells what it was given, with defaults beside it
Boxes(tells=without("Label"))    tells something else than it knows
Boxes(update_ignored=True)       does not do what it is asked to
"""

from __future__ import annotations

import copy
import datetime
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.cases.request_builder import RequestBuilder
from conformance.specs.model import ErrorTraits, Member, Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.resources.resource import Handle, Listing, Reading, Resource, Source, Status, Tagging
from conformance.values.paths import EACH
from doubles.handmade_shapes import service, spec_of, structure
from doubles.offline_player import Refused

NOW = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)

_GIVEN = {
    "Label": "Text", "Size": "Number", "Ratio": "Real", "Kind": "Kind", "Policy": "Text", "Secret": "Hidden",
    "Password": "Text", "Open": "Flag", "Due": "When", "Parts": "Parts", "Limits": "Limits", "Names": "Texts",
    "Labels": "Labels",
}  # fmt: skip


def _traits(shape: Shape, **members: Member) -> Shape:
    return Shape(shape.name, "structure", members={**shape.members, **members}, required=shape.required)


_SHAPES = (
    _traits(
        structure("CreateBoxInput", ("Name",), Name="Name", Tags="Tags", **_GIVEN),
        ClientToken=Member("Text", idempotency_token=True),
    ),
    structure("NewBox", Arn="Text"),
    structure("OneBox", ("Name",), Name="Name"),
    structure("BoxAnswer", Box="Box"),
    structure("Box", (), Name="Name", Arn="Text", State="Text", CreationTime="When", LastModifiedTime="When",
              Tags="Tags", **{name: shape for name, shape in _GIVEN.items() if name not in ("Parts", "Limits")},
              Parts="PartsTold", Limits="LimitsTold"),
    structure("UpdateBoxInput", ("Name",), Name="Name",
              **{name: _GIVEN[name] for name in ("Label", "Size", "Kind", "Open", "Parts", "Limits", "Names")}),
    structure("BoxList", Boxes="BoxSummaries"),
    Shape("BoxSummaries", "list", element=Member("BoxSummary")),
    structure("BoxSummary", Name="Name"),
    structure("TagBoxInput", ("Name", "Tags"), Name="Name", Tags="Tags"),
    structure("UntagBoxInput", ("Name", "TagKeys"), Name="Name", TagKeys="Texts"),
    structure("TagAnswer", Tags="Tags"),
    Shape("Name", "string", minimum=1, maximum=40, pattern="[a-z-]+"),
    Shape("Text", "string"),
    Shape("Hidden", "string", sensitive=True),
    Shape("Number", "integer", minimum=1, maximum=9),
    Shape("Real", "double"),
    Shape("Kind", "string", enum=("SMALL", "BIG")),
    Shape("Flag", "boolean"),
    Shape("When", "timestamp"),
    Shape("Texts", "list", element=Member("Text")),
    Shape("Labels", "map", key=Member("Text"), value=Member("Text")),
    Shape("Parts", "list", element=Member("Part")),
    structure("Part", Title="Text", Weight="Number"),
    Shape("PartsTold", "list", element=Member("PartTold")),
    structure("PartTold", Title="Text", Weight="Number", State="Text"),
    structure("Limits", Low="Number", Deep="Deep"),
    structure("LimitsTold", Low="Number", Deep="Deep", High="Number"),
    structure("Deep", Note="Text", Mark="Text"),
    Shape("Tags", "list", element=Member("Tag")),
    structure("Tag", Key="Text", Value="Text"),
    Shape("AlreadyThere", "structure", error=ErrorTraits("AlreadyExistsException", status=400, fault="client")),
    Shape("NotThere", "structure", error=ErrorTraits("ResourceNotFoundException", status=400, fault="client")),
    Shape("IdempotentParameterMismatch", "structure",
          error=ErrorTraits("IdempotentParameterMismatch", status=400, fault="client")),
)  # fmt: skip

_OPERATIONS = (
    Operation("CreateBox", input="CreateBoxInput", output="NewBox",
              errors=("AlreadyThere", "IdempotentParameterMismatch")),
    Operation("DescribeBox", input="OneBox", output="BoxAnswer", errors=("NotThere",)),
    Operation("UpdateBox", input="UpdateBoxInput", errors=("NotThere",)),
    Operation("DeleteBox", input="OneBox", errors=("NotThere",)),
    Operation("ListBoxes", output="BoxList"),
    Operation("TagBox", input="TagBoxInput", errors=("NotThere",)),
    Operation("UntagBox", input="UntagBoxInput", errors=("NotThere",)),
    Operation("ListBoxTags", input="OneBox", output="TagAnswer", errors=("NotThere",)),
)  # fmt: skip

MODEL: Service = service("json", *_SHAPES, operations=_OPERATIONS, name="boxes")

BOX = Resource(
    name="Box",
    create="CreateBox",
    handles=(Handle("name", Source("request", ("Name",)), ("BoxName",), ("Name",)),
             Handle("arn", Source("answer", ("Arn",)), ("BoxArn",))),
    delete="DeleteBox",
    read=Reading("DescribeBox", ("Box",)),
    update="UpdateBox",
    listing=Listing("ListBoxes", ("Boxes", EACH), ("Name",)),
    tagging=Tagging("Tags", "list", read="ListBoxTags", read_at=("Tags",), add="TagBox", add_at=("Tags",),
                    remove="UntagBox", remove_at=("TagKeys",)),
    operations=tuple(operation.name for operation in _OPERATIONS),
)  # fmt: skip

STATUS = Status(("State",), ("Making", "Ready"), settled=("Ready",), creating=("Making",))


def overlay(resource: Resource = BOX, rules: tuple[Rule, ...] = (), more: tuple[Resource, ...] = ()) -> Overlay:
    """What is known of boxes."""
    nothing: Mapping[str, Any] = MappingProxyType({})
    resources = {each.name: each for each in (resource, *more)}
    return Overlay("boxes", MappingProxyType(resources), nothing, rules, nothing)


def builder(known: Overlay | None = None, seed: int = 0) -> RequestBuilder:
    """A planner of boxes."""
    return RequestBuilder(spec_of(MODEL), known or overlay(), seed)


Tells = Callable[[dict[str, Any]], dict[str, Any]]


def without(*names: str) -> Tells:
    """Descriptions without those members."""
    return lambda told: {name: value for name, value in told.items() if name not in names}


def with_(**values: Any) -> Tells:
    """Descriptions with other values for those members."""
    return lambda told: {**told, **values}


def changing(**changes: Callable[[Any], Any]) -> Tells:
    """Descriptions with those members changed, where they are told at all."""
    return lambda told: {name: changes[name](value) if name in changes else value for name, value in told.items()}


@dataclass
class RoundtripService:
    """An implementation. `tells` changes every description; `lag` reads do not see what was made, added or changed.

    `refuses` are members that no request may have together or alone; a box is `Making` for that many reads.
    """

    tells: Tells = lambda told: told
    making: int = 0
    lag: int = 0
    refuses: Callable[[Mapping[str, Any]], bool] = lambda _: False
    update_ignored: bool = False
    listing_changes: bool = False
    tags_lost: bool = False
    tags_not_overwritten: bool = False
    tags_replaced: bool = False
    tags_kept: bool = False
    tags_cleared: bool = False
    names_unique: bool = True
    tokens: str = "kept"
    boxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    reads: int = 0
    lagging: int = 0
    _ids: Any = field(default_factory=itertools.count)

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The output of an operation; raises Refused."""
        act: Callable[[dict[str, Any]], Mapping[str, Any] | None] = getattr(self, f"_{operation.lower()}")
        return act(dict(params))

    def _createbox(self, params: dict[str, Any]) -> Mapping[str, Any]:
        token = params.pop("ClientToken", None)
        if token in self.seen and self.tokens != "ignored":
            before, answer = self.seen[token]
            if before == params or self.tokens == "not-compared":
                return dict(answer)
            raise Refused("IdempotentParameterMismatch")
        if self.refuses(params):
            raise Refused("ValidationException", "no")
        name = params["Name"]
        if name in self.boxes and self.names_unique:
            raise Refused("AlreadyExistsException")
        self.tags[name] = {} if self.tags_lost else {tag["Key"]: tag["Value"] for tag in params.pop("Tags", ())}
        self.boxes[name] = {**params, "CreationTime": NOW, "LastModifiedTime": NOW, "Arn": f"arn:{name}"}
        self.reads, self.lagging = 0, self.lag
        answer = {"Arn": f"arn:{name}" if self.names_unique else f"arn:{name}/{next(self._ids)}"}
        if token is not None:
            self.seen[token] = copy.deepcopy(params), answer
        return answer

    def _box(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if params["Name"] not in self.boxes:
            raise Refused("ResourceNotFoundException")
        return self.boxes[params["Name"]]

    def _describebox(self, params: dict[str, Any]) -> Mapping[str, Any]:
        if self.lagging > 0:
            self.lagging -= 1
            raise Refused("ResourceNotFoundException")
        told = copy.deepcopy(self._box(params))
        self.reads += 1
        told["State"] = "Making" if self.reads <= self.making else "Ready"
        for hidden in ("Password", "Secret"):
            told.pop(hidden, None)
        told.setdefault("Kind", "SMALL")
        return {"Box": self.tells(told)}

    def _updatebox(self, params: dict[str, Any]) -> None:
        box = self._box(params)
        if self.refuses(params):
            raise Refused("ValidationException", "no")
        if not self.update_ignored:
            box.update(params)

    def _deletebox(self, params: dict[str, Any]) -> None:
        self._box(params)
        del self.boxes[params["Name"]]

    def _listboxes(self, params: dict[str, Any]) -> Mapping[str, Any]:
        if self.listing_changes:
            for box in self.boxes.values():
                box["Label"] = "listed"
        return {"Boxes": [{"Name": name} for name in self.boxes]}

    def _tagbox(self, params: dict[str, Any]) -> None:
        self._box(params)
        tags = self.tags[params["Name"]]
        if self.tags_replaced:
            tags.clear()
        for tag in params["Tags"]:
            if not (self.tags_lost or (self.tags_not_overwritten and tag["Key"] in tags)):
                tags[tag["Key"]] = tag["Value"]

    def _untagbox(self, params: dict[str, Any]) -> None:
        self._box(params)
        tags = self.tags[params["Name"]]
        if self.tags_cleared:
            tags.clear()
        for key in params["TagKeys"] if not self.tags_kept else ():
            tags.pop(key, None)

    def _listboxtags(self, params: dict[str, Any]) -> Mapping[str, Any]:
        self._box(params)
        own = {"aws:made-by": "boxes", **self.tags[params["Name"]]}
        return {"Tags": [{"Key": key, "Value": value} for key, value in own.items()]}
