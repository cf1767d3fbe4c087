"""Reads that ask for all there is: some tell part of a description only where the request says so.

DescribeThing(name)  -->  DescribeThing(name, include=[TAGS, SETTINGS], ShowDetails=true)
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from conformance.cases.case import Call
from conformance.specs.model import Service, Shape

# Lists of what is to be told, and switches that make an answer tell more. Those that widen it to other things do not.
_LISTS = re.compile(r"include|includes|(additional)?attribute_?names", re.IGNORECASE)
_SWITCHES = re.compile(r"(include|show)(?!.*(deleted|inactive|shared|public|not|shadow|all))|verbose$", re.IGNORECASE)


def asking_for_all(service: Service, read: Call) -> Call:
    """The same read, asking for everything that it can tell of the thing."""
    given = service.input_of(service.operations[read.operation])
    more: dict[str, Any] = {}
    for name, member in given.members.items():
        shape = service.target(member)
        if name not in given.required and not member.deprecated:
            value = _everything(service, name, shape)
            if value is not None:
                more[name] = value
    return replace(read, params={**read.params, **more}) if more else read


def _everything(service: Service, name: str, shape: Shape) -> Any:
    if shape.type == "boolean" and _SWITCHES.match(name):
        return True
    if shape.type == "list" and shape.element is not None and _LISTS.fullmatch(name):
        values = service.target(shape.element).enum
        everything = next((value for value in values if value.lower() == "all"), None)
        return [everything] if everything else list(values[: int(shape.maximum or len(values))]) or None
    return None
