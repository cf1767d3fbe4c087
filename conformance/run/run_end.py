"""Why a run ends before its last operation: a code that the rest of the program acts on, and its text for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.values.vocabulary import EndCode, Ended

_REASONS: Mapping[EndCode, str] = {
    "interrupted": "interrupted by the user",
    "no-answer": "no answer to the first request: {}",
    "stopped-answering": "it stopped answering: {}",
    "not-aws": "it does not answer like AWS, but {}",
    "throttled": "it throttles every request, however long one waits",
    "credentials-refused": "it refuses the credentials: {}",
}


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Why a run ended; `detail` is what the target did, where there is more to say than the code."""

    code: EndCode
    detail: str = ""

    @property
    def ended(self) -> Ended:
        """How that is called in the footer."""
        return "interrupted" if self.code == "interrupted" else "target-lost"

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
