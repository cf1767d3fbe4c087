"""Requests a second of `Connection.send` over HTTP, as a share of a bare keep-alive client that sends the same bytes.

    python tests/benchmarks/transport.py [--seconds 5] [--server moto|fast]

Both clients talk to the same server in another process, in turns, so that what else the machine does meets both.
The bare client signs nothing and understands nothing: it replays one signed request and reads the answer to its end.
`moto` is moto's own server, `fast` answers `{}` at once and keeps connections, which shows what our side costs alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import multiprocessing
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from urllib.parse import urlsplit

from conformance.exchanges.connection import Connection
from conformance.exchanges.target import resolve
from conformance.exchanges.transport import SignedRequest, Transport
from conformance.wire.message import Request, Response

REQUEST = Request(
    "POST",
    "/",
    (),
    (("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "SageMaker.ListModels")),
    json.dumps({"MaxResults": 10, "NameContains": "nothing"}).encode(),
)


def serve_moto(pipe: Pipe) -> None:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    pipe.send(f"http://{host}:{port}")
    pipe.recv()
    server.stop()


def serve_fast(pipe: Pipe) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer(404)

        def do_POST(self) -> None:
            self._answer(200)

        def _answer(self, status: int) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response_only(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pipe.send(f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()


class Keeping:
    """A transport that remembers the last request it was given."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.last: SignedRequest | None = None

    def send(self, request: SignedRequest) -> Response:
        self.last = request
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


def ours(connection: Connection) -> Callable[[], int]:
    return lambda: connection.send(REQUEST, signing_name="sagemaker", signature_version="v4").status


def bare(url: str, signed: SignedRequest) -> Callable[[], int]:
    client = http.client.HTTPConnection(urlsplit(url).netloc)
    headers = dict(signed.headers)

    def send() -> int:
        client.request(signed.method, "/", signed.body, headers)
        with client.getresponse() as answer:
            answer.read()
            return answer.status

    return send


def rate(send: Callable[[], int], seconds: float) -> float:
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        if send() != 200:
            raise SystemExit("the server does not answer 200")
        count += 1
    return count / elapsed


def signed_request(connection: Connection) -> SignedRequest:
    wiring = connection._settings
    keeping = Keeping(wiring.transport)
    object.__setattr__(wiring, "transport", keeping)
    ours(connection)()
    object.__setattr__(wiring, "transport", keeping._inner)
    if keeping.last is None:
        raise SystemExit("nothing was sent")
    return keeping.last


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0, help="for each client")
    parser.add_argument("--server", choices=("moto", "fast"), default="moto")
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target={"moto": serve_moto, "fast": serve_fast}[options.server], args=(there,), daemon=True
    )
    process.start()
    url = here.recv()
    with resolve(url, seed=0, timeout=30).open() as connection:
        clients = {"bare": bare(url, signed_request(connection)), "ours": ours(connection)}
        rounds = 10
        rates: dict[str, list[float]] = {name: [] for name in clients}
        for name in (*clients, *list(clients) * rounds):  # the first of each warms up
            rates[name].append(rate(clients[name], options.seconds / rounds))
    process.terminate()
    middle = {name: statistics.median(several[1:]) for name, several in rates.items()}
    for name, value in middle.items():
        print(f"{name:>5} {value:8.0f} requests/s")
    print(f"share {middle['ours'] / middle['bare']:8.1%}")


if __name__ == "__main__":
    main()
