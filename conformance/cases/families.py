"""The scenario families: the steps that each of them sends, and the steps that decide about each of its clauses.

    specs/clauses/X.py --clause names--> KINDS --step labels--> cases/scenarios/X.py   sends the steps
                                               --step labels--> verdicts/laws/X.py     judges the steps
                                               --step labels--> reports                show the steps that decide

Scenarios, laws and reports refer to one step by one label. A misspelt label would look like a step that was never
reached, so labels are constants, and no other module writes one as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal, TypeAlias

from conformance.specs.clauses import (
    data,
    duplicates,
    filters,
    idempotency,
    lifecycle,
    pagination,
    references,
    removal,
    roundtrip,
    sequences,
    stability,
    tags,
    updates,
)

Side: TypeAlias = Literal["both", "request", "answer"]


class Label(str):
    """The name of a step, as records and reports show it.

    `side` says which side of the step's exchange matters where the step decides about a clause.
    """

    __slots__ = ("side",)
    side: Side

    def __new__(cls, text: str, side: Side = "both") -> Label:
        label = super().__new__(cls, text)
        label.side = side
        return label


@dataclass(frozen=True, slots=True)
class LabelForm:
    """A label made of parts, written as `{}`: `filter/{}/{}` is the form of `filter/NameContains/0`."""

    form: str
    side: Side = "both"

    def label(self, *parts: object) -> Label:
        """The label of those parts, one for each `{}`; raises IndexError where there are too few."""
        return Label(self.form.format(*parts), self.side)

    def matches(self, label: str, *parts: object) -> bool:
        """Whether a label has this form and begins with those parts; any parts may follow."""
        texts = self.form.split("{}")
        known = [re.escape(str(part)) for part in parts]
        groups = [*known, *[".+"] * (len(texts) - 1 - len(known))]
        pieces = (piece for pair in zip(map(re.escape, texts), [*groups, ""], strict=True) for piece in pair)
        return re.fullmatch("".join(pieces), label, re.DOTALL) is not None


class Family:
    """The step labels of one scenario family, as class attributes of a subclass; no family has instances.

    `display_only` gives the labels that no law reads, each with the reason why it is there.
    """

    display_only: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @classmethod
    def labels(cls) -> Mapping[str, Label | LabelForm]:
        """Every label and form of the family, by the name of its constant."""
        found = {name: value for each in reversed(cls.__mro__) for name, value in vars(each).items()}
        return {name: value for name, value in found.items() if isinstance(value, Label | LabelForm)}

    @classmethod
    def declares(cls, label: str) -> bool:
        """Whether a label is one of the family."""
        return any(
            each.matches(label) if isinstance(each, LabelForm) else each == label for each in cls.labels().values()
        )


class OneResource(Family):
    """The step that families share whose scenarios create one resource."""

    CREATE = Label("create", "request")


class Lifecycle(OneResource):
    """A resource changes its state, or keeps it."""

    READ = Label("read")
    LIST = Label("list")
    BEFORE = Label("before", "answer")
    LATER = Label("later", "answer")
    UPDATE = Label("update", "request")
    UPDATE_AGAIN = Label("update-again")
    CHANGING = Label("changing", "answer")


class Duplicates(OneResource):
    """A name is asked for that is taken already."""

    AGAIN = Label("again")
    OTHER = Label("other")
    AT_ONCE = Label("at-once")
    AFTERWARDS = Label("afterwards")


class Removal(OneResource):
    """A resource is removed."""

    BEFORE = Label("before", "answer")
    DELETE = Label("delete", "request")
    AFTER = Label("after")
    LIST = Label("list")
    DELETE_AGAIN = Label("delete-again")
    MEANWHILE = Label("meanwhile", "answer")
    AGAIN = Label("again")


class References(Family):
    """A request refers to a resource that was never created."""

    SAMPLE = Label("sample")
    ASK = Label("ask")


class Roundtrip(OneResource):
    """A resource is described as its creation gave it."""

    PREREQUISITE = Label("prerequisite")
    READ = Label("read", "answer")
    SETTLED = Label("settled", "answer")

    display_only = MappingProxyType({"prerequisite": "it creates what the creation refers to; no clause is about that"})


class Updates(OneResource):
    """A resource is described as its update gave it."""

    PREREQUISITE = Label("prerequisite")
    SETTLING = Label("settling", "answer")
    BEFORE = Label("before", "answer")
    UPDATE = Label("update", "request")
    AFTER = Label("after", "answer")

    display_only = MappingProxyType(
        {
            "prerequisite": "it creates what the update refers to; no clause is about that",
            "settling": "it waits until the update is done; what the resource is like then is read by the next step",
        }
    )


class Stability(OneResource):
    """An operation that reads leaves a resource as it is."""

    READ = Label("read", "answer")
    BEFORE = Label("before", "answer")
    ASKED = Label("asked", "request")
    AFTER = Label("after", "answer")

    display_only = MappingProxyType({"read": "it waits until the resource has settled"})


class Data(Family):
    """What one operation writes is read by another one."""

    WRITE, REMOVE = Label("write", "request"), Label("remove", "request")
    BEFORE, READ, AFTER = Label("before", "answer"), Label("read", "answer"), Label("after", "answer")


class Lists(Family):
    """The steps of families whose scenarios create items and list them."""

    CREATE_ITEM = Label("create-item")
    WHOLE = Label("whole", "answer")


class Pagination(Lists):
    """A list is read page by page, and with a token that no page gave."""

    PAGED = Label("paged")
    FOREIGN = Label("foreign")


class Filters(Lists):
    """A list is read with a filter, or in an order."""

    FILTERED = LabelForm("filter/{}/{}")
    """With the member that filters, and the number of the value that is asked for."""
    SORTED = LabelForm("sort/{}/{}")
    """With the key and the direction that are asked for."""


class Idempotency(Family):
    """A request is sent again under the idempotency token of an earlier one."""

    CREATE = Label("create")
    AGAIN = Label("again")
    OTHER = Label("other")


class Tags(OneResource):
    """Tags are given, added, overwritten and removed."""

    READ = Label("read", "answer")
    LISTED = Label("listed", "answer")
    ADD = Label("add", "request")
    OVERWRITE = Label("overwrite", "request")
    OVERWRITTEN = Label("overwritten", "answer")
    REMOVE = Label("remove", "request")
    REMAINING = Label("remaining", "answer")

    display_only = MappingProxyType({"read": "it waits until the resource can be tagged"})


class Sequences(Family):
    """The steps that a rule of the overlay lists are sent in order."""

    SETTLED = LabelForm("{}.settled", "answer")
    """The reads that wait for a resource after a step, with the step's name."""
    STEP = LabelForm("{}")
    """With the name that the rule gives the step."""


FAMILIES: Mapping[str, type[Family]] = MappingProxyType(
    {
        "lifecycle": Lifecycle,
        "duplicates": Duplicates,
        "references": References,
        "removal": Removal,
        "roundtrip": Roundtrip,
        "updates": Updates,
        "stability": Stability,
        "data": Data,
        "tags": Tags,
        "idempotency": Idempotency,
        "pagination": Pagination,
        "filters": Filters,
        "sequences": Sequences,
    }
)
"""Every family under the one name that its modules have in specs/clauses, cases/scenarios and verdicts/laws."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The step that decides: the last (or the first) under the first of some labels that has any."""

    labels: tuple[Label, ...]
    first: bool = False


def _last(*labels: Label) -> Deciding:
    return Deciding(labels)


def _first(*labels: Label) -> Deciding:
    return Deciding(labels, first=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of scenario. `clauses` gives the clauses that it puts to the test, and the steps that decide about each.

    A law knows better which steps decide: these are for records whose findings do not say. Where there are none, it is
    the last step whose request has what the finding is about.
    """

    family: str
    clauses: Mapping[str, tuple[Deciding, ...]]


KindName: TypeAlias = Literal[
    "creation", "update", "steady", "duplicate", "one-winner", "removal", "taken-while-deleting", "not-found",
    "missing", "echo", "updated", "reading", "written-read", "put-removed", "tags-given", "tags-added", "tags-removed",
    "idempotency", "pages", "filters", "sort", "sequence",
]  # fmt: skip
"""The kinds of scenarios. They are part of the ids of cases, so they do not change."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "creation": Kind(
            "lifecycle",
            {
                lifecycle.CREATED: (_last(Lifecycle.CREATE), _last(Lifecycle.READ)),
                lifecycle.LISTED: (_last(Lifecycle.CREATE), _last(Lifecycle.LIST)),
                lifecycle.TRANSITION: (_last(Lifecycle.READ),),
            },
        ),
        "update": Kind(
            "lifecycle",
            {
                lifecycle.TRANSITION: (_last(Lifecycle.CHANGING),),
                lifecycle.UPDATE_IN_PROGRESS: (_last(Lifecycle.UPDATE), _last(Lifecycle.UPDATE_AGAIN)),
            },
        ),
        "steady": Kind("lifecycle", {lifecycle.STEADY: (_last(Lifecycle.BEFORE), _last(Lifecycle.LATER))}),
        "duplicate": Kind(
            "duplicates",
            {duplicates.DUPLICATE: (_last(Duplicates.CREATE), _last(Duplicates.OTHER, Duplicates.AGAIN))},
        ),
        "one-winner": Kind(
            "duplicates", {duplicates.ONE_WINNER: (_first(Duplicates.AT_ONCE), _last(Duplicates.AFTERWARDS))}
        ),
        "removal": Kind(
            "removal",
            {
                removal.GONE_AFTER_DELETE: (_last(Removal.DELETE), _last(Removal.AFTER)),
                removal.DELETE_TWICE: (_last(Removal.DELETE_AGAIN),),
                removal.UNLISTED_AFTER_DELETE: (_last(Removal.DELETE), _last(Removal.LIST)),
                lifecycle.TRANSITION: (_last(Removal.AFTER),),
            },
        ),
        "taken-while-deleting": Kind(
            "removal", {removal.TAKEN_WHILE_DELETING: (_last(Removal.MEANWHILE), _last(Removal.AGAIN))}
        ),
        "not-found": Kind("references", {references.NOT_FOUND: (_last(References.ASK),)}),
        "missing": Kind("references", {references.NOT_FOUND: (_last(References.ASK),)}),
        "echo": Kind(
            "roundtrip",
            {
                roundtrip.ECHO: (_last(Roundtrip.CREATE), _last(Roundtrip.SETTLED, Roundtrip.READ)),
                roundtrip.STABLE: (_first(Roundtrip.SETTLED), _last(Roundtrip.SETTLED)),
                roundtrip.TIMES: (_last(Roundtrip.SETTLED, Roundtrip.READ),),
            },
        ),
        "updated": Kind("updates", {updates.UPDATED: (_last(Updates.UPDATE), _last(Updates.AFTER))}),
        "reading": Kind(
            "stability",
            {stability.UNCHANGED: (_last(Stability.BEFORE), _last(Stability.ASKED), _last(Stability.AFTER))},
        ),
        "written-read": Kind("data", {data.COMES_BACK: (_last(Data.WRITE), _last(Data.READ))}),
        "put-removed": Kind("data", {data.ABSENT: (_last(Data.BEFORE),), data.GONE: (_last(Data.AFTER),)}),
        "tags-given": Kind("tags", {tags.GIVEN: (_last(Tags.CREATE), _last(Tags.LISTED))}),
        "tags-added": Kind(
            "tags",
            {
                tags.ADDED: (_last(Tags.ADD), _last(Tags.LISTED)),
                tags.OVERWRITTEN: (_last(Tags.OVERWRITE), _last(Tags.OVERWRITTEN)),
            },
        ),
        "tags-removed": Kind("tags", {tags.REMOVED: (_last(Tags.REMOVE), _last(Tags.REMAINING))}),
        "idempotency": Kind(
            "idempotency",
            {
                idempotency.SAME_RESULT: (_last(Idempotency.CREATE), _last(Idempotency.AGAIN)),
                idempotency.OTHER_INPUT: (_last(Idempotency.CREATE), _last(Idempotency.OTHER)),
            },
        ),
        "pages": Kind(
            "pagination",
            {
                pagination.COMPLETE: (_last(Pagination.WHOLE), _last(Pagination.PAGED)),
                pagination.NO_REPEATS: (_last(Pagination.PAGED),),
                pagination.PAGE_SIZE: (_first(Pagination.PAGED),),
                pagination.LAST_PAGE: (_last(Pagination.PAGED, Pagination.WHOLE),),
                pagination.FOREIGN_TOKEN: (_last(Pagination.FOREIGN),),
            },
        ),
        "filters": Kind("filters", {filters.MATCHES: ()}),
        "sort": Kind("filters", {filters.ORDER: ()}),
        "sequence": Kind("sequences", {sequences.RULE: ()}),
    }
)
"""Every kind of scenario, with its family and what it puts to the test."""


def family_of(kind: str) -> type[Family]:
    """The family of a kind of scenario; raises KeyError for an unknown kind."""
    return FAMILIES[KINDS[kind].family]


def deciding_steps(kind: str, clause_name: str) -> tuple[Deciding, ...]:
    """The steps that decide about a clause in a scenario of a kind; none where they are not known by their labels."""
    name = lifecycle.TRANSITION if lifecycle.TRANSITION in clause_name else clause_name
    others = (each for each in KINDS.values() if name in each.clauses)
    known = KINDS[kind] if kind in KINDS and name in KINDS[kind].clauses else next(others, None)
    return known.clauses[name] if known is not None else ()


def side_of(kind: str, label: str) -> Side:
    """Which side of a step's exchange matters; both for a step that the family does not declare."""
    labels = family_of(kind).labels().values() if kind in KINDS else ()
    found = (each for each in labels if (each.matches(label) if isinstance(each, LabelForm) else each == label))
    return next((each.side for each in found), "both")
