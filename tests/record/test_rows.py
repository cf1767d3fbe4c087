"""The rows are the only definition of the format: schema, reader and writer agree on every row, and older ones fit."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exceptions import BadFile
from conformance.record import schema
from conformance.record.annotations import FieldForm, Rule, forms, split
from conformance.record.json_form import BadValue, parsed, plain
from conformance.record.reader import read, row_of
from conformance.record.rows import ROWS, Finding, Row, Verdict, fingerprint_of
from conformance.record.steps import RecordedRequest, RecordedResponse
from conformance.record.writer import RecordWriter, as_line
from conformance.reports import formats

OLDER = Path(__file__).with_name("record_of_0_1_0.jsonl")

VALIDATOR = jsonschema.Draft202012Validator(schema.schema())

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
SCALARS: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(0, 2**40),
    float: st.floats(0, 1e6),
    Any: JSON,
}
HEADERS = st.dictionaries(st.sampled_from(["Content-Type", "x-amzn-requestid", "\u00e9"]), TEXTS, max_size=2)


def values(hint: Any, rule: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values of an annotation that keep the rules of the schema."""
    annotation, extras = split(hint)
    rule = next((extra.keywords for extra in extras if isinstance(extra, Rule)), rule)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if "pattern" in rule:
        found: st.SearchStrategy[Any] = st.from_regex(rule["pattern"].replace("$", r"\Z"))
        return found if origin is None else st.none() | found
    if isinstance(annotation, type) and hasattr(annotation, "__dataclass_fields__"):
        return rows(annotation)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in arguments if each is not type(None))
        return st.none() | values(inner, rule)
    if origin is tuple and arguments[-1] is ...:
        return st.lists(values(arguments[0], {}), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(each, {}) for each in arguments))
    if origin is not None:
        return st.dictionaries(values(arguments[0], {}), values(arguments[1], {}), max_size=2)
    if "minimum" in rule or "minLength" in rule:
        return SCALARS[annotation].filter(lambda value: value if rule.get("minimum") != 0 else True)
    return SCALARS[annotation]


def field_values(row: type, form: FieldForm) -> st.SearchStrategy[Any]:
    if form.name == "headers":
        return HEADERS
    if row in (RecordedRequest, RecordedResponse) and form.name in ("body_digest", "body_size"):
        return st.none()  # they come together
    return values(form.annotation, form.rule)


def rows(row: type) -> st.SearchStrategy[Any]:
    """Rows of a dataclass; a verdict that was not judged has a reason."""
    found = st.builds(row, **{form.name: field_values(row, form) for form in forms(row)})
    if row is Verdict:
        return found.filter(lambda verdict: verdict.verdict in ("passed", "failed") or bool(verdict.reason))
    return found


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_row_is_a_valid_line_and_the_line_is_the_row(name: str, data: st.DataObject) -> None:
    row: Row = data.draw(rows(ROWS[name]))
    line = json.loads(json.dumps(as_line(row)))
    assert [error.message for error in VALIDATOR.iter_errors(line)] == []
    assert row_of(line) == row
    assert next(iter(line)) == "type"


def test_the_published_schema_is_the_generated_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.generated())
    published = Path(schema.__file__).with_name(schema.FILE).read_text("utf-8")
    assert published == schema.written(), "run: python -m conformance.record.schema"


def test_what_a_line_may_leave_out_may_be_missing_and_the_rest_may_not() -> None:
    line = {"clause": "s:O/x#y", "verdict": "passed"}
    assert parsed(Verdict, line) == Verdict("s:O/x#y", "passed")
    for name in line:
        with pytest.raises(BadValue, match=f"'{name}' is missing"):
            parsed(Verdict, {key: value for key, value in line.items() if key != name})


def test_fields_that_are_left_out_are_not_written() -> None:
    assert plain(RecordedResponse(200)) == {"status": 200, "headers": {}}
    assert plain(RecordedResponse(200, body="")) == {"status": 200, "headers": {}, "body": ""}


# Words that no vocabulary has, by type of line and field; each in a line that is right otherwise.
UNKNOWN_WORDS = [
    ("verdict", "verdict", "banana"),
    ("verdict", "verdict", ["passed"]),
    ("finding", "severity", "fatal"),
    ("operation", "level", "L9"),
    ("operation", "outcomes", {"melted": 1}),
    ("case", "intent", "evil"),
    ("case", "outcome", "exploded"),
    ("footer", "ended", "somehow"),
    ("footer", "code", "bored"),
    ("header", "format", True),
]


@pytest.mark.parametrize(("kind", "field", "word"), UNKNOWN_WORDS)
def test_a_word_that_the_format_does_not_know_is_refused_with_its_line(
    tmp_path: Path, lines: list[dict[str, Any]], kind: str, field: str, word: Any
) -> None:
    number = next(number for number, line in enumerate(lines) if line["type"] == kind)
    lines[number][field] = word
    path = tmp_path / "edited.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    with pytest.raises(BadFile) as caught:
        read(path)
    shown = next(iter(word)) if isinstance(word, dict) else word
    for part in (str(path), f"line {number + 1}, {kind}", f"'{field}", f"{shown!r}"):
        assert part in caught.value.message
    assert not VALIDATOR.is_valid(lines[number])


def test_a_record_of_version_0_1_0_is_read_and_reported() -> None:
    record = read(OLDER)
    assert not record.truncated
    assert (len(record.cases), len(record.findings), len(record.verdicts), len(record.operations)) == (22, 4, 31, 3)
    assert record.footer is not None
    assert (record.footer.ended, record.footer.code, record.footer.requests) == ("complete", None, 45)
    steps = record.cases["sqs:DeleteQueue/scenario/removal/Queue"].steps
    assert [step.label for step in steps if step.label][:2] == ["create", "before"]
    for name in formats.FORMATS:
        assert formats.render(name, record)


def test_a_record_of_version_0_1_0_loses_nothing_when_it_is_written_again(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "again.jsonl") as writer:
        for row in read(OLDER).rows():
            writer.write(row)
    before, after = (
        {json.dumps(line, sort_keys=True) for line in map(json.loads, path.read_text("utf-8").splitlines())}
        for path in (OLDER, tmp_path / "again.jsonl")
    )
    added = {json.dumps({**json.loads(line), "steps": []}, sort_keys=True) for line in before if '"finding"' in line}
    assert after - added <= before
    assert len(after) == len(before)


def test_findings_of_a_run_have_the_fingerprint_of_their_clause_and_code() -> None:
    findings = read(OLDER).findings
    assert findings
    assert all(row.fingerprint == fingerprint_of(row.clause, row.code) for row in findings)
    assert isinstance(findings[0], Finding)
