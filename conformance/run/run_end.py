"""Why a run ends before its last operation: a code that the rest of the program acts on, and its text for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.values.vocabulary import EndCode, Ended

_ENDED: Mapping[EndCode, Ended] = {
    "interrupted": "interrupted",
    "terminated": "interrupted",
    "hung-up": "interrupted",
    "max-time": "stopped",
    "max-requests": "stopped",
    "max-failures": "stopped",
    "no-endpoint": "stopped",
}

_REASONS: Mapping[EndCode, str] = {
    "interrupted": "interrupted by the user",
    "terminated": "terminated by a signal",
    "hung-up": "its terminal was closed",
    "max-time": "{} s are over, the most that it may take",
    "max-requests": "{} requests were sent, the most that it may send",
    "max-failures": "its failures have come to {}, the most that it goes on with",
    "no-answer": "no answer to the first request: {}",
    "stopped-answering": "it stopped answering: {}",
    "not-aws": "it does not answer like AWS, but {}",
    "throttled": "it throttles every request, however long one waits",
    "no-endpoint": "the region has no endpoint of the service: {}",
    "credentials-refused": "it refuses the credentials: {}",
    "credentials-expired": "the credentials have expired: {}",
}


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Why a run ended; `detail` is what the target did, or the limit that was reached."""

    code: EndCode
    detail: str = ""

    @property
    def ended(self) -> Ended:
        """How that is called in the footer."""
        return _ENDED.get(self.code, "target-lost")

    @property
    def reason(self) -> str:
        """The reason in words."""
        return _REASONS[self.code].format(self.detail).removesuffix(": ")


INTERRUPTED = RunEnd("interrupted")


class TargetLost(Exception):
    """The run cannot go on: the target stopped answering, or answers nothing that says anything."""

    def __init__(self, end: RunEnd) -> None:
        super().__init__(end.reason)
        self.end = end
