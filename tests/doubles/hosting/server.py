"""The double over HTTP/1.1, a thread a connection.

    bytes --target?--> operation --read--> members --validate--> --rules--> store --> answer --> bytes
             |                     |            |         |         |
             '---------------------'------------'---------'---------'--> Refusal --> an error of the protocol

The order is AWS's: what is asked, by whom, in what form, with what values, and only then about which things.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from doubles.hosting import describing, endpoints, listing, simple, store
from doubles.hosting.faults import Faults, Reply
from doubles.hosting.model import Params, input_of, target
from doubles.hosting.reading import read_body
from doubles.hosting.refusal import Refusal
from doubles.hosting.rules import obey
from doubles.hosting.store import Polls, Store
from doubles.hosting.validation import validate

JSON = "application/x-amz-json-1.1"
ACCOUNT = "123456789012"

HANDLERS: Mapping[str, Callable[[Store, Params], Params | None]] = {
    "CreateModel": simple.create_model,
    "DescribeModel": simple.describe_model,
    "DeleteModel": simple.delete_model,
    "CreateEndpointConfig": simple.create_config,
    "DescribeEndpointConfig": simple.describe_config,
    "DeleteEndpointConfig": simple.delete_config,
    "CreateEndpoint": endpoints.create,
    "DescribeEndpoint": describing.describe,
    "UpdateEndpoint": endpoints.update,
    "UpdateEndpointWeightsAndCapacities": endpoints.resize,
    "DeleteEndpoint": endpoints.delete,
    "AddTags": store.add_tags,
    "ListTags": listing.list_tags,
    "DeleteTags": store.delete_tags,
    **listing.LISTERS,
}
OPERATIONS = tuple(sorted(HANDLERS))
_TARGETS = {target(name): name for name in HANDLERS}

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/")


class Hosting:
    """The service: every account and Region that was asked for has a store of its own."""

    def __init__(self, faults: Faults, polls: Polls) -> None:
        self.faults, self.polls = faults, polls
        self.lock = threading.Lock()
        self.stores: dict[tuple[str, str], Store] = {}

    def respond(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """The reply to a POST; header names in lower case."""
        operation = _TARGETS.get(headers.get("x-amz-target", ""), "")
        with self.lock if self.faults.checks("one-at-a-time") else contextlib.nullcontext():
            reply = self._reply(operation, headers, body)
        return self.faults.on_reply(operation, reply.with_header("x-amzn-RequestId", str(uuid.uuid4())))

    def _reply(self, operation: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if not headers.get("content-type", "").startswith("application/x-amz-json-"):
            return Reply(404, b"<UnknownOperationException/>", {"Content-Type": "text/xml"})
        try:
            answer = self._answer(operation, headers, body)
        except Refusal as refusal:
            return _error(refusal)
        except Exception:  # noqa: BLE001 - what was not looked at may be anything; the faithful one is never here
            return _error(Refusal("InternalFailure", None, 500))
        if answer is None:
            return Reply(200, b"", {"Content-Type": JSON})
        return Reply(200, _dumped(answer), {"Content-Type": JSON})

    def _answer(self, operation: str, headers: Mapping[str, str], body: bytes) -> Params | None:
        if not operation or not self.faults.checks(f"routes-{operation}"):
            raise Refusal("UnknownOperationException", None)
        store = self._store(headers.get("authorization", ""))
        shape = input_of(operation)
        params = read_body(body, shape, self.faults)
        validate(shape, params, self.faults)
        obey(operation, params, self.faults)
        return self.faults.on_answer(operation, HANDLERS[operation](store, params))

    def _store(self, authorization: str) -> Store:
        scope = _SCOPE.search(authorization)
        if scope is None:
            raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        account = scope["key"] if re.fullmatch(r"\d{12}", scope["key"]) else ACCOUNT
        where = (account, scope["region"])
        if where not in self.stores:
            self.stores[where] = Store(*where, self.faults, self.polls)
        return self.stores[where]


def _error(refusal: Refusal) -> Reply:
    body = {"__type": refusal.code} | ({} if refusal.message is None else {"message": refusal.message})
    return Reply(refusal.status, _dumped(body), {"Content-Type": JSON})


def _dumped(answer: Any) -> bytes:
    try:
        return json.dumps(answer, allow_nan=False).encode()
    except ValueError:
        return json.dumps(_finite(answer), allow_nan=False).encode()


def _finite(value: Any) -> Any:
    """The value with numbers that JSON does not have as the words that AWS writes for them."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def as_http(service: Hosting, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """The reply to any request; header names in lower case."""
    if method == "POST":
        return service.respond(headers, body)
    return Reply(404, b"<UnknownOperationException/>", {"Content-Type": "text/xml"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: Hosting

    def do_POST(self) -> None:
        self._respond()

    def do_GET(self) -> None:
        self._respond()

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): text for name, text in self.headers.items()}
        self._send(as_http(self.service, self.command, headers, body))

    def _send(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} Reason", *(f"{name}: {text}" for name, text in reply.headers.items())]
        lines += [f"Date: {self.date_time_string()}", f"Content-Length: {len(reply.body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode() + reply.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def serving(service: Hosting) -> Iterator[str]:
    """The URL of a service on a port of its own."""
    handler = type("Handler", (_Handler,), {"service": service})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
