"""Writes the differences between two versions of a service as text, Markdown and JSON.

SpecChanges -- changelog_text      a line for each difference, for a terminal
            -- change_page         the structure of the public change pages: names, types and enum values only
            -- changelog_markdown  a table for each method, with what can break whom; for a pull request
            -- changelog_document  everything, as a JSON document
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.specs.changes.impact import impact_of
from conformance.specs.changes.shape_changes import SpecChange, SpecChanges
from conformance.specs.changes.skeleton import SkeletonDiff, pretty_structure
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.values.text import counted

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Method:
    """An operation on a change page: the new or different parts of its request and response."""

    name: str
    state: str
    request: Any
    response: Any


def changed_methods(changes: SpecChanges) -> Iterator[Method]:
    """New, removed and updated operations, in this order.

    Only changes of structure count: an operation with nothing but a changed length is not in the list.
    """
    older, newer = changes.older.service, changes.newer.service
    for name in changes.new:
        (change,) = changes.of(name)
        yield Method(name, "new", change.after["request"] or None, change.after["response"] or None)
    for name in changes.removed:
        yield Method(name, "removed", None, None)
    differ = SkeletonDiff(older, newer)
    for name in changes.updated:
        old, new = older.operations[name], newer.operations[name]
        request = differ.changed(older.input_of(old), newer.input_of(new))
        response = differ.changed(older.output_of(old), newer.output_of(new))
        if request is not None or response is not None:
            yield Method(name, "updated", request, response)


def change_page(changes: SpecChanges) -> str:
    """The changes in the structure of the public change pages."""
    found = list(changed_methods(changes))
    counts = [
        f"{number} {state} api method{'' if number == 1 else 's'}"
        for state in ("new", "removed", "updated")
        if (number := sum(method.state == state for method in found))
    ]
    title = f"{_versions(changes)} - {changes.newer.service.full_name} - {', '.join(counts) or 'no changes'}"
    return "\n\n".join([title, *(_method(method) for method in found)]) + "\n"


def _method(method: Method) -> str:
    lines = [f"{method.name} ({method.state})"]
    for side, structure in (("request", method.request), ("response", method.response)):
        if structure is not None:
            lines += [f"Changes ({side})", pretty_structure(structure)]
    return "\n".join(lines)


def changelog_text(changes: SpecChanges) -> str:
    """The changes with a line for each, for a terminal."""
    lines = [f"{changes.newer.service.name}: {_versions(changes)}", _totals(changes)]
    for state, names in (("new", changes.new), ("removed", changes.removed)):
        if names:
            # The reasons are the same for all of them, and are shown once.
            reasons = _reasons(changes.of(names[0])[0])
            lines += ["", f"{state} methods", *(f"  {name}" for name in names), *reasons]
    for name in ("", *changes.updated):
        found = changes.of(name)
        if found:
            lines += ["", f"{name} (updated)" if name else "the service as a whole"]
            lines += [line for change, more in _folded(found) for line in (_line(change, more), *_reasons(change))]
    return "\n".join(lines) + "\n"


def _line(change: SpecChange, more: int) -> str:
    place = f"{change.section} {change.path}".strip()
    others = f" (and in {_more(more)})" if more else ""
    return f"  {place}: {change_summary(change)}{others}"


def _reasons(change: SpecChange) -> list[str]:
    impact = impact_of(change)
    sides = (("client", impact.breaks_client, impact.client), ("server", impact.breaks_server, impact.server))
    return [f"      an older {who} can break: {why}" for who, breaks, why in sides if breaks]


def _more(number: int) -> str:
    return f"{number} more place{'' if number == 1 else 's'}"


def changelog_markdown(changes: SpecChanges, overlay: Overlay | None = None) -> str:
    """The changes as Markdown: a table for each method, and below it the constraints of new members."""
    lines = [f"# {changes.newer.service.full_name}: {_versions(changes)}", "", _totals(changes)]
    for name in ("", *_names(changes)):
        found = changes.of(name)
        if found:
            lines += ["", f"## {name} ({_state(changes, name)})" if name else "## The service as a whole", ""]
            lines += ["| where | what | older client | older server |", "|---|---|---|---|"]
            lines += [_row(change, more) for change, more in _folded(found)]
            lines += _details(found)
    for state, rules in _rules(changes, overlay).items():
        if rules:
            lines += ["", f"## Rules that {state}", ""]
            lines += [
                f"- `{rule.id}` ({', '.join(rule.operations)}; {rule.enforcement}): {rule.statement}" for rule in rules
            ]
    return "\n".join(lines) + "\n"


def _row(change: SpecChange, more: int) -> str:
    impact = impact_of(change)
    place = change.section + (f" `{change.path}`" if change.path else "")
    cells = (
        place + (f" and {_more(more)}" if more else ""),
        change_summary(change),
        f"{'can break' if impact.breaks_client else 'safe'}: {impact.client}",
        f"{'can break' if impact.breaks_server else 'safe'}: {impact.server}",
    )
    # A bar ends a cell, also in code; patterns have many.
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _details(found: tuple[SpecChange, ...]) -> Iterator[str]:
    for change, _ in _folded(found):
        if change.details:
            what = change.path or change.operation
            yield from ("", f"<details><summary>What holds for {what}</summary>", "")
            yield from (f"- {_code(detail)}" for detail in change.details)
            yield from ("", "</details>")


def _code(value: str) -> str:
    # The text of a model may contain Markdown markup.
    fence = "``" if "`" in value else "`"
    return f"{fence}{value}{fence}"


def _rules(changes: SpecChanges, overlay: Overlay | None) -> dict[str, list[Rule]]:
    older, newer = changes.older.provenance.botocore, changes.newer.provenance.botocore
    rules = overlay.rules if overlay else ()
    return {
        "came": [rule for rule in rules if rule.holds_for(newer) and not rule.holds_for(older)],
        "went": [rule for rule in rules if rule.holds_for(older) and not rule.holds_for(newer)],
    }


def changelog_document(
    changes: SpecChanges, overlay: Overlay | None = None, clauses: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The changes as a JSON document."""
    result: dict[str, Any] = {
        "format": FORMAT,
        "service": changes.newer.service.name,
        "from": _origin(changes.older.provenance),
        "to": _origin(changes.newer.provenance),
        "methods": {"new": list(changes.new), "removed": list(changes.removed), "updated": list(changes.updated)},
        "changes": [_entry(change) for change in changes.changes],
        "rules": {state: [_rule(rule) for rule in rules] for state, rules in _rules(changes, overlay).items()},
    }
    return result if clauses is None else {**result, "clauses": clauses}


def _origin(provenance: Any) -> dict[str, str]:
    return {"botocore": provenance.botocore, "digest": provenance.digest, "source": provenance.source}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "operations": list(rule.operations),
        "statement": rule.statement,
        "enforcement": rule.enforcement,
        "source": rule.source,
    }


def _entry(change: SpecChange) -> dict[str, Any]:
    impact = impact_of(change)
    entry: dict[str, Any] = {
        "operation": change.operation,
        "section": change.section,
        "path": change.path,
        "kind": change.kind,
        "effect": change.effect,
        "before": change.before,
        "after": change.after,
        "words": change_summary(change),
        "client": {"breaks": impact.breaks_client, "why": impact.client},
        "server": {"breaks": impact.breaks_server, "why": impact.server},
    }
    if change.kind == "member":
        entry["required"] = change.required
    if change.details:
        entry["constraints"] = list(change.details)
    return entry


# ---------------------------------------------------------------- summaries

_Words = Callable[[SpecChange], str]

_WORDS: dict[tuple[str, str], _Words] = {
    ("member", "adds"): lambda change: f"new {'required ' if change.required else ''}member, {_kind(change)}",
    ("member", "removes"): lambda change: f"{'required ' if change.required else ''}member is gone",
    ("choice", "adds"): lambda change: f"new choice of the union, {_kind(change)}",
    ("choice", "removes"): lambda _: "choice of the union is gone",
    ("operation", "adds"): lambda _: "new",
    ("operation", "removes"): lambda _: "gone",
    ("error", "adds"): lambda change: f"new error{_traits(change.after)}",
    ("error", "removes"): lambda _: "error is no longer declared",
    ("required", "narrows"): lambda _: "required now",
    ("required", "widens"): lambda _: "no longer required",
    ("pattern", "none"): lambda _: "pattern written otherwise, with the same meaning",
    ("protocols", "adds"): lambda change: f"protocol {change.after} came",
    ("protocols", "removes"): lambda change: f"protocol {change.before} went",
}


def change_summary(change: SpecChange) -> str:
    """A change in a few words."""
    found = _WORDS.get((change.kind, change.effect))
    if found:
        return found(change)
    if change.kind == "enum" and (change.before is None or change.after is None):
        return _enum(change)
    if isinstance(change.after, bool) and isinstance(change.before, bool):
        return change.kind if change.after else f"no longer {change.kind}"
    return f"{change.kind} {_value(change.before)} -> {_value(change.after)}"


def _enum(change: SpecChange) -> str:
    if change.effect == "widens":
        return f"values added: {', '.join(change.after)}" if change.after else "any value, no longer an enum"
    return f"values gone: {', '.join(change.before)}" if change.before else f"only {', '.join(change.after)} now"


def _kind(change: SpecChange) -> str:
    if isinstance(change.after, list) and change.type == "list":
        inner = change.after[0]
        return f"list of {'objects' if isinstance(inner, dict) else 'lists' if isinstance(inner, list) else inner}"
    return f"one of {change.after}" if " | " in str(change.after) and change.type == "string" else change.type


def _traits(traits: Any) -> str:
    return f" (HTTP {traits['status']})" if traits and "status" in traits else ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return "none" if value is None else str(value)


def _versions(changes: SpecChanges) -> str:
    return f"botocore {changes.older.provenance.botocore} -> {changes.newer.provenance.botocore}"


def _totals(changes: SpecChanges) -> str:
    return f"{len(changes.new)} new, {len(changes.removed)} removed, {counted(len(changes.updated), 'updated method')}"


def _names(changes: SpecChanges) -> list[str]:
    return [*changes.new, *changes.removed, *changes.updated]


def _state(changes: SpecChanges, name: str) -> str:
    return "new" if name in changes.new else "removed" if name in changes.removed else "updated"


def _folded(found: tuple[SpecChange, ...]) -> Iterator[tuple[SpecChange, int]]:
    """Each change once, with the number of other places on the same side of the operation that have the same change."""
    groups: dict[str, list[SpecChange]] = {}
    for change in found:
        last = change.path.rpartition("/")[2]
        key = (change.section, last, change.kind, change.effect, change.required, change.before, change.after)
        groups.setdefault(json.dumps(key, default=str), []).append(change)
    return ((group[0], len(group) - 1) for group in groups.values())
