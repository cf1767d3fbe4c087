"""The one way in which a document is written, so that the same content has the same bytes and a diff is small.

Keys are sorted. An object is on one line unless its key is listed in `SPREAD`: then every entry has a line of its
own. So a member, an enum value or a set of constraints that changes is one changed line. Text is ASCII: a
character that no editor shows is seen as its escape.

`delta` and `patched` keep an older document as its difference to a newer one, down to single members and enum
values:

    object against object   only the keys that differ; null takes a key away
    list against list       {"edits": [{"at": index, "remove": [...], "insert": [...]}]}, indices of the newer list
    object for a list       {"instead": the older value}
    anything else           the older value itself
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

# Keys below which every entry gets a line of its own.
SPREAD = frozenset({"operations", "shapes", "waiters", "paginators", "members", "enum", "acceptors", "versions"})
_INDENT = " "


class NotApplicable(ValueError):
    """A delta that was not made against the document at hand."""


def canonical_text(document: Any) -> str:
    """The canonical JSON text of a document, with a newline at its end."""
    return "".join(_lines(document, spread=True, indent="")) + "\n"


def _lines(value: Any, *, spread: bool, indent: str) -> Iterator[str]:
    if not (spread and value and isinstance(value, dict | list)):
        yield json.dumps(value, sort_keys=True, ensure_ascii=True)
        return
    deeper = indent + _INDENT
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    entries = sorted(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    yield opening
    for position, (key, item) in enumerate(entries):
        yield (",\n" if position else "\n") + deeper
        if key is not None:
            yield json.dumps(key) + ": "
        yield from _lines(item, spread=key in SPREAD or _holds_spread(item), indent=deeper)
    yield "\n" + indent + closing


def _holds_spread(item: Any) -> bool:
    return isinstance(item, dict) and any(key in SPREAD and value for key, value in item.items())


def delta(newer: Any, older: Any) -> Any:
    """What turns `newer` into `older`; the two must differ, and may hold null only inside list elements."""
    if isinstance(newer, dict) and isinstance(older, dict):
        changed = {
            key: delta(newer[key], value) if key in newer else value
            for key, value in older.items()
            if key not in newer or not _same(newer[key], value)
        }
        return {**changed, **{key: None for key in newer if key not in older}}
    if isinstance(newer, list) and isinstance(older, list):
        return {"edits": list(_edits(newer, older))}
    # An object at the place of a list is edits of the list.
    return {"instead": older} if isinstance(newer, list) and isinstance(older, dict) else older


def _same(one: Any, other: Any) -> bool:
    # `1 == 1.0 == True` in Python, and not in what is written.
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _edits(newer: list[Any], older: list[Any]) -> Iterator[dict[str, Any]]:
    # By their text, because elements may be objects.
    before, after = ([json.dumps(item, sort_keys=True) for item in side] for side in (newer, older))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, stop, first, last in matcher.get_opcodes():
        if tag != "equal":
            yield {"at": start, "remove": newer[start:stop], "insert": older[first:last]}


def apply_delta(newer: Any, change: Any) -> Any:
    """The older document that `delta` described; raises NotApplicable where `newer` is not what it was made from."""
    if isinstance(newer, dict) and isinstance(change, dict):
        result = dict(newer)
        for key, value in change.items():
            if value is None:
                if key not in newer:
                    raise NotApplicable(f"takes away {key!r}, which is not there")
                del result[key]
            else:
                result[key] = apply_delta(newer[key], value) if key in newer else value
        return result
    if isinstance(newer, list) and isinstance(change, dict):
        return _edited(newer, change)
    return change


def _edited(newer: list[Any], change: dict[str, Any]) -> Any:
    if "instead" in change:
        return change["instead"]
    result, position = [], 0
    try:
        for edit in change["edits"]:
            at, removed = edit["at"], edit["remove"]
            if at < position or newer[at : at + len(removed)] != removed:
                raise NotApplicable(f"edits a list that does not have {removed!r} at {at}")
            result += newer[position:at] + edit["insert"]
            position = at + len(removed)
    except (KeyError, TypeError) as problem:
        raise NotApplicable(f"not an edit of a list: {problem}") from problem
    return result + newer[position:]
