"""Requests per second of a whole run against a moto server, as a share of a bare client that sends the same bytes.

    python tests/benchmarks/run_rate.py [SERVICE:Operation,...] [--rounds N]

Both talk to one server, in turns; what is printed are the rates of each round and the median of their ratios.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from conformance.exchanges import transport
from conformance.exchanges.http_transport import HttpTransport
from conformance.exchanges.target import resolve
from conformance.planning.plan import plan_of
from conformance.planning.selection import parse_selection
from conformance.run import run
from conformance.wire.message import Response

DEFAULT = "sagemaker:CreateModel,CreateEndpoint,ListEndpoints,DescribeEndpoint"
ROUNDS = 3
GOAL = 0.8


@contextmanager
def moto_server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def sent_by_run(url: str, services: str, seed: int) -> tuple[list[transport.SignedRequest], float]:
    """The requests of a run as they went out, and the seconds that it took."""
    requests: list[transport.SignedRequest] = []
    send = HttpTransport.send

    def keep(self: HttpTransport, request: transport.SignedRequest) -> Response:
        requests.append(request)
        return send(self, request)

    plan = plan_of(parse_selection([services]), seed=seed, max_examples=20)
    target = resolve(url, seed=seed, timeout=30)
    HttpTransport.send = keep  # type: ignore[method-assign]
    try:
        with target.open() as connection:
            started = time.perf_counter()
            for _ in run(plan, connection):
                pass
            return requests, time.perf_counter() - started
    finally:
        HttpTransport.send = send  # type: ignore[method-assign]


def sent_bare(url: str, requests: list[transport.SignedRequest]) -> float:
    """The seconds that a client takes which does nothing but send them."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    started = time.perf_counter()
    for request in requests:
        connection.request(request.method, request.url.removeprefix(url) or "/", request.body, dict(request.headers))
        connection.getresponse().read()
    return time.perf_counter() - started


def main(services: str, rounds: int) -> None:
    ratios = []
    with moto_server() as url:
        for number in range(1, rounds + 1):
            requests, ours = sent_by_run(url, services, seed=number)
            bare = sent_bare(url, requests)
            ratios.append(bare / ours)
            rates = f"run {len(requests) / ours:7.1f}/s  bare {len(requests) / bare:7.1f}/s"
            print(f"round {number}: {len(requests)} requests  {rates}  ratio {bare / ours:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f} (goal {GOAL})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("services", nargs="?", default=DEFAULT)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    main(options.services, options.rounds)
