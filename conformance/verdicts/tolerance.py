"""Tolerance: malformed answers that the request explains. AWS may answer such a request so as well: no finding.

a character that XML cannot represent   an answer that quotes it cannot be well-formed
an unusual path, a very long head       a front end may answer in its own form, before the service sees the request
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from conformance.specs.model import FORM_PROTOCOLS
from conformance.verdicts.context import Context
from conformance.wire.message import Request

XML_PROTOCOLS = FORM_PROTOCOLS | {"rest-xml"}

# The characters that XML 1.0 cannot represent, not even as a reference.
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Text in a path that no proxy or front end has a reason to refuse.
PLAIN_LABEL = re.compile(r"[A-Za-z0-9._~:@=,+ -]*")
PLAIN_GREEDY_LABEL = re.compile(r"[A-Za-z0-9._~:@=,+ /-]*")


# The size in bytes of path, query string and headers that common HTTP servers accept.
LONGEST_HEAD = 8000


def has_oversized_head(request: Request) -> bool:
    """Whether path, query string and headers of a request are longer than common HTTP servers accept."""
    pairs = (*request.query, *request.headers)
    return len(request.path) + sum(len(quote(name)) + len(quote(text)) for name, text in pairs) > LONGEST_HEAD


def tolerance_reason(context: Context) -> str | None:
    """Why a malformed answer is no evidence against the target; None where it is."""
    call, response = context.exchange.call, context.exchange.response
    texts = (*_texts(call.params), *(text for edit in call.edits for text in _texts(edit.value)))
    if context.service.protocol in XML_PROTOCOLS and any(NOT_IN_XML.search(text) for text in texts):
        return "the request holds a character that XML cannot, and the answer may quote it"
    if response is not None and 300 <= response.status < 500 and has_oversized_head(context.exchange.request):
        return "the head of the request is longer than HTTP servers commonly take"
    if response is not None and 300 <= response.status < 500 and _has_unusual_path(context):
        return "the request's path is an odd one: a front end may have answered it"
    return None


def _has_unusual_path(context: Context) -> bool:
    members = context.service.input_of(context.operation).members
    broken = context.case.fault.path[:1] if context.case.fault is not None else ()
    if any(name in members and members[name].location == "uri" for name in map(str, broken)):
        return True  # a path with a broken label may belong to no operation
    for name, text in context.exchange.call.params.items():
        member = members.get(name)
        if member is None or member.location != "uri" or not isinstance(text, str):
            continue
        greedy = f"{{{member.location_name or name}+}}" in context.operation.uri
        if not (PLAIN_GREEDY_LABEL if greedy else PLAIN_LABEL).fullmatch(text):
            return True
    return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
