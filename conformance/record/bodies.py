"""Bodies of requests and answers, as a record writes them and as people read them.

    bytes --stored--> {"body": text} | {"body_base64": ...} | {"body_digest": ..., "body_size": n}
          <--content--                                          (None: only the digest was kept)

UTF-8 text is kept as text, everything else as base64; both give back the very bytes. What is too big to keep is
kept as its digest and size.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypedDict

LONGEST_TEXT = 65_536
"""Bytes of a body of text that a record keeps."""
LONGEST_BINARY = 16_384
"""Bytes of any other body that a record keeps."""

_FORM = re.compile(r"[\w.%-]+=[^&\s]*(&[\w.%-]+=[^&\s]*)+")
_LONG_FORM = 100
_TAG_GAP = re.compile(r">\s*<")


class Digested(TypedDict):
    """The fields of a message that say of a body only what it was."""

    body_digest: str
    body_size: int


class Stored(TypedDict, total=False):
    """The fields of a message that write its body down."""

    body: str
    body_base64: str
    body_digest: str
    body_size: int


class Message(Protocol):
    """What has a body: a recorded request or response."""

    @property
    def body(self) -> str | None: ...

    @property
    def body_base64(self) -> str | None: ...

    @property
    def body_digest(self) -> str | None: ...

    @property
    def body_size(self) -> int | None: ...


def stored(body: bytes) -> Stored:
    """The fields of a recorded request or response that write `body` down; of one that is too long, its digest."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        if len(body) <= LONGEST_BINARY:
            return {"body_base64": base64.b64encode(body).decode("ascii")}
    else:
        if len(body) <= LONGEST_TEXT:
            return {"body": text}
    found = digested(body)
    return {"body_digest": found["body_digest"], "body_size": found["body_size"]}


def digested(body: bytes) -> Digested:
    """The fields that say of a body only what it was: its digest and its size."""
    return {"body_digest": f"sha256:{hashlib.sha256(body).hexdigest()}", "body_size": len(body)}


def content(message: Message | None) -> bytes | None:
    """The bytes of a recorded request's or response's body; None where only a digest was kept, empty for no body."""
    if message is None:
        return b""
    if message.body is not None:
        return message.body.encode("utf-8", "surrogatepass")
    if message.body_base64 is not None:
        try:
            return base64.b64decode(message.body_base64)
        except (binascii.Error, ValueError):
            return None
    return b"" if message.body_digest is None else None


def readable(message: Message, *, limit: int = 4096) -> str:
    """The body as a person wants to read it, at most about `limit` characters: JSON and XML indented, bytes dumped."""
    body = content(message)
    if body is None:
        size = "an unknown number of" if message.body_size is None else message.body_size
        return f"({size} bytes, not kept; {message.body_digest or ''})"
    try:
        # Far more than is shown is not worth indenting; the cut may come in the middle of a character.
        text = _indented(body.decode("utf-8")) if len(body) <= 64 * limit else body[:limit].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        shown = max(16, limit // 5)
        return hex_dump(body[:shown]) + (f"\n... {len(body):,} bytes in all" if len(body) > shown else "")
    if len(text) <= limit and len(body) <= 64 * limit:
        return text
    return f"{text[:limit]}\n... {len(body):,} bytes in all, the rest is left out here"


def hex_dump(body: bytes) -> str:
    """Sixteen bytes a line: offset, hexadecimal, printable ASCII."""
    lines = []
    for start in range(0, len(body), 16):
        row = body[start : start + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:04x}  {row.hex(' '):<47}  {shown}")
    return "\n".join(lines)


def _indented(text: str) -> str:
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _indented_json(text)
    if start == "<" and text.lstrip()[:9].lower() != "<!doctype" and text.lstrip()[:5].lower() != "<html":
        return _indented_xml(text)
    return text.replace("&", "\n&") if len(text) > _LONG_FORM and _FORM.fullmatch(text) else text


def _indented_json(text: str) -> str:
    """Indented and nothing else: a key given twice is shown twice, a number as it was spelled."""
    try:
        return _json_text(json.loads(text, object_pairs_hook=_Pairs, parse_float=_Raw, parse_int=_Raw), "")
    except (ValueError, RecursionError):
        return text


class _Raw(str):
    """A number as it was spelled."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that a key given twice is shown twice."""


def _json_text(value: Any, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, _Pairs) and value:
        rows = (f"{inner}{json.dumps(key, ensure_ascii=False)}: {_json_text(item, inner)}" for key, item in value)
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, _Pairs):
        return "{}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _json_text(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def _indented_xml(text: str) -> str:
    """One tag a line, by its text alone: hostile XML is never parsed."""
    lines: list[str] = []
    depth = 0
    for part in _TAG_GAP.sub(">\n<", text.strip()).split("\n"):
        closing = part.startswith("</")
        depth = max(0, depth - closing)
        lines.append("  " * min(depth, 40) + part)
        opens = part.startswith("<") and not closing and not part.startswith(("<?", "<!"))
        depth += opens and not part.endswith("/>") and "</" not in part
    return "\n".join(lines)


def encoded_bytes(value: Any) -> Any:
    """For `json.dumps(default=...)`: bytes as `{"$base64": ...}`, dates as ISO 8601 text, mappings as objects."""
    if isinstance(value, (bytes, bytearray)):
        return {"$base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not part of a record: {type(value).__name__}")
