"""Reads overlay files: YAML, checked against `overlay.schema.json`, to the types of `entries.py`.

    specs/<service>/<api-version>/overlay.yaml --yaml, schema--> document --parse--> Overlay

The schema lies beside this module and is the format's public definition. A key that it does not know is refused, with
the key that was probably meant.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from conformance.exceptions import BadFile, UsageError, near
from conformance.specs.overlay.entries import Expectation, Overlay, RequestHints, Rule, Step, Unchecked, Violation
from conformance.specs.resources.resource import Handle, Listing, Reading, Resource, Source, Status
from conformance.values import paths
from conformance.values.conditions import compile_condition
from conformance.values.paths import EACH, Edit, parse_path
from conformance.values.text_formats import NotADocument, yaml_document

if TYPE_CHECKING:
    import jsonschema


@functools.lru_cache(maxsize=1)
def overlay_schema() -> Mapping[str, Any]:
    """The JSON Schema of overlay files."""
    text = (Path(__file__).parent / "overlay.schema.json").read_text(encoding="utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


def load_overlay(path: Path, *, is_checked: bool = False) -> Overlay:
    """The overlay in a file; raises BadFile if it cannot be read or is not an overlay.

    One that `is_checked` is not held against the schema: that takes longer than all else, and a test has done it for
    those that are shipped.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem
    return _overlay(path, content, is_checked)


# To check the largest one against its schema takes longer than everything else that is loaded with it.
@functools.lru_cache(maxsize=4)
def _overlay(path: Path, content: bytes, is_checked: bool) -> Overlay:
    try:
        document = yaml_document(content)
    except NotADocument as problem:
        raise BadFile(path, str(problem)) from problem
    broken = None if is_checked else _schema_problem(document)
    if broken is not None:
        what, hint = broken
        raise BadFile(path, what, hint=hint)
    try:
        return parse_overlay(document)
    except ValueError as problem:
        raise BadFile(path, str(problem)) from problem


# Words of earlier drafts of the format, and words of other tools, with the key that has their meaning here.
_KEY_SYNONYMS = {
    "after": "depends_on", "elsewhere": "unrelated_in", "family": "operations", "given": "edits", "holds": "assert",
    "law": "refines", "local": "operation_members", "missing": "must_exist", "settle": "wait_for", "story": "steps",
    "upper": "upper_case", "when": "assume",
}  # fmt: skip


def _schema_problem(document: Any) -> tuple[str, str] | None:
    """The first place where a document breaks the schema, and a hint; unknown keys come first. None if it is valid."""
    import jsonschema  # takes a tenth of a second

    errors = sorted(jsonschema.Draft202012Validator(overlay_schema()).iter_errors(document), key=_unknown_keys_first)
    if not errors:
        return None
    where = errors[0].json_path
    for key, known in _unknown_keys(errors[0]):
        meant = [_KEY_SYNONYMS[key]] if _KEY_SYNONYMS.get(key) in known else near(key, known)
        hint = f"did you mean {' or '.join(repr(each) for each in meant)}?" if meant else _SEE_SCHEMA
        return f"{where}: unknown key {key!r}", hint
    return f"{where}: {errors[0].message}", _SEE_SCHEMA


_SEE_SCHEMA = "see overlay.schema.json"


def _unknown_keys_first(error: jsonschema.ValidationError) -> tuple[bool, str]:
    return not any(_unknown_keys(error)), error.json_path


def _unknown_keys(error: jsonschema.ValidationError) -> Iterator[tuple[str, Collection[str]]]:
    """The keys that an object may not have, each with those that it may have."""
    if error.validator == "additionalProperties" and error.validator_value is False:
        part, found = cast("Any", error.schema), cast("Any", error.instance)
        known = part["properties"]
        yield from ((str(key), known) for key in found if key not in known)


def parse_overlay(document: Mapping[str, Any]) -> Overlay:
    """The overlay of a document that keeps the schema; raises ValueError for a path or condition that is malformed."""
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


def parse_rule(service: str, entry: Mapping[str, Any]) -> Rule:
    """One rule, spelled as an overlay file spells it; raises UsageError that names the key."""
    document = {"format": 1, "service": service, "rules": [entry]}
    broken = _schema_problem(document)
    if broken is not None:
        raise UsageError(f"the rule of {service}: {broken[0].removeprefix('$.rules[0]').lstrip('.: ')}", hint=broken[1])
    try:
        return parse_overlay(document).rules[0]
    except ValueError as problem:
        raise UsageError(f"the rule of {service}: {problem}") from problem


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
        operations=tuple(value.get("operations", ())),
        unrelated_in=tuple(value.get("unrelated_in", ())),
        service=value.get("service"),
    )


def _handles(value: Mapping[str, Any]) -> Iterator[Handle]:
    """The handles of a resource: the name that its client chooses first, then the others."""
    if "identifier" in value:
        name = value["identifier"]
        yield Handle("name", Source("request", (name,)), (name, *value.get("aliases", ())))
    for item in value.get("handles", ()):
        yield Handle(
            item.get("kind", "id"),
            Source(item.get("side", "answer"), parse_path(item["from"])),
            tuple(item.get("members", ())),
            tuple(item.get("operation_members", ())),
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
        classes["updating"], classes["deleting"], classes["moving"], waiting=classes["waiting"],
    )  # fmt: skip


STATUS_CLASSES = ("settled", "failed", "gone", "creating", "updating", "deleting", "moving", "waiting")


def _hints(value: Mapping[str, Any]) -> RequestHints:
    created_with = {name: _edits(edits) for name, edits in value.get("created_with", {}).items()}
    return RequestHints(
        _edits(value.get("edits", ())),
        value.get("why", ""),
        tuple(value.get("depends_on", ())),
        created_with,
        _keys(value.get("keys", {})),
    )


def _keys(value: Mapping[str, str]) -> Mapping[paths.Path, str]:
    return MappingProxyType({parse_path(path): name for path, name in value.items()})


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
        edits=_edits(item.get("edits", ())),
        upper_case=tuple(parse_path(path) for path in item.get("upper_case", ())),
        fresh=MappingProxyType({name: _edits(edits) for name, edits in item.get("fresh", {}).items()}),
        wait_for=item.get("wait_for"),
        repeat=item.get("repeat", 1),
        refused=item.get("refused", False),
        keys=_keys(item.get("keys", {})),
    )


def _rule(value: Mapping[str, Any]) -> Rule:
    expect = value.get("expect", {})
    about_state = any(name in value for name in ("must_exist", "refines", "steps"))
    kind = "rejected-state" if about_state else "rejected-validation"
    for condition in (value[name] for name in ("request", "answer", "assume", "assert") if name in value):
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
        must_exist=value.get("must_exist"),
        refines=tuple(value.get("refines", ())),
        steps=tuple(_step(item) for item in value.get("steps", ())),
        assumption=value.get("assume"),
        assertion=value.get("assert"),
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
