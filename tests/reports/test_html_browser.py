"""The HTML page in a browser: filters, tabs, links and theme work; nothing is complained of, nothing is loaded.

A driver script is added to a copy of the page (and its digest to the page's policy), does what a person would do, and
leaves what it saw in the document, which chromium prints.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.record.rows import Record
from conformance.reports import html as page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]

DRIVER = """
(async () => {
  const seen = { errors: [], violations: [] };
  window.addEventListener("error", (event) => seen.errors.push(String(event.message)));
  window.addEventListener("securitypolicyviolation", (event) => seen.violations.push(event.violatedDirective));
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const visible = (selector) => all(selector).filter((element) => !element.hidden).length;
  const state = () => ({
    status: $("#status").textContent, findings: visible(".finding"), folded: visible(".folded-finding"),
    operations: visible("#operations-body tr"), clauses: visible("#clauses-body tr"),
  });
  const change = (element, value) => {
    if (element.type === "checkbox") element.checked = value; else element.value = value;
    element.dispatchEvent(new Event(element.type === "search" ? "input" : "change", { bubbles: true }));
  };
  const box = (name, value) => $(`input[name=${name}][value=${value}]`);
  try {
    STEPS
  } catch (problem) {
    seen.errors.push(String(problem.stack || problem));
  }
  seen.resources = performance.getEntriesByType("resource").map((entry) => entry.name);
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
})();
"""


def _drive(text: str, steps: str, place: Path, fragment: str = "") -> dict[str, Any]:
    script = DRIVER.replace("STEPS", steps)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert text.count("script-src ") == 1
    driven = text.replace("script-src ", f"script-src 'sha256-{digest}' ").replace(
        "</body>", f"<script>{script}</script></body>"
    )
    path = place / "page.html"
    path.write_text(driven, "utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        f"--user-data-dir={place / 'profile'}", "--enable-logging=stderr", "--virtual-time-budget=20000",
        "--dump-dom", f"file://{path}{fragment}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    seen: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert seen["errors"] == []
    assert seen["violations"] == []
    assert seen["resources"] == []
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return seen


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<p style="color: red">styled</p>',
        '<a id="odd" onclick="1">x</a>',
        "<script>window.planted = 1</script>",
    ],
)
def test_what_must_not_be_there_would_be_noticed(record: Record, tmp_path: Path, planted: str) -> None:
    text = page.render_html(record).replace("<main>", f"<main>{planted}")
    with pytest.raises(AssertionError, match=r"violations|CONSOLE|127\.0\.0\.1:9|.-src"):
        _drive(text, 'if ($("#odd")) $("#odd").click(); await wait(200);', tmp_path)


def test_filters(record: Record, tmp_path: Path) -> None:
    seen = _drive(
        page.render_html(record),
        """
        seen.start = state();
        change($("#operation"), "sagemaker:CreateModel"); seen.operation = state();
        change($("#operation"), "");
        change(box("severity", "error"), false); seen.mild = state();
        change(box("severity", "error"), true);
        for (const verdict of ["passed", "errored", "unreached", "skipped"]) change(box("verdict", verdict), false);
        seen.failed = state();
        $("#reset").click(); seen.reset = state();
        change($("#search"), "endpointconfigname PATTERN"); await wait(400); seen.search = state();
        change($("#search"), "nothing like this"); await wait(400); seen.nothing = state();
        seen.said = [$("#no-findings").hidden, $("#no-clauses").hidden];
        """,
        tmp_path,
    )
    assert seen["start"] == {
        "status": "Showing 6 of 6 findings, 10 of 10 clauses",
        "findings": 4,
        "folded": 2,
        "operations": 7,
        "clauses": 10,
    }
    assert seen["reset"] == seen["start"]
    assert seen["operation"] == {
        "status": "Showing 1 of 6 findings, 1 of 10 clauses",
        "findings": 1,
        "folded": 0,
        "operations": 1,
        "clauses": 1,
    }
    assert (seen["mild"]["findings"], seen["mild"]["clauses"]) == (2, 10)
    assert (seen["failed"]["findings"], seen["failed"]["clauses"]) == (4, 6)
    assert (seen["search"]["findings"], seen["search"]["folded"], seen["search"]["clauses"]) == (1, 1, 1)
    assert (seen["nothing"]["findings"], seen["nothing"]["clauses"]) == (0, 0)
    assert seen["said"] == [False, False]


def test_tabs_links_sorting_and_theme(record: Record, tmp_path: Path) -> None:
    seen = _drive(
        page.render_html(record),
        """
        const tabs = all("#f-0000000000000004 [role=tab]");
        const panels = () => tabs.map((tab) => !document.getElementById(tab.getAttribute("aria-controls")).hidden);
        seen.first = panels();
        tabs[2].click(); seen.curl = panels();
        tabs[3].click();
        tabs[3].dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        seen.around = panels();
        seen.selected = tabs.map((tab) => tab.getAttribute("aria-selected"));
        change(box("severity", "error"), false);
        all("#clauses-body .link").find((link) => link.textContent.endsWith("/EndpointName#pattern")).click();
        seen.opened = [$("#f-0000000000000002").open, $("#f-0000000000000001 > details").open];
        seen.opened.push(box("severity", "error").checked);
        $("#operations th[data-sort=level] button").click();
        seen.up = all("#operations-body tr").map((row) => Number(row.dataset.level));
        $("#operations th[data-sort=level] button").click();
        seen.down = all("#operations-body tr").map((row) => Number(row.dataset.level));
        all("[data-choose]").find((link) => link.textContent === "sagemaker:ListEndpoints").click();
        seen.chosen = $("#operation").value;
        const colour = () => getComputedStyle(document.body).backgroundColor;
        seen.colours = [colour()];
        for (const time of [1, 2]) { $("#theme").click(); seen.colours.push(colour()); }
        """,
        tmp_path,
    )
    assert seen["first"] == [True, False, False, False]
    assert seen["curl"] == [False, False, True, False]
    assert seen["around"] == [True, False, False, False]
    assert seen["selected"] == ["true", "false", "false", "false"]
    assert seen["opened"] == [True, True, True]
    assert seen["up"] == sorted(seen["up"])
    assert seen["down"] == sorted(seen["down"], reverse=True)
    assert seen["chosen"] == "sagemaker:ListEndpoints"
    light, dark, again = seen["colours"]
    assert light == again != dark


def test_a_link_to_a_folded_finding_opens_it(record: Record, tmp_path: Path) -> None:
    seen = _drive(
        page.render_html(record),
        """
        const opened = (id) => $(id).open;
        seen.open = ["#f-0000000000000003", "#f-0000000000000001 > details", "#f-0000000000000002"].map(opened);
        """,
        tmp_path,
        "#f-0000000000000003",
    )
    assert seen["open"] == [True, True, False]


def test_hostile_text_does_nothing(hostile: Record, tmp_path: Path) -> None:
    seen = _drive(
        page.render_html(hostile),
        """
        for (const details of all("details")) details.open = true;
        await wait(300);
        seen.elements = [all("img").length, all("script").length];
        seen.clauses = all("#clauses-body tr").length;
        """,
        tmp_path,
    )
    assert seen["elements"] == [0, 3]
    assert seen["clauses"] == 10


def test_a_huge_record_stays_usable(huge: Record, tmp_path: Path) -> None:
    seen = _drive(
        page.render_html(huge),
        """
        seen.start = state();
        change($("#operation"), "sagemaker:CreateThing007"); seen.operation = state();
        change($("#operation"), "");
        $("#clauses-more").click(); seen.more = state();
        $("#operations-more").click(); seen.all = state();
        """,
        tmp_path,
    )
    assert seen["start"]["status"] == "Showing 1,500 of 1,500 findings, 20,000 of 20,000 clauses"
    assert (seen["start"]["clauses"], seen["more"]["clauses"]) == (200, 400)
    assert (seen["start"]["operations"], seen["all"]["operations"]) == (25, 400)
    assert seen["operation"]["clauses"] == 50


def test_sections_are_filtered_and_places_are_in_sight(
    written: Callable[[list[dict[str, Any]]], Record], parts: Mapping[str, Callable[..., Any]], tmp_path: Path
) -> None:
    case = "sagemaker:CreateThing/scenario/echo/Thing"
    body = json.dumps({**{f"Member{number}": number for number in range(100)}, "Lost": "x"})
    step = parts["step"]("case", "CreateThing", {"Lost": "x"}, request={"body": body})
    clause = "sagemaker:Thing/roundtrip/Lost#echo"
    finding = parts["finding"](1, "CreateThing", "x#y", clause=clause, where="Lost", case=case)
    lines = [
        parts["header"](),
        parts["case"](case, "CreateThing", [{**step, "label": "create"}], intent="scenario"),
        finding,
        {**parts["verdict"]("x", "y", "failed", None, case), "clause": clause},
        parts["verdict"]("CreateThing", "input/Name#min", "passed", None, case),
        parts["operation"]("CreateThing", "L2", "L5", accepted=1),
    ]
    steps = """
      change($("#section"), "input"); seen.input = state();
      change($("#section"), "roundtrip"); seen.roundtrip = state();
      change($("#section"), "");
      change($("#operation"), "sagemaker:CreateThing"); seen.operation = state();
      $(".finding > details").open = true;
      await wait(300);
      const place = $("pre .match"), body = place.closest("pre");
      seen.inSight = place.offsetTop >= body.scrollTop && place.offsetTop < body.scrollTop + body.clientHeight;
      seen.scrolled = body.scrollTop > 0;
    """
    seen = _drive(page.render_html(written([*lines, parts["footer"](lines)])), steps, tmp_path)
    assert (seen["input"]["findings"], seen["input"]["clauses"]) == (0, 1)
    assert (seen["roundtrip"]["findings"], seen["roundtrip"]["clauses"]) == (1, 1)
    assert (seen["operation"]["findings"], seen["operation"]["clauses"]) == (1, 2)
    assert (seen["inSight"], seen["scrolled"]) == (True, True)
