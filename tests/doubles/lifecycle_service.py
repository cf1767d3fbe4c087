"""A workshop of things in memory, for scenarios played without a network; its faults are switched on by name.

Thing  named by its client; Creating, Updating and Deleting last for so many reads
Part   of a thing, named by the workshop

workshop = Workshop(faults=frozenset({"made twice"}))
workshop("CreateThing", {"Name": "a"})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from conformance.cases.request_builder import RequestBuilder
from conformance.specs.model import ErrorTraits, Member, Operation, Paginator, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay, Rule
from conformance.specs.resources.resource import Handle, Listing, Reading, Resource, Source, Status
from conformance.values.paths import parse_path
from doubles.handmade_shapes import members, service, spec_of, structure
from doubles.offline_player import Refused

_SHAPES = (
    structure("CreateThingRequest", ("Name",), Name="Name", Size="Size", Description="Text"),
    structure("NameRequest", ("Name",), Name="Name"),
    structure("UpdateThingRequest", ("Name",), Name="Name", Size="Size"),
    structure("ThingAnswer", (), Name="Name", Arn="Arn", Status="Status", Size="Size"),
    structure("ListRequest", (), NextToken="Text"),
    structure("ListAnswer", (), Things="Things", NextToken="Text"),
    structure("PartRequest", ("ThingName",), ThingName="Name"),
    structure("PartIdRequest", ("PartId",), PartId="PartId"),
    structure("PartIdsRequest", (), PartIds="PartIds"),
    structure("PartAnswer", (), PartId="PartId", ThingName="Name"),
    structure("PartsAnswer", (), Parts="Parts"),
    Shape("Name", "string", minimum=1, maximum=20, pattern="[a-z]+"),
    Shape("PartId", "string", minimum=1),
    Shape("PartIds", "list", element=Member("PartId")),
    Shape("Arn", "string"),
    Shape("Text", "string", minimum=1),
    Shape("Size", "integer", minimum=1, maximum=9),
    Shape("Status", "string", enum=("Creating", "Updating", "Deleting", "Ready", "Broken", "Odd", "Gone")),
    Shape("Things", "list", element=Member("ThingAnswer")),
    Shape("Parts", "list", element=Member("PartAnswer")),
    *(
        Shape(name, "structure", members=members(), error=ErrorTraits(name, status=status, fault="client"))
        for name, status in (("ThingNotFound", 404), ("PartNotFound", 404), ("ThingExists", 409), ("ThingBusy", 409))
    ),
)

_OPERATIONS = (
    Operation("CreateThing", input="CreateThingRequest", output="ThingAnswer", errors=("ThingExists",)),
    Operation("DescribeThing", input="NameRequest", output="ThingAnswer", errors=("ThingNotFound",)),
    Operation("ListThings", input="ListRequest", output="ListAnswer"),
    Operation("UpdateThing", input="UpdateThingRequest", output="ThingAnswer", errors=("ThingNotFound", "ThingBusy")),
    Operation("DeleteThing", input="NameRequest", errors=("ThingNotFound", "ThingBusy")),
    Operation("CreatePart", input="PartRequest", output="PartAnswer", errors=("ThingNotFound",)),
    Operation("DescribeParts", input="PartIdsRequest", output="PartsAnswer"),
    Operation("DeletePart", input="PartIdRequest"),
    Operation("ListParts", input="PartRequest", output="PartsAnswer", errors=("ThingNotFound",)),
)

MODEL: Service = service(
    "json", *_SHAPES, operations=_OPERATIONS,
    paginators=MappingProxyType(
        {"ListThings": Paginator("ListThings", ("NextToken",), ("NextToken",), None, ("Things",))}
    ),
)  # fmt: skip

THING = Resource(
    "Thing", "CreateThing", (Handle("name", Source("request", ("Name",)), ("ThingName",), ("Name",)),),
    delete="DeleteThing", read=Reading("DescribeThing"), update="UpdateThing",
    listing=Listing("ListThings", ("Things",), ("Name",)),
    status=Status(
        ("Status",), ("Creating", "Updating", "Deleting", "Ready", "Broken", "Odd", "Gone"), ("Ready",), ("Broken",),
        ("Gone",), ("Creating",), ("Updating",), ("Deleting",),
    ),
    operations=("CreateThing", "DescribeThing", "UpdateThing", "DeleteThing"),
)  # fmt: skip

PART = Resource(
    "Part", "CreatePart", (Handle("id", Source("answer", ("PartId",)), ("PartId",)),),
    delete="DeletePart", read=Reading("DescribeParts", parse_path("Parts[*]")),
    operations=("CreatePart", "DescribeParts", "DeletePart"),
)  # fmt: skip


def overlay(*resources: Resource, rules: tuple[Rule, ...] = ()) -> Overlay:
    """What is known of the workshop: both kinds of things, unless others are given."""
    known = {each.name: each for each in resources or (THING, PART)}
    return replace(EMPTY_OVERLAY, service="things", resources=MappingProxyType(known), rules=rules)


def builder(known: Overlay | None = None) -> RequestBuilder:
    """A planner of scenarios about the workshop."""
    return RequestBuilder(spec_of(MODEL), known or overlay(), 1)


@dataclass
class Thing:
    """A thing in the workshop, and how many reads more show the state in which it is."""

    name: str
    size: int
    status: str
    reads: int


@dataclass
class LifecycleService:
    """The implementation. `lag` is how many reads do not find what was just made; `codes` changes error codes."""

    faults: frozenset[str] = frozenset()
    reads: int = 2
    lag: int = 0
    codes: Mapping[str, str] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
        self.asked.append((operation, params))
        if f"{operation} crashes" in self.faults:
            raise Refused("InternalError", status=500)
        act: Callable[[Mapping[str, Any]], Mapping[str, Any] | None] = getattr(self, f"_{operation}")
        return act(params)

    def _refuse(self, code: str, status: int, text: str = "") -> Refused:
        return Refused(self.codes.get(code, code), text, status)

    def _CreateThing(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        there = self.things.get(params["Name"])
        same = there is not None and there.size == params.get("Size", 1) and "Description" not in params
        leaving = there is not None and there.status == "Deleting" and "name free" in self.faults
        asked = sum(name == "CreateThing" and each["Name"] == params["Name"] for name, each in self.asked)
        leaving = leaving or (asked <= 4 and "slow to see" in self.faults)
        taken = there is not None and not leaving and not ("same again" in self.faults and same)
        if taken and "made twice" not in self.faults:
            raise self._refuse("ThingExists", 409)
        self.hidden[params["Name"]] = self.lag
        status = "Ready" if "at once" in self.faults else "Creating"
        self.things[params["Name"]] = Thing(params["Name"], params.get("Size", 1), status, self.reads)
        return {"Name": params["Name"], "Arn": f"arn:aws:things:::thing/{params['Name']}"}

    def _DescribeThing(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        name = params["Name"]
        if "anything found" in self.faults and name not in self.things:
            return {"Name": name, "Status": "Ready"}
        if self.hidden.get(name, 0) > 0:
            self.hidden[name] -= 1
            raise self._refuse("ThingNotFound", 404)
        thing = self._find(name)
        self._pass(thing)
        if name not in self.things:
            raise self._refuse("ThingNotFound", 404)
        return self._shown(thing)

    def _pass(self, thing: Thing) -> None:
        """Time goes by with each read."""
        if thing.status == "Ready" and "falls back" in self.faults:
            thing.status, thing.reads = "Creating", 1
        elif thing.status in ("Creating", "Updating", "Deleting") and f"{thing.status} for ever" not in self.faults:
            thing.reads -= 1
            if thing.reads < 0:
                self._arrive(thing)
        elif thing.status == "Ready" and "vanishes" in self.faults:
            thing.reads -= 1
            if thing.reads < -2:
                del self.things[thing.name]

    def _arrive(self, thing: Thing) -> None:
        if thing.status == "Deleting":
            del self.things[thing.name]
        elif "goes by itself" in self.faults and thing.status == "Creating":
            thing.status, thing.reads = "Deleting", 1
        elif "fails" in self.faults:
            thing.status = "Broken"
        elif "another status" in self.faults:
            thing.status = "Available"
        else:
            thing.status = "Ready"

    def _find(self, name: str) -> Thing:
        if name not in self.things:
            raise self._refuse("ThingNotFound", 404)
        return self.things[name]

    def _shown(self, thing: Thing) -> Mapping[str, Any]:
        if not thing.status:
            return {"Name": thing.name}
        arn = f"arn:aws:things:::thing/{thing.name}"
        return {"Name": thing.name, "Arn": arn, "Status": thing.status, "Size": thing.size}

    def _ListThings(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        known = {} if "list empty" in self.faults else self.things
        names = sorted({name for _, asked in self.asked if (name := asked.get("Name"))})
        if "still listed" not in self.faults:
            names = sorted(known)
        at = int(params.get("NextToken", "0"))
        shown = [self._shown(self.things[name]) if name in self.things else {"Name": name} for name in names]
        page: dict[str, Any] = {"Things": shown[at : at + 1]}
        return {**page, "NextToken": str(at + 1)} if at + 1 < len(shown) else page

    def _UpdateThing(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        thing = self._find(params["Name"])
        if thing.status != "Ready" and "changed while busy" not in self.faults:
            raise self._refuse("ThingBusy", 409)
        if "change at once" not in self.faults:
            thing.status, thing.reads = "Updating", self.reads
        return {}

    def _DeleteThing(self, params: Mapping[str, Any]) -> None:  # noqa: N802
        if params["Name"] not in self.things and "deletes anything" in self.faults:
            return
        thing = self._find(params["Name"])
        if "delete does nothing" in self.faults:
            return
        kept = next((status for status in ("Odd", "Gone", "") if f"kept as {status}" in self.faults), None)
        if kept is not None:
            thing.status = kept
            return
        thing.status, thing.reads = "Deleting", self.reads
        if "removed at once" in self.faults:
            del self.things[thing.name]

    def _CreatePart(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        if "orphans" not in self.faults:
            self._find(params["ThingName"])
        part = f"part-00{len(self.parts)}af"
        self.parts[part] = params["ThingName"]
        return {"PartId": part, "ThingName": params["ThingName"]}

    def _DescribeParts(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        wanted = params.get("PartIds", list(self.parts))
        unknown = [part for part in wanted if part not in self.parts]
        if unknown and "strict parts" in self.faults:
            raise self._refuse("PartNotFound", 404)
        if "all parts" in self.faults:
            return {"Parts": [{"PartId": part} for part in wanted]}
        return {"Parts": [{"PartId": part, "ThingName": self.parts[part]} for part in wanted if part in self.parts]}

    def _DeletePart(self, params: Mapping[str, Any]) -> None:  # noqa: N802
        self.parts.pop(params["PartId"], None)

    def _ListParts(self, params: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        if "lists for anything" not in self.faults:
            self._find(params["ThingName"])
        return {"Parts": [{"PartId": part} for part, thing in self.parts.items() if thing == params["ThingName"]]}
