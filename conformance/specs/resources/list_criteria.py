"""The filters and orders of list operations, inferred from the names of input members.

    NameContains, NamePrefix, StatusEquals, CreationTimeAfter ...  --> Criterion: matches(item, value)
    SortBy with SortOrder                                          --> Ordering: keys by the values of SortBy

Only names with a certain meaning are used, and only if the items have the member to which the name refers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, TypeAlias

from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import STRING_TYPES, Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.listings import paging_of, places_of_items
from conformance.values.paths import Path, value_at

CriterionKind: TypeAlias = Literal["contains", "prefix", "equals", "after", "before"]

# Clocks and the precision of times on the wire differ; items closer than this to a bound are not judged.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Criterion:
    """An input member that filters the items of a list; `item` is the path in an item to which it refers.

    If the bound is `exact`, an item with exactly this time counts as after it, not before.
    """

    member: str
    kind: CriterionKind
    item: Path
    shape: Shape
    exact: bool = False

    def matches(self, item: Any, value: Any) -> bool | None:
        """Whether an item passes the filter; None if the item does not show it, or not clearly.

        Letter case does not count: services differ in it, and few document it. Times close to the bound give None.
        """
        found = value_at(item, self.item)
        if found is None or value is None:
            return None
        if self.exact and isinstance(found, datetime) and isinstance(value, datetime) and utc(found) == utc(value):
            return self.kind == "after"
        return _MATCHES[self.kind](found, value)


def _of_texts(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool | None]:
    def matches(found: Any, value: Any) -> bool | None:
        if not isinstance(found, str) or not isinstance(value, str):
            return None
        return compare(found.casefold(), value.casefold())

    return matches


def _of_times(sign: int) -> Callable[[Any, Any], bool | None]:
    def matches(found: Any, value: Any) -> bool | None:
        if not isinstance(found, datetime) or not isinstance(value, datetime):
            return None
        apart = (utc(found) - utc(value)) * sign
        return None if abs(apart) < TOLERANCE else apart > timedelta(0)

    return matches


_MATCHES: Mapping[CriterionKind, Callable[[Any, Any], bool | None]] = {
    "contains": _of_texts(lambda found, value: value in found),
    "prefix": _of_texts(str.startswith),
    "equals": _of_texts(str.__eq__),
    "after": _of_times(1),
    "before": _of_times(-1),
}


def utc(time: datetime) -> datetime:
    """A time with a time zone; a time without one is in UTC."""
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Ordering:
    """The pair of members that orders a list; `keys` are the values of `by` with the item paths to which they refer."""

    by: str
    order: str
    keys: tuple[tuple[str, Path], ...]
    ascending: str
    descending: str


_AFTER = re.compile(
    r"(?:By)?(?P<stem>\w+?)(?P<side>After|Before)|(?P<first>After|Before)(?P<rest>\w*Time)", re.IGNORECASE
)
_TEXT = re.compile(r"(?P<stem>\w*?)(?P<kind>Contains|Prefix|Equals)", re.IGNORECASE)

# Other names that items have for the same times.
_TIMES = ("", "Time", "At", "Date", "On")
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "creation", "create"),
    "creation": ("created", "creation", "create"),
    "creationtime": ("creationtime", "createdat", "createdtime", "creationdate", "createtime", "createdate"),
    "modified": ("modified", "lastmodified"),
    "modifiedtime": ("modifiedtime", "lastmodifiedtime", "modificationtime"),
    "updated": ("updated", "lastupdated", "lastmodified"),
    "started": ("started", "start"),
    "submitted": ("submitted", "submission", "submit"),
}  # fmt: skip

# Members with these names mean the same in request and item.
_TELLING = re.compile(r".*(Name|Arn|Id|Identifier|Status|State|Type)", re.IGNORECASE)

# Enum values that stand for several other values.
WIDE_VALUES = re.compile(r"all|any|both|none|default|unknown.*|\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the criteria of one list operation."""

    service: Service
    operation: Operation
    item: Shape

    def criteria(self) -> Iterator[Criterion]:
        shape = self.service.input_of(self.operation)
        paging = paging_of(self.service, self.operation)
        for name, member in shape.members.items():
            if name in shape.required or (paging is not None and name in paging.members) or _BY.fullmatch(name):
                continue
            target = self.service.target(member)
            found = self._of_time(name, target) if target.type == "timestamp" else self._of_text(name, target)
            if found is not None:
                yield Criterion(name, *found, target)

    def _of_time(self, name: str, target: Shape) -> tuple[CriterionKind, Path] | None:
        match = _AFTER.fullmatch(name)
        if match is None:
            return None
        stem, side = (match["stem"] or match["rest"]).lower(), (match["side"] or match["first"]).lower()
        names = {f"{each}{ending}".lower() for each in _ALIASES.get(stem, (stem,)) for ending in _TIMES}
        found = [each for each in self._members("timestamp") if each.lower() in names]
        kind: CriterionKind = "after" if side == "after" else "before"
        return (kind, (found[0],)) if len(found) == 1 else None

    def _of_text(self, name: str, target: Shape) -> tuple[CriterionKind, Path] | None:
        if target.type not in STRING_TYPES:
            return None
        match = _TEXT.fullmatch(name)
        if match is None:
            return self._of_same_name(name, target)
        kinds: dict[str, CriterionKind] = {"contains": "contains", "prefix": "prefix", "equals": "equals"}
        kind, stem = kinds[match["kind"].lower()], match["stem"].lower()
        if stem in ("", "name") and kind != "equals":
            name_path = self.name_of_items()
            return (kind, name_path) if name_path is not None else None
        found = self._exact(stem) or (self._status(target) if stem == "status" else None)
        return (kind, (found,)) if found is not None else None

    def _of_same_name(self, name: str, target: Shape) -> tuple[CriterionKind, Path] | None:
        found = self._exact(name)
        if found is None or not _TELLING.fullmatch(name) or self.item.members[found].shape != target.name:
            return None
        return "equals", (found,)

    def _members(self, *types: str) -> list[str]:
        return [name for name, each in self.item.members.items() if self.service.target(each).type in types]

    def _exact(self, name: str) -> str | None:
        return next((each for each in self._members(*STRING_TYPES) if each.lower() == name.lower()), None)

    def _status(self, target: Shape) -> str | None:
        """The status of an item of which a request says `Status`: the one member with the same values."""
        found = [
            each for each in self._members(*STRING_TYPES)
            if each.lower().endswith("status") and self.service.target(self.item.members[each]).enum == target.enum
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def name_of_items(self) -> Path | None:
        """Where an item has its name: `Name`, or the name of what the operation lists."""
        if self.item.type in STRING_TYPES:
            return ()
        exact = self._exact("Name")
        if exact is not None:
            return (exact,)
        found = [each for each in self._members(*STRING_TYPES) if each.endswith("Name") and each[:-4] in self._plural()]
        found.sort(key=len, reverse=True)
        return (found[0],) if found else None

    def _plural(self) -> str:
        """The operation's name, with the plurals that end in `ies` undone too."""
        return f"{self.operation.name} {re.sub('ies$', 'y', self.operation.name)} {self.item.name}"

    def ordering(self) -> Ordering | None:
        members = self.service.input_of(self.operation).members
        by = next((name for name in members if _BY.fullmatch(name)), None)
        order = next((name for name in members if _ORDER.fullmatch(name)), None)
        if by is None or order is None or by == order:
            return None
        ways = self.service.target(members[order]).enum
        up = next((each for each in ways if each.lower() in ("ascending", "asc")), None)
        down = next((each for each in ways if each.lower() in ("descending", "desc")), None)
        keys = tuple(self._keys(self.service.target(members[by]).enum))
        return Ordering(by, order, keys, up, down) if up and down and keys else None

    def _keys(self, values: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
        """The values of `by` with a certain meaning: names and times."""
        for value in values:
            plain = re.sub(r"[^a-z]", "", value.lower())
            name = self.name_of_items()
            if not name or plain not in ("name", str(name[-1]).lower()):
                name = None
            names = {f"{each}{ending}".lower() for each in _ALIASES.get(plain, (plain,)) for ending in _TIMES}
            times = [each for each in self._members("timestamp") if each.lower() in names]
            if name:
                yield value, name
            elif len(times) == 1:
                yield value, (times[0],)


_BY = re.compile(r"(sort|order)_?by", re.IGNORECASE)
_ORDER = re.compile(r"(sort_?|by_?)?order|sort_?direction", re.IGNORECASE)


def criteria_of(service: Service, operation: Operation, overlay: Overlay) -> tuple[Criterion, ...]:
    """The filters of a list operation, in the order of the input's members."""
    reader = _reader(service, operation, overlay)
    return tuple(_refined(service, operation, overlay, each) for each in reader.criteria()) if reader else ()


def _refined(service: Service, operation: Operation, overlay: Overlay, criterion: Criterion) -> Criterion:
    """The criterion; exact if an overlay rule confirms what is documented about creation times."""
    clause = clause_id(service.name, operation.name, "filter", criterion.member, "matches")
    is_creation = any("creat" in str(step).lower() for step in criterion.item)
    exact = criterion.kind in ("after", "before") and is_creation and refining_rule(overlay, clause) is not None
    return replace(criterion, exact=exact)


def ordering_of(service: Service, operation: Operation, overlay: Overlay) -> Ordering | None:
    """The order of a list operation; None if nothing certain is known."""
    reader = _reader(service, operation, overlay)
    return reader.ordering() if reader is not None else None


def _reader(service: Service, operation: Operation, overlay: Overlay) -> _Reader | None:
    place = next(places_of_items(service, operation, overlay), None)
    return None if place is None else _Reader(service, operation, place[1])
