"""Requests that find out whether an operation is there, where the smallest valid one was answered as if it were not.

    smallest --no--> empty --no--> well-formed ARNs and URLs --no--> those, and every member --no--> not there

There are targets that answer a missing operation and a crash with one and the same page. An operation that is there
will hardly crash on all of these: one finds the first missing member, one gets past a parser of ARNs, one gives it
every member, for it may read them without checking. Probes show whether the operation is there, and judge nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.specs.model import STRING_TYPES, Member, Service, Shape

Params = Mapping[str, Any]

# Names of members and shapes whose text has a form that no model states, and a text of that form.
FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(arn|AmazonResourceName)s?$", re.IGNORECASE), "arn:aws:{service}:{region}:123456789012:conformance"),
    (re.compile(r"ur[il]s?$", re.IGNORECASE), "https://example.com/123456789012/conformance"),
)

UNKNOWN_MEMBER: Params = {"ConformanceProbe": "is it there at all?"}


def other_requests(
    service: Service, shape: Shape, smallest: Params, fullest: Callable[[], Params | None], region: str
) -> Iterator[Params]:
    """Params to ask with, after `smallest` showed nothing; each different from those before it."""
    asked: list[Params] = [smallest]
    forms = _Forms(service, region)
    variants: tuple[Callable[[], Params], ...] = (
        lambda: {} if smallest else UNKNOWN_MEMBER,
        lambda: forms.well_formed(shape, smallest),
        lambda: forms.well_formed(shape, fullest() or {}),
    )
    for variant in variants:
        params = variant()
        if params not in asked:
            asked.append(params)
            yield params


class _Forms:
    """Puts text of the expected form where a name says that there is one."""

    def __init__(self, service: Service, region: str) -> None:
        self.service = service
        self.fill = {"service": service.signing_name, "region": region or "us-east-1"}

    def well_formed(self, shape: Shape, params: Params) -> Params:
        """The params with such text in them; the rest is left as it is."""
        return {
            name: self._value(name, shape.members[name], item) if name in shape.members else item
            for name, item in params.items()
        }

    def _value(self, name: str, member: Member, item: Any) -> Any:
        shape = self.service.target(member)
        if isinstance(item, str) and shape.type in STRING_TYPES and not shape.enum:
            return self._text(name, shape, item)
        if isinstance(item, list) and shape.element is not None:
            return [self._value(name, shape.element, each) for each in item]
        if isinstance(item, Mapping) and shape.type == "structure":
            return self.well_formed(shape, item)
        return item

    def _text(self, name: str, shape: Shape, text: str) -> str:
        for pattern, form in FORMS:
            if (pattern.search(name) or pattern.search(shape.name)) and not text.startswith(("arn:", "http")):
                return form.format_map(self.fill)
        return text
