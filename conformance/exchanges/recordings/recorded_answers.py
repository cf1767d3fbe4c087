"""Recorded answers, read as if they had just been received.

    recording: an SDK's view of one answer a line          --.
               (service, operation, http_status,             +--read_recording--> RecordedAnswer
               error, output)                                |
    record of a run: requests and answers, byte for byte   --'

The first kind holds outputs as an SDK shows them; `recordings/` reads those, and the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.wire.message import Response


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One recorded answer of an operation; `output` and `error` as an SDK shows them, or `response` as bytes.

    `where` names its place in the recording: the test or the line.
    """

    service: str
    operation: str
    where: str
    status: int
    output: Any = None
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    response: Response | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
