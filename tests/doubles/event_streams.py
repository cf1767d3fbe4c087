"""Messages of event streams, as services send them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """A message with headers of text."""
    block = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(text)) + text.encode()
        for name, text in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    head = prelude + struct.pack(">I", zlib.crc32(prelude))
    return head + block + payload + struct.pack(">I", zlib.crc32(head + block + payload))


def event(name: str, payload: bytes) -> bytes:
    """The message of an event."""
    return frame({":message-type": "event", ":event-type": name}, payload)
