"""Parts of a run add up to the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest

from conformance.exceptions import BadSelection
from conformance.record.combination import combine
from conformance.record.rows import Record
from conformance.record.schema import schema
from conformance.record.writer import as_line
from conformance.reports import formats

Lines = list[dict[str, Any]]
Parts = Mapping[str, Callable[..., Any]]
Written = Callable[[Lines], Record]


def test_parts_add_up(written: Written, record: Record, parts: Parts) -> None:
    other = [
        parts["header"](started="2026-11-20T09:00:00Z"),
        parts["finding"](4, "CreateModel", "input/ModelName#required", code="crash", count=2),
        parts["finding"](9, "ListModels", "output#type", severity="info"),
        parts["verdict"]("CreateEndpoint", "input/EndpointName#required", "failed", None, "other"),
        parts["verdict"]("DeleteEndpoint", "output#type", "passed", None, "late"),
        parts["verdict"]("UpdateEndpoint", "input/EndpointName#min", "unreached", "no base"),
        parts["operation"]("DeleteEndpoint", "L3", "L5", accepted=2),
    ]
    whole = combine([record, written([*other, parts["footer"](other, ended="interrupted")])])
    assert whole.header.started == "2026-11-20T09:00:00Z"
    assert len(whole.header.services) == 1
    verdicts = {row.clause.partition(":")[2]: row for row in whole.verdicts}
    assert len(verdicts) == 10
    assert verdicts["CreateEndpoint/input/EndpointName#required"].verdict == "failed"
    assert verdicts["DeleteEndpoint/output#type"].verdict == "passed"
    assert verdicts["DeleteEndpoint/output#type"].cases == ("late", "sagemaker:DeleteEndpoint/valid/smallest")
    assert verdicts["UpdateEndpoint/input/EndpointName#min"].reason == "no base"
    counts = {row.fingerprint[-1]: row.count for row in whole.findings}
    assert counts == {"1": 3, "2": 3, "3": 3, "4": 5, "5": 3, "6": 3, "9": 3}
    (deleted,) = [row for row in whole.operations if row.operation == "DeleteEndpoint"]
    assert (deleted.level, deleted.outcomes) == ("L3", {"unreachable": 1, "accepted": 2})
    assert whole.footer is not None
    assert whole.footer.ended == "interrupted"
    assert whole.footer.requests == 912
    assert whole.footer.verdicts == {"passed": 1, "failed": 7, "errored": 1, "unreached": 1, "skipped": 0}
    validator = jsonschema.Draft202012Validator(schema())
    for row in whole.rows():
        validator.validate(as_line(row))
    for name in formats.FORMATS:
        assert formats.render(name, whole)


def test_one_part_that_is_cut_off_cuts_the_whole(written: Written, lines: Lines, record: Record) -> None:
    whole = combine([record, written(lines[:-1])])
    assert whole.truncated
    assert whole.footer is None


def test_only_records_of_one_target_combine(written: Written, parts: Parts, record: Record) -> None:
    other = written([parts["header"](target={"kind": "http", "identity": "another"})])
    with pytest.raises(BadSelection, match="different targets: another, moto"):
        combine([record, other])
    with pytest.raises(BadSelection, match="no records"):
        combine([])
    assert combine([record]) is record
