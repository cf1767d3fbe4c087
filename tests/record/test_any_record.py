"""Whatever stands in a record: it is refused with a clear error, or every report can be written of it."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rich.console import Console

from conformance.exceptions import BadFile
from conformance.record.combination import combine
from conformance.record.reader import read
from conformance.reports import formats
from conformance.reports.terminal import terminal_report

ODD: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("nan"), "", "x", "\ud800", "L9", "<b>", "@x", [], [None], [[]], [["a"]],
    ["x"], {}, {"a": None}, {"$base64": "!"}, {"body_base64": "a"}, {"headers": {"a": "b"}},
]  # fmt: skip


def _with_a_scenario(lines: list[dict[str, Any]], parts: Mapping[str, Callable[..., Any]]) -> list[dict[str, Any]]:
    """The lines with a scenario of which each step has everything that a step may have, and what it shows."""
    identity = "sagemaker:DeleteEndpoint/scenario/removal/Endpoint"
    steps = []
    for label, operation in (
        ("create", "CreateEndpoint"),
        ("after", "DescribeEndpoint"),
        ("after", "DescribeEndpoint"),
    ):
        step = parts["step"]("case", operation, {"EndpointName": "e-1"})
        bound = [{"path": "EndpointName", "resource": "Endpoint", "side": "answer", "source": "Names[0].Name"}]
        more = {"makes": "Endpoint"} if label == "create" else {"bound": bound, "state": "Deleting", "code": "Odd"}
        steps.append({**step, "label": label, **more})
    case = parts["case"](identity, "DeleteEndpoint", steps, intent="scenario", resource="Endpoint")
    clause = {"clause": "sagemaker:Endpoint/lifecycle#Deleting->gone", "case": identity, "where": "Endpoints[0].Name"}
    findings = [parts["finding"](number, "DeleteEndpoint", "x#y", **clause) for number in (71, 72)]
    return [*lines[:-1], case, *findings, lines[-1]]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _changed(lines: list[dict[str, Any]], path: tuple[Any, ...], odd: Any, *, remove: bool) -> list[Any]:
    changed: Any = copy.deepcopy(lines)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = odd
    return list(changed)


@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_record_is_refused_or_rendered(
    lines: list[dict[str, Any]], parts: Mapping[str, Callable[..., Any]], tmp_path: Path, data: st.DataObject
) -> None:
    changed: list[Any] = _with_a_scenario(lines, parts)
    for _ in range(data.draw(st.integers(1, 3))):
        places = [path for path in _places(changed) if path]
        path = data.draw(st.sampled_from(places))
        changed = _changed(changed, path, data.draw(st.sampled_from(ODD)), remove=data.draw(st.booleans()))
    place = tmp_path / "any.jsonl"
    place.write_text("\n".join(json.dumps(line) for line in changed), "utf-8")
    try:
        record = read(place)
    except BadFile:
        return
    for name in formats.FORMATS:
        formats.render(name, record).encode("utf-8")
    console = Console(file=io.StringIO(), width=80)
    console.print(terminal_report(record), crop=False)
    combine([record, record])
