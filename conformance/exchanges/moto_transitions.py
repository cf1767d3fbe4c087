"""How long resources of moto stay in transient states: its state manager is set, in process or over HTTP.

    POST /moto-api/state-manager/set-transition
         {"model_name": ..., "transition": {"progression": "manual", "times": N}}

The names of the state machines are moto's own, and no request lists them; those of the installed moto are used.
Source: docs.getmoto.org, "State Transition Management".
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from conformance.exceptions import MissingPart, Unreachable, UsageError
from conformance.exchanges import embedded_moto
from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.wire.message import Response

SET_TRANSITION = "/moto-api/state-manager/set-transition"
UNSET_TRANSITION = "/moto-api/state-manager/unset-transition"

Send = Callable[[SignedRequest], Response]


@contextmanager
def slow_transitions(send: Send, url: str, calls: int) -> Iterator[None]:
    """Have the moto behind `send` stay in each transient state for `calls` calls, until the context ends.

    Raises MissingPart where no moto is installed to name the state machines, UsageError where the target is not moto,
    Unreachable where nothing answers.
    """
    names = state_models()
    for name in names:
        _post(send, url + SET_TRANSITION, {"model_name": name, "transition": {"progression": "manual", "times": calls}})
    try:
        yield
    finally:
        with contextlib.suppress(Unreachable):  # a target that is gone has nothing to restore
            for name in names:
                _post(send, url + UNSET_TRANSITION, {"model_name": name})


def state_models() -> tuple[str, ...]:
    """The names of the installed moto's state machines; raises MissingPart."""
    try:
        from moto.moto_api import state_manager
    except ImportError as problem:
        raise MissingPart(
            f"the names of moto's state machines are not known: {problem}", hint=embedded_moto.HINT
        ) from problem
    return tuple(sorted(state_manager.get_registered_models()))


def _post(send: Send, url: str, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = (("Host", url.split("/")[2]), ("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    try:
        answer = send(SignedRequest("POST", url, headers, body))
    except TransportFailure as failure:
        raise Unreachable(
            f"{url.rpartition('/moto-api/')[0]} does not answer: {failure}", hint="is it running?"
        ) from failure
    if answer.status >= 300:
        raise UsageError(f"the target has no state manager: HTTP {answer.status}", hint="--transitions is for moto")
