"""A service that wants more than its model says, and says so: paddocks, their gates, rules, colours and tickets.

A target for runs, on the wire. What it wants can be learned from its answers; `Liar` answers as if it could be.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.planning.plan import Plan, service_plan
from conformance.planning.selection import ClauseSelection
from conformance.specs.model import Operation, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay
from conformance.specs.resources.resource import Handle, Resource, Source
from conformance.wire.message import Request, Response
from doubles.handmade_shapes import service, spec_of, structure
from doubles.offline_player import Refused

PADDOCK = Resource(
    "Paddock",
    create="CreatePaddock",
    handles=(Handle("id", Source("answer", ("PaddockId",)), ("PaddockId",)),),
    delete="DeletePaddock",
)

MODEL: Service = service(
    "json",
    Shape("Text", "string"),
    Shape("Id", "string", minimum=1, maximum=20),
    structure("CreatePaddockRequest", Nickname="Text", GroundBlock="Text"),
    structure("PaddockRequest", ("PaddockId",), PaddockId="Id"),
    structure("PaintRequest", ("PaddockId", "Colour"), PaddockId="Id", Colour="Text"),
    structure("VisitRequest", ("Paddock",), Paddock="Text"),
    structure("IssueRequest"),
    structure("IssueAnswer", TicketNumber="Text"),
    structure("RedeemRequest", ("TicketNumber",), TicketNumber="Text"),
    operations=(
        Operation("AttachGate", input="PaddockRequest"),
        Operation("CreatePaddock", input="CreatePaddockRequest", output="PaddockRequest"),
        Operation("DeletePaddock", input="PaddockRequest"),
        Operation("DetachGate", input="PaddockRequest"),
        Operation("GetRules", input="PaddockRequest"),
        Operation("IssueTicket", input="IssueRequest", output="IssueAnswer"),
        Operation("PaintPaddock", input="PaintRequest"),
        Operation("PutRules", input="PaddockRequest"),
        Operation("RedeemTicket", input="RedeemRequest"),
        Operation("VisitPaddock", input="VisitRequest"),
    ),
)

OVERLAY = Overlay("things", {"Paddock": PADDOCK}, EMPTY_OVERLAY.requests, (), EMPTY_OVERLAY.unchecked)


def plan(*operations: str, seed: int = 1, only: tuple[str, ...] = ("*/input#accepted",)) -> Plan:
    """A plan for some operations, or for all."""
    chosen = tuple(each for each in MODEL.operations.values() if not operations or each.name in operations)
    selection = ClauseSelection(only)
    service = service_plan(spec_of(MODEL), OVERLAY, chosen, selection)
    return Plan((service,), selection, seed=seed, max_examples=0, poll_interval=0)


@dataclass
class DemandingService:
    """The implementation, as a target."""

    account: str | None = None
    paddocks: dict[str, set[str]] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def identity(self) -> Mapping[str, Any]:
        """As the header shows it."""
        return {"kind": "fake", "identity": "paddocks", "url": None, "region": "eu-west-1"}

    def use_account(self, n: int) -> bool:
        """There is one account."""
        return False

    def send(self, request: Request, **_: Any) -> Response:
        """The answer to a request."""
        operation = dict(request.headers).get("X-Amz-Target", "").rpartition(".")[2]
        try:
            params = json.loads(request.body or b"{}")
            if not isinstance(params, dict):
                raise Refused("SerializationException", "not an object")
            self.asked.append((operation, params))
            return _response(200, self.answer(operation, params))
        except ValueError:
            return _response(400, {"__type": "SerializationException", "message": "not JSON"})
        except Refused as refused:
            return _response(refused.status, {"__type": refused.code, "message": refused.message})

    def answer(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The output of an operation; raises Refused."""
        duty = _DUTIES.get(operation)
        if duty is None:
            raise Refused("UnknownOperationException")
        return duty(self, params)

    def create(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "GroundBlock" not in params:
            raise Refused("MissingParameter", "The request must contain the parameter GroundBlock")
        name = f"paddock-{next(self._numbers)}"
        self.paddocks[name] = set()
        return {"PaddockId": name}

    def delete(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._paddock(params)
        del self.paddocks[params["PaddockId"]]
        return {}

    def attach(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._paddock(params).add("gate")
        return {}

    def detach(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "gate" not in self._paddock(params):
            raise Refused("GateNotFound", "there is no gate")
        return {}

    def put_rules(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._paddock(params).add("rules")
        return {}

    def get_rules(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "rules" not in self._paddock(params):
            raise Refused("NoSuchRules", "nothing was laid down")
        return {}

    def paint(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._paddock(params)
        if params.get("Colour") not in ("green", "brown"):
            raise Refused("ValidationException", "Invalid value for Colour: must be one of [green, brown]")
        return {}

    def visit(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._paddock({"PaddockId": params["Paddock"]})
        return {}

    def issue(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        number = f"ticket-{next(self._numbers)}"
        self.tickets.add(number)
        return {"TicketNumber": number}

    def redeem(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if params.get("TicketNumber") not in self.tickets:
            raise Refused("TicketNotFound", "no such ticket")
        return {}

    def _paddock(self, params: Mapping[str, Any]) -> set[str]:
        name = params.get("PaddockId")
        if not isinstance(name, str):
            raise Refused("ValidationException", "a paddock has an id")
        if name not in self.paddocks:
            raise Refused("PaddockNotFound", f"The paddock '{name}' does not exist")
        return self.paddocks[name]


class LyingService(DemandingService):
    """Refuses every paddock, each time for another reason that sounds as if it could be helped."""

    def create(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        number = next(self._numbers)
        word = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        raise Refused("ValidationException", f"{word}: Nickname must be one of [{word}x, {word}y], with a GroundBlock")


_DUTIES: dict[str, Callable[[DemandingService, Mapping[str, Any]], Mapping[str, Any]]] = {
    "AttachGate": DemandingService.attach,
    "CreatePaddock": lambda self, params: self.create(params),
    "DeletePaddock": DemandingService.delete,
    "DetachGate": DemandingService.detach,
    "GetRules": DemandingService.get_rules,
    "IssueTicket": DemandingService.issue,
    "PaintPaddock": DemandingService.paint,
    "PutRules": DemandingService.put_rules,
    "RedeemTicket": DemandingService.redeem,
    "VisitPaddock": DemandingService.visit,
}


def _response(status: int, body: Mapping[str, Any]) -> Response:
    return Response(status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(body).encode())
