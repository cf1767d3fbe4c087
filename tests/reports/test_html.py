"""The HTML page: whole, safe, small, the same each time."""

from __future__ import annotations

import html.parser
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.record.rows import Record
from conformance.reports import html as page
from conformance.reports.report_options import Options

Parts = Mapping[str, Callable[..., Any]]


class Page(html.parser.HTMLParser):
    """What a browser would make of the text: elements with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "img", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_it_says_what_a_reader_needs(record: Record) -> None:
    text = Page(page.render_html(record)).text
    for piece in (
        "Conformance of moto 5.2.5",
        "older than the installed botocore 1.44.5",
        "sha256:000000000000",
        "12.3 s, 456 requests",
        "L2 of L5",
        "not implemented",
        "validates-nothing",
        "2 of 2 broken constraints accepted",
        "EndpointName matches ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        "model: botocore 1.40.0",
        '"EndpointName": "bad name!"',
        "KeyError: 'ModelName'",
        "<h1>It works!</h1>",
        "0000 80 81 82 83",
        "aws sagemaker create-endpoint",
        "client.create_endpoint",
        "curl -sS",
    ):
        assert piece in text, piece
    assert "did not finish" not in text


def test_folded_findings_are_inside_their_group(record: Record) -> None:
    elements = Page(page.render_html(record)).elements
    articles = [attrs for tag, attrs in elements if tag == "article"]
    folded = [attrs for tag, attrs in elements if "folded-finding" in (attrs.get("class") or "")]
    assert [attrs["id"] for attrs in articles] == [f"f-{number:016x}" for number in (1, 4, 5, 6)]
    assert {attrs["id"] for attrs in folded} == {f"f-{number:016x}" for number in (2, 3)}
    assert [attrs["data-severity"] for attrs in articles] == ["error", "error", "warning", "info"]


def test_a_cut_off_run_is_said(written: Callable[[list[dict[str, Any]]], Record], lines: list[dict[str, Any]]) -> None:
    assert "This run did not finish" in Page(page.render_html(written(lines[:-1]))).text


@pytest.mark.parametrize(
    ("ended", "result"), [("interrupted", "was interrupted"), ("target-lost", "stopped answering"), ("complete", None)]
)
def test_how_a_run_ended_is_said(
    written: Callable[[list[dict[str, Any]]], Record], lines: list[dict[str, Any]], ended: str, result: str | None
) -> None:
    warnings = re.findall(r"<li>(.*?)</li>", page.render_html(written([*lines[:-1], {**lines[-1], "ended": ended}])))
    assert any(result in text for text in warnings) if result else not any("ended" in text for text in warnings)


def test_the_same_record_gives_the_same_page(record: Record) -> None:
    assert page.render_html(record) == page.render_html(record)


def test_nothing_is_loaded_from_anywhere(record: Record) -> None:
    text = page.render_html(record)
    for tag, attrs in Page(text).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base"), tag
        assert not {"src", "srcset", "background", "style"} & set(attrs), (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")]
        assert (attrs.get("href") or "#").startswith("#")
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert "url(" not in text


def test_hostile_text_stays_text(hostile: Record, record: Record, evil: str) -> None:
    text = page.render_html(hostile)
    found, plain = Page(text), Page(page.render_html(record))
    assert {tag for tag, _ in found.elements} == {tag for tag, _ in plain.elements}
    assert sum(tag == "script" for tag, _ in found.elements) == 2
    assert not [tag for tag, attrs in found.elements for name in attrs if name.startswith("on")]
    assert "<script>alert(1)" in found.text
    assert "{{7*7}}" in found.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    data = next(part for part in found.scripts if part.startswith('{"verdicts"'))
    assert "<" not in data
    assert any(evil in row[0] for row in json.loads(data)["rows"])


@pytest.mark.slow
def test_every_id_is_there_once_and_every_tab_has_its_panel(record: Record, huge: Record) -> None:
    for sample in (record, huge):
        elements = Page(page.render_html(sample)).elements
        ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        controlled = [attrs["aria-controls"] for _, attrs in elements if "aria-controls" in attrs]
        assert set(controlled) <= set(ids)


def test_findings_with_one_fingerprint_are_all_there(
    written: Callable[[list[dict[str, Any]]], Record], parts: Parts
) -> None:
    rows = [
        parts["finding"](7, "CreateModel", f"input/A{number}#max", fingerprint=evil)
        for number in range(3)
        for evil in ("ab", "a b")
    ]
    elements = Page(page.render_html(written([parts["header"](), *rows]))).elements
    ids = [attrs["id"] for tag, attrs in elements if tag == "article"]
    assert len(set(ids)) == 6


def test_an_empty_record_has_a_page(written: Callable[[list[dict[str, Any]]], Record], parts: Parts) -> None:
    text = Page(page.render_html(written([parts["header"]()]))).text
    assert "No findings" in text
    assert "did not finish" in text


def test_a_record_with_nothing_in_it(record: Record) -> None:
    assert "Conformance of" in page.render_html(Record(replace(record.header, services=())))


def test_known_findings_are_marked(record: Record) -> None:
    text = Page(page.render_html(record, Options(known={f"{4:016x}": "reported upstream"}))).text
    assert "known" in text
    assert "reported upstream" in text


def test_findings_beyond_the_limit_are_counted(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_FINDINGS", 5)
    text = Page(page.render_html(record)).text
    assert "... and 1 more findings" in text
    assert text.count("accepts-invalid") == 1


def test_evidence_beyond_the_limit_is_left_out(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_EVIDENCE_BYTES", 1)
    text = Page(page.render_html(record)).text
    assert text.count("The exchange is in the record; this page leaves it out") == 5
    assert "conformance replay record.jsonl sagemaker:ListEndpoints/valid/smallest" in text


def test_reasons_for_clauses_that_were_not_tested(record: Record) -> None:
    text = Page(page.render_html(record)).text
    assert "1 unreached: no answer within 10 s" in text
    assert "1 errored: the decoder gave up" in text


@pytest.mark.slow
def test_a_huge_record_stays_small(huge: Record) -> None:
    text = page.render_html(huge)
    assert len(text.encode()) < 15_000_000
    assert "x" * 5000 not in text
    data = next(part for part in Page(text).scripts if part.startswith('{"verdicts"'))
    assert len(json.loads(data)["rows"]) == 20_000
