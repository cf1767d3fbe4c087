"""One call of a botocore client, as the watcher saw it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from conformance.wire.message import Response

AnsweredBy: TypeAlias = Literal["http", "stub", "patch"]
"""Who answered a call: somebody who was sent a request (a server, moto, a cassette), a handler of botocore's events
(its Stubber), or code that took the place of `_make_api_call`."""


@dataclass(frozen=True, slots=True)
class CallPlace:
    """A line of the user's own code that a call went through."""

    path: str
    line: int
    function: str

    def __str__(self) -> str:
        """The line as people name it: from the working folder where it is below that."""
        try:
            short = os.path.relpath(self.path)
        except ValueError:  # another drive
            short = self.path
        return f"{self.path if short.startswith('..') else short}:{self.line}"


@dataclass(frozen=True, slots=True)
class WatchedCall:
    """A call and its answer.

    `params` are those that botocore writes to the wire, where it came to that, else those that the client was given.
    `output` is what the client returns before botocore's handlers change it; None where `error` was raised. `response`
    has the bytes of the answer where there were some and all were read. `places` are the lines of the user's code, the
    innermost first. With `from_resource` the client belongs to a resource of boto3, whose handlers convert values; with
    `by_paginator` a paginator asked for a page. `test` names the test that was running. `model` is the
    document of the client's service model, where botocore shows it.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    output: Any
    error: BaseException | None
    answered_by: AnsweredBy
    response: Response | None
    places: tuple[CallPlace, ...]
    thread: str
    test: str = ""
    from_resource: bool = False
    by_paginator: bool = False
    model: Mapping[str, Any] | None = None


class CallListener(Protocol):
    """Learns of every call when it has been answered; from any thread."""

    def called(self, call: WatchedCall) -> None:
        """A call was answered, or an exception was raised in place of an answer."""

    def waited(self, waiter: str, call: WatchedCall, polls: int) -> None:
        """A waiter reached its state with this many polls, of which `call` was the last."""


class OutputWrapper(Protocol):
    """Gives a caller something in the place of an output, which must be of no difference to it."""

    def __call__(self, call: WatchedCall, output: Any) -> Any:
        """What the caller gets."""
