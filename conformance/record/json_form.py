"""Rows as JSON objects and back, by the annotations of their dataclasses.

    row --plain--> {"clause": ..., "cases": [...]} --parsed--> row

A field with a default may be missing from what is read, and fields that the dataclass does not have are ignored. A
value of another type, or a word that its vocabulary does not have, is a BadValue that names the place.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from conformance.record.annotations import forms, split

Parse: TypeAlias = "Callable[[Any], Any]"

SHOWN = 60
"""Characters of a wrong value that a message shows."""


class BadValue(ValueError):
    """A value that a field does not take; `place` leads to it from the row, such as `steps[0].role`."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"'{place}' {problem}" if place else problem)
        self.problem = problem
        self.place = place

    def within(self, outer: str) -> BadValue:
        """The same problem, seen from what holds the value."""
        dot = "." if self.place and not self.place.startswith("[") else ""
        return BadValue(self.problem, f"{outer}{dot}{self.place}")


def parsed(row: Any, value: Any) -> Any:
    """The row of a dataclass that a JSON object writes; raises BadValue."""
    return _parser(row)(value)


def plain(row: Any) -> dict[str, Any]:
    """The JSON object that writes a row; what is `Any` in the row is in it as it is."""
    kind: Any = type(row)
    return {
        form.name: _plain_value(value)
        for form in forms(kind)
        if (value := getattr(row, form.name)) != form.default or not form.is_left_out
    }


# Most values of rows: asked first, because the general questions are slow.
_AS_THEY_ARE = frozenset({str, int, float, bool, type(None), dict, list})


def _plain_value(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return plain(value) if is_dataclass(value) else value


_PARSERS: dict[Any, Parse] = {}


def _parser(annotation: Any) -> Parse:
    """The function that reads a value of an annotation, built once."""
    if annotation not in _PARSERS:
        _PARSERS[annotation] = _built(annotation)
    return _PARSERS[annotation]


def _built(annotation: Any) -> Parse:
    annotation, _ = split(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return lambda value: value
    if is_dataclass(annotation):
        return _object_parser(annotation)
    if origin is Literal:
        return _word_parser(arguments)
    if origin in (Union, types.UnionType):
        return _optional_parser(arguments)
    if origin is tuple:
        return _list_parser(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_parser(*arguments)
    return _scalar_parser(annotation)


def _object_parser(row: Any) -> Parse:
    known = [(form, _parser(form.annotation)) for form in forms(row)]

    def parse(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _other("an object", value)
        found = {}
        for form, read in known:
            if form.name in value:
                try:
                    found[form.name] = read(value[form.name])
                except BadValue as bad:
                    raise bad.within(form.name) from None
            elif form.is_required:
                raise BadValue("is missing", form.name)
        return row(**found)

    return parse


def _word_parser(words: tuple[Any, ...]) -> Parse:
    types_of_words = tuple({type(word) for word in words})

    def parse(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, types_of_words) or value not in words:
            raise BadValue(f"is {_shown(value)}, which is none of {', '.join(map(str, words))}")
        return value

    return parse


def _optional_parser(arguments: tuple[Any, ...]) -> Parse:
    (inner,) = (_parser(argument) for argument in arguments if argument is not type(None))
    return lambda value: None if value is None else inner(value)


def _list_parser(arguments: tuple[Any, ...]) -> Parse:
    if arguments[-1] is ...:
        item_parser, length = _parser(arguments[0]), None
    else:
        item_parser, length = _parser(arguments[0]), len(arguments)  # pairs, of equal types

    def parse(value: Any) -> Any:
        if not isinstance(value, (list, tuple)) or length not in (None, len(value)):
            raise _other("a list" if length is None else f"a list of {length}", value)
        found = []
        for number, item in enumerate(value):
            try:
                found.append(item_parser(item))
            except BadValue as bad:
                raise bad.within(f"[{number}]") from None
        return tuple(found)

    return parse


def _mapping_parser(key: Any, item: Any) -> Parse:
    key_parser, item_parser = _parser(key), _parser(item)

    def parse(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _other("an object", value)
        found = {}
        for name, each in value.items():
            try:
                found[key_parser(name)] = item_parser(each)
            except BadValue as bad:
                raise bad.within(f"[{_shown(name)}]") from None
        return found

    return parse


_SCALARS: Mapping[type, tuple[str, tuple[type, ...]]] = {
    str: ("text", (str,)),
    bool: ("true or false", (bool,)),
    int: ("a whole number", (int,)),
    float: ("a number", (int, float)),
}


def _scalar_parser(scalar: type) -> Parse:
    name, accepted = _SCALARS[scalar]

    def parse(value: Any) -> Any:
        if not isinstance(value, accepted) or (isinstance(value, bool) and scalar is not bool):
            raise _other(name, value)
        return value

    return parse


def _other(name: str, value: Any) -> BadValue:
    return BadValue(f"is not {name}: {_shown(value)}")


def _shown(value: Any) -> str:
    return repr(value)[:SHOWN]
