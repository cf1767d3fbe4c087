"""Hand-written knowledge beside a spec: resources, what requests need, and rules that the model cannot say.

    specs/<service>/<api-version>/overlay.yaml --load--> Overlay -- resources: {name: Resource}
                                                                 -- requests:  {operation: RequestHints}
                                                                 -- rules:     (Rule, ...)
                                                                 -- unchecked: {rule id: Unchecked}

The file is validated against `overlay.schema.json`, which lies beside this module. Rules are data: their
conditions are JMESPath, evaluated by `rules.py`. Every rule names its source and what is known of how AWS enforces
it, and may be bounded to a range of botocore versions, because AWS changes its mind.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import jsonschema
import yaml

from conformance.errors import BadFile
from conformance.specs.resources.resource import Handle, Listing, Reading, Resource, Source, Status
from conformance.values import paths
from conformance.values.conditions import compile_condition
from conformance.values.paths import EACH, Edit, parse_path

Enforcement = Literal[
    "RECORDED", "SECOND-HAND", "DOC-ERROR", "DOC-MUST", "ADVICE", "ASYNC", "DEFAULT", "DRIFTED"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestHints:
    """What a valid request of an operation needs beyond the model: edits made on the smallest one.

    `after` are operations whose own smallest requests come first, about the same things.
    """

    given: tuple[Edit, ...] = ()
    why: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """One way to break a rule: `base` makes a valid request that the rule speaks of, `broken` breaks it."""

    name: str
    base: tuple[Edit, ...]
    broken: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the answer to a broken rule should be, as far as it is known.

    `message` is a regular expression that is found in the text.
    """

    kind: Literal["rejected-validation", "rejected-state"] = "rejected-validation"
    codes: tuple[str, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a story, on things that all its calls have in common.

    `given` are edits of the smallest valid params, `upper` the names that are sent in upper case. References to the
    resources in `fresh` are to another one, made with those edits; `settle` names a resource that is waited for after.
    A step that makes something is told `repeat` times, each time about another thing.
    """

    call: str
    name: str
    given: tuple[Edit, ...] = ()
    upper: tuple[paths.Path, ...] = ()
    fresh: Mapping[str, tuple[Edit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    settle: str | None = None
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement about requests and answers that the model cannot make.

    `request` is true of requests that obey the rule, `answer` of obeying pairs of request and answer; both are
    JMESPath. `repair` turns a request that breaks the rule into one that keeps it.
    `missing` names a resource: the rule is that the one a request refers to must exist. `law` has globs of clause ids,
    without the service: the rule says what AWS answers where such a clause about state is put to the test. `story` is
    what several calls show: `holds` is JMESPath over their steps, each with `request`, `answer`, `code` and `message`
    under its name; without it the last call is to be rejected as `expect` says. Where `when`, of the same form, is not
    true, the story shows nothing.
    `since` and `until` are the first and the last botocore version that the rule holds for.
    """

    id: str
    operations: tuple[str, ...]
    statement: str
    source: str
    enforcement: Enforcement
    evidence: str = ""
    since: str | None = None
    until: str | None = None
    request: str | None = None
    answer: str | None = None
    missing: str | None = None
    law: str | None = None
    story: tuple[Step, ...] = ()
    when: str | None = None
    holds: str | None = None
    repair: tuple[Edit, ...] = ()
    violations: tuple[Violation, ...] = ()
    expect: Expectation = field(default_factory=Expectation)

    def holds_for(self, botocore: str) -> bool:
        """Whether the rule is valid for a spec of that botocore version."""
        version = version_key(botocore)
        if self.since is not None and version < version_key(self.since):
            return False
        return self.until is None or version <= version_key(self.until)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that is known and not checked: what it would speak of, and why it is not."""

    operations: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything that an overlay file says.

    `enforces_input` cites answers of AWS which show that the service enforces the constraints of its model (null where
    none is known).
    """

    service: str
    resources: Mapping[str, Resource]
    requests: Mapping[str, RequestHints]
    rules: tuple[Rule, ...]
    unchecked: Mapping[str, Unchecked]
    enforces_input: str | None = None

    def rules_for(self, operation: str, botocore: str) -> Iterator[Rule]:
        """The rules of an operation that hold for a spec of that botocore version."""
        return (rule for rule in self.rules if operation in rule.operations and rule.holds_for(botocore))

    def created_by(self, operation: str) -> Resource | None:
        """The resource that an operation creates."""
        return next((one for one in self.resources.values() if one.create == operation), None)


EMPTY = Overlay("", MappingProxyType({}), MappingProxyType({}), (), MappingProxyType({}))


def version_key(version: str) -> tuple[int, ...]:
    """A version as something that sorts."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


@functools.lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """The JSON Schema of overlay files."""
    text = (Path(__file__).parent / "overlay.schema.json").read_text(encoding="utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


def load(path: Path) -> Overlay:
    """The overlay in a file; raises BadFile where it cannot be read or is not one."""
    try:
        document = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader, in C where it is there
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem
    except yaml.YAMLError as problem:
        raise BadFile(path, f"not YAML: {' '.join(str(problem).split())}") from problem
    errors = sorted(jsonschema.Draft202012Validator(schema()).iter_errors(document), key=lambda error: error.json_path)
    if errors:
        raise BadFile(path, f"{errors[0].json_path}: {errors[0].message}", hint="see overlay.schema.json")
    try:
        return parse(document)
    except ValueError as problem:
        raise BadFile(path, str(problem)) from problem


_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(document: Mapping[str, Any]) -> Overlay:
    """The overlay that a valid document describes; raises ValueError for a path or condition that is none."""
    return Overlay(
        service=document["service"],
        resources=MappingProxyType(
            {name: _resource(name, value) for name, value in document.get("resources", {}).items()}
        ),
        requests=MappingProxyType({name: _hints(value) for name, value in document.get("requests", {}).items()}),
        rules=tuple(_rule(value) for value in document.get("rules", ())),
        unchecked=MappingProxyType(
            {
                name: Unchecked(tuple(value["operations"]), value["reason"])
                for name, value in document.get("unchecked", {}).items()
            }
        ),
        enforces_input=document.get("enforces_input"),
    )


def _resource(name: str, value: Mapping[str, Any]) -> Resource:
    return Resource(
        name=name,
        create=value["create"],
        handles=tuple(_handles(value)),
        delete=value.get("delete"),
        read=_reading(value.get("read")),
        update=value.get("update"),
        listing=_listing(value.get("list")),
        status=_status(value.get("status")),
        family=tuple(value.get("family", ())),
        elsewhere=tuple(value.get("elsewhere", ())),
        service=value.get("service"),
    )


def _handles(value: Mapping[str, Any]) -> Iterator[Handle]:
    """What names a resource: the member that the client chooses, then whatever else refers to it."""
    if "identifier" in value:
        name = value["identifier"]
        yield Handle("name", Source("request", (name,)), (name, *value.get("aliases", ())))
    for item in value.get("handles", ()):
        yield Handle(
            item.get("kind", "id"),
            Source(item.get("side", "answer"), parse_path(item["from"])),
            tuple(item.get("members", ())),
            tuple(item.get("local", ())),
        )


def _reading(value: str | Mapping[str, Any] | None) -> Reading | None:
    if value is None or isinstance(value, str):
        return Reading(value) if value else None
    return Reading(value["operation"], parse_path(value.get("at", "")))


def _listing(value: Mapping[str, Any] | None) -> Listing | None:
    if value is None:
        return None
    return Listing(value["operation"], parse_path(value["items"]), parse_path(value.get("handle", "")))


def _status(value: Mapping[str, Any] | None) -> Status | None:
    if value is None:
        return None
    classes = {name: tuple(value.get(name, ())) for name in STATUS_CLASSES}
    known = tuple(dict.fromkeys(each for values in classes.values() for each in values))
    return Status(
        parse_path(value["path"]), known, classes["settled"], classes["failed"], classes["gone"], classes["creating"],
        classes["updating"], classes["deleting"], classes["moving"],
    )  # fmt: skip


STATUS_CLASSES = ("settled", "failed", "gone", "creating", "updating", "deleting", "moving")


def _hints(value: Mapping[str, Any]) -> RequestHints:
    return RequestHints(_edits(value.get("given", ())), value.get("why", ""), tuple(value.get("after", ())))


def _edits(items: Any) -> tuple[Edit, ...]:
    return tuple(_edit(item) for item in items)


def _edit(item: Mapping[str, Any]) -> Edit:
    action: Literal["set", "fill", "remove", "distinct"] = next(name for name in _ACTIONS if name in item)
    path = parse_path(item[action])
    if action == "distinct" and EACH not in path:
        raise ValueError(f"'distinct' needs a [*] in its path: {item[action]!r}")
    where = item.get("where")
    if where is not None:
        compile_condition(where)
    source = parse_path(item["from"]) if "from" in item else None
    return Edit(action, path, item.get("to"), where, source)


_ACTIONS: tuple[Literal["set", "fill", "remove", "distinct"], ...] = ("set", "fill", "remove", "distinct")


def _step(item: Mapping[str, Any]) -> Step:
    return Step(
        call=item["call"],
        name=item.get("name", item["call"]),
        given=_edits(item.get("given", ())),
        upper=tuple(parse_path(path) for path in item.get("upper", ())),
        fresh=MappingProxyType({name: _edits(edits) for name, edits in item.get("fresh", {}).items()}),
        settle=item.get("settle"),
        repeat=item.get("repeat", 1),
    )


def _rule(value: Mapping[str, Any]) -> Rule:
    expect = value.get("expect", {})
    kind = "rejected-state" if any(name in value for name in ("missing", "law", "story")) else "rejected-validation"
    for condition in (value[name] for name in ("request", "answer", "when", "holds") if name in value):
        compile_condition(condition)
    return Rule(
        id=value["id"],
        operations=tuple(value["operations"]),
        statement=value["statement"],
        source=value["source"],
        enforcement=value["enforcement"],
        evidence=value.get("evidence", ""),
        since=value.get("since"),
        until=value.get("until"),
        request=value.get("request"),
        answer=value.get("answer"),
        missing=value.get("missing"),
        law=value.get("law"),
        story=tuple(_step(item) for item in value.get("story", ())),
        when=value.get("when"),
        holds=value.get("holds"),
        repair=_edits(value.get("repair", ())),
        violations=tuple(
            Violation(item["name"], _edits(item.get("base", ())), _edits(item["broken"]))
            for item in value.get("violations", ())
        ),
        expect=Expectation(
            kind=expect.get("kind", kind),
            codes=tuple(expect.get("codes", ())),
            message=expect.get("message"),
        ),
    )
