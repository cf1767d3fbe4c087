"""Answers that take note of what is read of them: dictionaries that behave as dictionaries do.

    output of a client --watched_answer--> ReadDict, with lists and other values as they were --> the caller
                                              '--reads--> AnswerReader.note(place, ...)

A member that is asked for by name is `read`. What goes through all members (`items`, `dict(answer)`, `==`, copies,
`json.dumps`, pickling) is handed out as a whole, and `given`: nothing tells what of it is used. Only dictionaries are
replaced: who reads a member reads the text, the number or the list that is there, and the dictionaries in a list say
themselves what is read of them. What reads around Python's methods, in C, is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Protocol, TypeAlias

from conformance.contracts.member_places import MemberPlace

How: TypeAlias = Literal["read", "given"]

_METADATA = "ResponseMetadata"
_ABSENT: Any = object()


class AnswerReader(Protocol):
    """Learns what is read of one answer."""

    def note(self, place: MemberPlace, within: MemberPlace, value: Any, how: How) -> None:
        """The value at a place, in what is there at another, was read, or handed out with everything beside it."""

    def note_metadata(self, name: str) -> None:
        """A member of ResponseMetadata was read."""


class _TypeOfDictionaries(type):
    """Makes a class equal to `dict`: `type(answer) == dict` holds, and tables by type (those of PyYAML) find it."""

    def __eq__(cls, other: object) -> bool:
        return other is dict or other is cls

    def __hash__(cls) -> int:
        return hash(dict)


class ReadDict(dict[str, Any], metaclass=_TypeOfDictionaries):
    """A dictionary that tells a reader what is read of it. One that somebody else makes of it tells nobody."""

    __slots__ = ("_is_whole", "_place", "_reader")

    _reader: AnswerReader | None
    _place: MemberPlace | None
    _is_whole: bool

    def __new__(cls, *_args: Any, **_kwargs: Any) -> ReadDict:
        made = super().__new__(cls)
        made._reader = made._place = None
        made._is_whole = False
        return made

    def _one(self, name: Any, value: Any) -> None:
        """Take note of a member that is asked for, present or not."""
        if self._reader is None or not isinstance(name, str):
            return
        if self._place is None:
            self._reader.note_metadata(name)
            return
        how: How = "given" if self._is_whole else "read"
        place = self._place.value if self._place.is_map else self._place.member(name)
        if place is not None:
            self._reader.note(place, self._place, None if value is _ABSENT else value, how)
        if self._place.is_map and self._place.key is not None:
            self._reader.note(self._place.key, self._place, name, how)

    def _all(self) -> None:
        """Take note of everything that is there."""
        if self._reader is None:
            return
        # Keys of a map are the caller's, so that going through them reads them.
        self._is_whole = self._place is None or not self._place.is_map
        for name, value in dict.items(self):
            self._one(name, value)

    def __getitem__(self, name: str) -> Any:
        self._one(name, dict.get(self, name, _ABSENT))
        return dict.__getitem__(self, name)

    def get(self, name: Any, default: Any = None) -> Any:
        value = dict.get(self, name, _ABSENT)
        self._one(name, value)
        return default if value is _ABSENT else value

    def __contains__(self, name: object) -> bool:
        self._one(name, _ABSENT)
        return dict.__contains__(self, name)

    def setdefault(self, name: str, default: Any = None) -> Any:
        self._one(name, dict.get(self, name, _ABSENT))
        return dict.setdefault(self, name, default)

    def pop(self, name: Any, *default: Any) -> Any:
        self._one(name, dict.get(self, name, _ABSENT))
        return dict.pop(self, name, *default)

    def popitem(self) -> tuple[str, Any]:
        self._all()
        return dict.popitem(self)

    def __iter__(self) -> Iterator[str]:
        self._all()
        return dict.__iter__(self)

    def __reversed__(self) -> Iterator[str]:
        self._all()
        return dict.__reversed__(self)

    def keys(self) -> Any:
        self._all()
        return dict.keys(self)

    def items(self) -> Any:
        self._all()
        return dict.items(self)

    def values(self) -> Any:
        self._all()
        return dict.values(self)

    def copy(self) -> dict[str, Any]:
        self._all()
        return dict(dict.items(self))

    def __eq__(self, other: object) -> bool:
        self._all()
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        self._all()
        return dict.__ne__(self, other)

    def __reduce_ex__(self, protocol: Any) -> Any:
        self._all()
        return dict, (), None, None, iter(list(dict.items(self)))


# What a test prints, and what jmespath takes for an object: it knows types by their names.
ReadDict.__name__ = ReadDict.__qualname__ = "dict"
ReadDict.__module__ = "builtins"


def watched_answer(output: dict[str, Any], place: MemberPlace, reader: AnswerReader) -> dict[str, Any]:
    """A whole answer that tells a reader what is read of it."""
    found = _watched(output, place, reader)
    metadata = output.get(_METADATA)
    if type(metadata) is dict:
        kept = ReadDict(metadata)
        kept._reader = reader
        dict.__setitem__(found, _METADATA, kept)
    return found


def _watched(value: dict[str, Any], place: MemberPlace, reader: AnswerReader) -> ReadDict:
    found = ReadDict()
    found._reader, found._place = reader, place
    inner = place.value if place.is_map else None
    for name, item in value.items():
        member = inner if place.is_map else place.member(name)
        dict.__setitem__(found, name, item if member is None else _inside(item, member, reader))
    return found


def _inside(value: Any, place: MemberPlace, reader: AnswerReader) -> Any:
    if not place.holds_others:
        return value
    if type(value) is dict and (place.is_structure or place.is_map):
        return _watched(value, place, reader)
    element = place.element
    if type(value) is list and element is not None and element.holds_others:
        return [_inside(item, element, reader) for item in value]
    return value
