"""What all protocols have in common: host prefixes, and which answers are errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.specs.model import Operation, Service
from conformance.wire.message import Inexpressible, Response
from conformance.wire.raw import WireValue

NO_SUCH_OPERATION = "NoSuchOperationForConformance"

_HOST_LABEL = re.compile(r"[A-Za-z0-9.\-]+")
_PLACE = re.compile(r"\{([^}]*)\}")


def host_prefix(service: Service, operation: Operation, value: Any) -> str:
    """The operation's host prefix with its labels filled in; raises Inexpressible for a label that no host can have."""
    if not operation.host_prefix:
        return ""
    members = service.input_of(operation).members

    def label(match: re.Match[str]) -> str:
        name = match[1]
        if name not in members:
            raise Inexpressible(f"the host prefix names {name}, which the input does not have")
        text = value.get(name) if isinstance(value, Mapping) else None
        text = text.value if isinstance(text, WireValue) else text
        if not isinstance(text, str) or not _HOST_LABEL.fullmatch(text):
            raise Inexpressible(f"{name} is part of the host name and cannot be {text!r}")
        return text

    return _PLACE.sub(label, operation.host_prefix)


def is_error(response: Response) -> bool:
    """Whether an answer is an error: every status that is not 2xx."""
    return not 200 <= response.status < 300
