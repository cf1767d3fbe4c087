"""A service whose ids are told by answers: fleets, and ships that belong to one; and an implementation of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import classify
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay
from conformance.specs.resources.resource import Handle, Reading, Resource, Source, Status
from conformance.wire.message import Answer, ErrorAnswer, Request, Response
from doubles.handmade_shapes import service, spec_of, structure

FLEET = Resource(
    "Fleet",
    create="CreateFleet",
    handles=(Handle("id", Source("answer", ("Fleet", "Id")), ("FleetId",)),),
    delete="DeleteFleet",
    read=Reading("GetFleet"),
    status=Status(("State",), ("ACTIVE", "MAKING"), ("ACTIVE",), creating=("MAKING",)),
)
SHIP = Resource(
    "Ship",
    create="CreateShip",
    handles=(Handle("id", Source("answer", ("ShipId",)), ("ShipId",)),),
    delete="DeleteShip",
    read=Reading("ListShips", ("Ships", "[*]")),
)

MODEL: Service = service(
    "json",
    Shape("Id", "string", minimum=2, maximum=16),
    structure("CreateFleetRequest"),
    structure("Fleet", Id="Id", State="Id"),
    structure("CreateFleetAnswer", Fleet="Fleet"),
    structure("FleetRequest", ("FleetId",), FleetId="Id"),
    structure("CreateShipAnswer", ShipId="Id"),
    structure("ShipRequest", ("FleetId", "ShipId"), FleetId="Id", ShipId="Id"),
    Shape("Ids", "list", element=Member("Id")),
    structure("ListShipsRequest", ShipIds="Ids"),
    Shape("Ships", "list", element=Member("CreateShipAnswer")),
    structure("ListShipsAnswer", Ships="Ships"),
    operations=(
        Operation("CreateFleet", input="CreateFleetRequest", output="CreateFleetAnswer"),
        Operation("GetFleet", input="FleetRequest", output="Fleet"),
        Operation("DeleteFleet", input="FleetRequest"),
        Operation("CreateShip", input="FleetRequest", output="CreateShipAnswer"),
        Operation("SinkShip", input="ShipRequest"),
        Operation("DeleteShip", input="ShipRequest"),
        Operation("ListShips", input="ListShipsRequest", output="ListShipsAnswer"),
    ),
)

OVERLAY: Overlay = Overlay(
    "things", MappingProxyType({"Fleet": FLEET, "Ship": SHIP}), EMPTY_OVERLAY.requests, (), EMPTY_OVERLAY.unchecked
)


def builder(seed: int = 1) -> RequestBuilder:
    """The planner of the service."""
    return RequestBuilder(spec_of(MODEL), OVERLAY, seed)


@dataclass
class GeneratedIdService:
    """An exchanger with the implementation behind it.

    `polls` is how often a fleet shows that it is in the making, `refuses` are operations that are always refused; a
    `mute` one does not tell the ids of fleets.
    """

    polls: int = 0
    mute: bool = False
    refuses: frozenset[str] = frozenset()
    service: Service = MODEL
    fleets: dict[str, int] = field(default_factory=dict)
    ships: dict[str, str] = field(default_factory=dict)
    log: list[Exchange] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def request_for(self, call: Call) -> Request:
        """Nothing is written to a wire here."""
        return Request("POST", "/")

    def prove(self, case: object, request: Request) -> None:
        """Nothing was broken on a wire."""

    def send(self, call: Call, request: Request, role: Any) -> Exchange:
        """The answer to a call."""
        return self.perform(call, role)

    def perform(self, call: Call, role: Any) -> Exchange:
        """The answer to a call."""
        try:
            if call.operation in self.refuses:
                raise Refusal("Refused", 400)
            output = _DUTIES[call.operation](self, call.params)
            answer = Answer(200, True, dict(output))
        except Refusal as refusal:
            answer = Answer(refusal.status, True, error=ErrorAnswer(refusal.code, ""))
        exchange = Exchange(
            role, call, Request("POST", "/"), Response(answer.status, {}, b""), answer, classify(answer)
        )
        self.log.append(exchange)
        return exchange

    def asked(self) -> list[str]:
        """The operations in the order in which they were asked for."""
        return [exchange.call.operation for exchange in self.log]

    def create_fleet(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """A fleet under an id that nobody can know before."""
        name = f"fleet-{next(self._numbers)}"
        self.fleets[name] = self.polls
        return {} if self.mute else {"Fleet": {"Id": name}}

    def get_fleet(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fleet's state, which settles after some polls."""
        name = self._fleet(params)
        self.fleets[name] -= 1
        return {"Id": name, "State": "MAKING" if self.fleets[name] >= 0 else "ACTIVE"}

    def delete_fleet(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Only an empty fleet can go."""
        name = self._fleet(params)
        if name in self.ships.values():
            raise Refusal("ResourceInUse", 409)
        del self.fleets[name]
        return {}

    def create_ship(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """A ship of a fleet."""
        name = f"ship-{next(self._numbers)}"
        self.ships[name] = self._fleet(params)
        return {"ShipId": name}

    def delete_ship(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """A ship goes by its id and that of its fleet."""
        if self.ships.get(str(params.get("ShipId"))) != self._fleet(params):
            raise Refusal("ShipNotFoundException", 404)
        del self.ships[str(params["ShipId"])]
        return {}

    def list_ships(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """All ships, or those asked for."""
        wanted = params.get("ShipIds") or list(self.ships)
        return {"Ships": [{"ShipId": name} for name in wanted if name in self.ships]}

    def _fleet(self, params: Mapping[str, Any]) -> str:
        if params.get("FleetId") not in self.fleets:
            raise Refusal("FleetNotFoundException", 404)
        return str(params["FleetId"])


class Refusal(Exception):
    """An error answer."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


_DUTIES: Mapping[str, Callable[[GeneratedIdService, Mapping[str, Any]], Mapping[str, Any]]] = {
    "CreateFleet": GeneratedIdService.create_fleet,
    "GetFleet": GeneratedIdService.get_fleet,
    "DeleteFleet": GeneratedIdService.delete_fleet,
    "CreateShip": GeneratedIdService.create_ship,
    "SinkShip": GeneratedIdService.delete_ship,
    "DeleteShip": GeneratedIdService.delete_ship,
    "ListShips": GeneratedIdService.list_ships,
}
