"""Hostile text made harmless. Everything in a record may come from a target that means no good.

Text that goes to a terminal must not move its cursor, text that goes into XML must be text that XML can carry, and
text that is written as UTF-8 must have no lone surrogates. HTML is escaped by the templates.
"""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newline, bidirectional overrides (which make text look like other text), and
# lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def visible(text: str) -> str:
    """`text` with control characters written out as escapes; newlines and tabs stay."""
    return _UNPRINTABLE.sub(_escape, text)


def one_line(text: str, limit: int = 200) -> str:
    """`text` on one line, at most `limit` characters, control characters written out."""
    flat = visible(" ".join(text[: 4 * limit].split()))
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 record`, `2,000 records`: a number with its noun; `many` is the plural where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def with_detail(why: str, detail: str) -> str:
    """A sentence that others have in common, and what was met in this case; either may be empty."""
    return f"{why}: {detail}" if why and detail else why


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot carry; they are written out as escapes."""
    return _NOT_XML.sub(_escape, text)


def well_formed(text: str) -> str:
    """`text` that can be encoded as UTF-8: lone surrogates are written out as escapes."""
    return _SURROGATE.sub(_escape, text)
