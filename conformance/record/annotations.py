"""What a row dataclass says of its fields beside their types, for the reader, the writer and the schema.

clause: Annotated[str, Rule(pattern="...")]             a rule of the published schema
label: Annotated[str, LEFT_OUT, "What the step is."]    not written while it has its default; described
reason: str | None = None                               written always, optional to readers
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints


class LeftOut:
    """Marks a field that is not written while it has its default."""


LEFT_OUT = LeftOut()


class Rule:
    """Keywords of JSON Schema for a field. They bind writers; a reader takes any value of the right type."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords: Mapping[str, Any] = {name.rstrip("_"): value for name, value in keywords.items()}


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field of a row: its annotation without extras, and what the extras say."""

    name: str
    annotation: Any
    is_required: bool
    default: Any = None
    is_left_out: bool = False
    text: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)


@cache
def forms(row: Any) -> tuple[FieldForm, ...]:
    """The fields of a row dataclass, in the order in which they are written."""
    hints = get_type_hints(row, include_extras=True)
    return tuple(_form(each, hints[each.name]) for each in fields(row))


def _form(each: Any, hint: Any) -> FieldForm:
    annotation, extras = split(hint)
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    return FieldForm(
        name=each.name,
        annotation=annotation,
        is_required=default is MISSING,
        default=None if default is MISSING else default,
        is_left_out=LEFT_OUT in extras,
        text=next((extra for extra in extras if isinstance(extra, str)), ""),
        rule=next((extra.keywords for extra in extras if isinstance(extra, Rule)), {}),
    )


def split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation and the extras that it is annotated with."""
    if get_origin(hint) is Annotated:
        annotation, *extras = get_args(hint)
        return annotation, tuple(extras)
    return hint, ()
