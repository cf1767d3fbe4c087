"""What an update of botocore touches of a contract, for a terminal and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.contracts.contract_changes import TouchedUse
from conformance.values.text import one_line

FORMAT = 1


def changes_text(older: str, newer: str, touched: Sequence[TouchedUse]) -> str:
    """A line for each difference, breaking ones first, and below it what it means for the application."""
    breaking = [each for each in touched if each.is_breaking]
    versions = f"botocore {older} -> {newer}"
    if not touched:
        return f"{versions}: nothing that the contract uses is different\n"
    differences = "1 difference" if len(touched) == 1 else f"{len(touched)} differences"
    lines = [f"{versions}: {differences} in what the contract uses, {len(breaking)} of them breaking"]
    for title, found in (("breaking", breaking), ("others", [each for each in touched if not each.is_breaking])):
        if found:
            lines += ["", title, *(line for same in _folded(found) for line in _lines(same))]
    return "\n".join(lines) + "\n"


def _folded(found: Sequence[TouchedUse]) -> Iterator[list[TouchedUse]]:
    """What is the same at several operations of a service, together."""
    groups: dict[tuple[str, ...], list[TouchedUse]] = {}
    for each in found:
        groups.setdefault((each.service, each.place, each.what, each.why), []).append(each)
    yield from groups.values()


def _lines(same: list[TouchedUse]) -> Iterator[str]:
    each, more = same[0], len(same) - 1
    name = f"{each.service}:{each.operation}" if each.operation else each.service
    others = f" (and in {more} more operation{'s' if more > 1 else ''})" if more else ""
    yield f"  {name}  {each.place}: {one_line(each.what)}{others}"
    yield f"      {each.why}" + (f" ({_tests(each.tests)} the operation)" if each.tests else "")


def _tests(count: int) -> str:
    return "1 test calls" if count == 1 else f"{count} tests call"


def changes_document(older: str, newer: str, touched: Sequence[TouchedUse]) -> dict[str, Any]:
    """Everything, as a JSON document."""
    return {
        "format": FORMAT,
        "from": older,
        "to": newer,
        "breaking": sum(each.is_breaking for each in touched),
        "changes": [
            {
                "service": each.service,
                "operation": each.operation,
                "section": each.change.section,
                "path": each.change.path,
                "kind": each.change.kind,
                "effect": each.change.effect,
                "before": each.change.before,
                "after": each.change.after,
                "breaking": each.is_breaking,
                "what": each.what,
                "why": each.why,
                "tests": each.tests,
            }
            for each in touched
        ],
    }
