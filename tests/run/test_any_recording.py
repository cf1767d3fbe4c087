"""Whatever stands in a recording or a baseline: it is refused with the place of the mistake, or read and judged."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exceptions import BadFile
from conformance.exchanges.recordings.recording_file import read_recording
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import parse_selection
from conformance.record.writer import as_line
from conformance.reports import baselines
from conformance.run import OperationStarted, judge_recording

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1e20,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "2024-13-45",
    "<b>",
    [],
    [[]],
    [None],
    ["x"],
    {},
    {"a": None},
    {"Code": 5},
    {"": {"": {}}},
]

TABLE = {"TableName": "t", "TableStatus": "ACTIVE", "CreationDateTime": 1.5, "KeySchema": [{"AttributeName": "a"}]}
LINES: list[dict[str, Any]] = [
    {"operation": "DescribeTable", "http_status": 200, "output": {"Table": TABLE}},
    {"operation": "DescribeTable", "http_status": 400, "error": {"Code": "ResourceNotFoundException", "Message": "m"}},
    {"operation": "ListTables", "http_status": 200, "headers": {"x-amzn-requestid": "1"}, "output": {"TableNames": []}},
]
ENTRIES = [{"clause": "a:B/input/C#enum", "reason": "known"}, {"fingerprint": "0" * 16, "reason": "known", "link": "x"}]

any_example = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@functools.cache
def plan() -> Plan:
    return plan_of(parse_selection(["dynamodb:DescribeTable,ListTables"]))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """A document in which one to three places are something else, or missing."""
    found = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(found)) or [()]))
        parent = found
        for key in path[:-1]:
            parent = parent[key]
        if path and draw(st.booleans()):
            parent[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif path:
            del parent[path[-1]]
    return found


@contextlib.contextmanager
def refusal_naming(path: Path) -> Iterator[None]:
    """Accepts that a file is refused, if the error says which."""
    try:
        yield
    except BadFile as refused:
        if str(path) not in str(refused):
            raise


@any_example
@given(lines=changed([{"service": "dynamodb", **line} for line in LINES]), cut=st.integers(0, 40))
def test_any_recording_is_refused_or_judged(tmp_path: Path, lines: Any, cut: int) -> None:
    path = tmp_path / "answers.jsonl"
    text = "\n".join(json.dumps(line) for line in lines)
    path.write_text(text[: len(text) - cut if cut > 30 else None], "utf-8")
    with refusal_naming(path):
        rows = list(judge_recording(plan(), read_recording(path), "any"))
        assert rows
        for row in rows:
            if not isinstance(row, OperationStarted):
                json.dumps(as_line(row), default=str)


@any_example
@given(entries=changed(ENTRIES), wrapped=st.booleans())
def test_any_baseline_is_refused_or_read(tmp_path: Path, entries: Any, wrapped: bool) -> None:
    path = tmp_path / "known.yaml"
    content = yaml.safe_dump({"known": entries} if wrapped else entries, allow_unicode=False)
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with refusal_naming(path):
        baseline = baselines.load(path)
        assert len(baseline.entries) == len(entries)
        assert baselines.match_findings([], baseline).new == ()
