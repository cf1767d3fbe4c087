"""JUnit XML, as CI systems read it: a test suite an operation, a test case a clause.

    passed                                      <testcase/>
    failed, a finding that fails a build        <failure>   (below `fail_on`, or known: <system-out>)
    errored                                     <error>
    skipped, unreached                          <skipped>   with the reason: never a silent pass

The form is the one that Jenkins, GitLab and the reporters for GitHub have in common (the junit-10.xsd of Jenkins'
xUnit plugin): attributes tests, failures, errors, skipped, time, timestamp; a class name with a dot, which they group
by; one failure element a test case, since GitLab reads the first only.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from xml.etree import ElementTree

from conformance.record.rows import CaseRow, Finding, Record, Verdict
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.scenario_view import decisive_exchanges, is_scenario, shortened, step_lines
from conformance.reports.summary import clause_parts, summarize
from conformance.values.text import counted, one_line, xml_text

Cases: TypeAlias = Mapping[str, CaseRow]

MAX_STEPS = 12
"""Steps of a scenario."""

_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render_junit(record: Record, options: Options = DEFAULT) -> str:
    """The record as a JUnit XML document, ready to be written as UTF-8."""
    root = ElementTree.Element("testsuites", name="aws-conformance")
    findings = _by_clause(record.findings)
    times = _times(record)
    for name, verdicts in _by_operation([*record.verdicts, *_verdicts_of_findings(record)]).items():
        suite = ElementTree.SubElement(root, "testsuite", name=xml_text(name))
        suite.set("timestamp", xml_text(record.header.started).removesuffix("Z"))
        for row in verdicts:
            _test_case(suite, row, findings.get(row.clause, []), times.get(row.clause, 0.0), record.cases, options)
        _count(suite)
    _run_warnings(root, record)
    _total(root)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _test_case(
    suite: ElementTree.Element,
    row: Verdict,
    findings: list[Finding],
    seconds: float,
    cases: Cases,
    options: Options,
) -> None:
    place = clause_parts(row.clause)
    test = ElementTree.SubElement(
        suite,
        "testcase",
        classname=xml_text(one_line(f"{place.service}.{place.name}", 300)),
        name=xml_text(one_line(place.rest, 500)),
        time=f"{seconds:.3f}",
    )
    if row.verdict == "passed":
        return
    if row.verdict == "failed":
        _failed(test, findings, cases, options)
    elif row.verdict in ("skipped", "unreached"):
        ElementTree.SubElement(test, "skipped", message=xml_text(one_line(f"{row.verdict}: {row.why}", 500)))
    else:
        error = ElementTree.SubElement(test, "error", message=xml_text(one_line(row.why or row.verdict, 500)))
        error.set("type", xml_text(row.verdict))
        error.text = xml_text(row.why)


def _failed(test: ElementTree.Element, findings: list[Finding], cases: Cases, options: Options) -> None:
    """A failure for findings that fail a build or for none at all; output for the other findings."""
    failing = [row for row in findings if options.fails(row)]
    if failing or not findings:
        message = _message(failing[0]) if failing else "failed; the record holds no finding for it"
        failure = ElementTree.SubElement(test, "failure", message=xml_text(message))
        failure.set("type", xml_text(failing[0].code if failing else "failed"))
        failure.text = xml_text("\n\n".join(_details(row, cases.get(row.case), options) for row in failing))
    reported = [row for row in findings if not options.fails(row)]
    if reported:
        output = ElementTree.SubElement(test, "system-out")
        output.text = xml_text("\n\n".join(_details(row, cases.get(row.case), options) for row in reported))


def _message(row: Finding) -> str:
    return one_line(f"{row.code}: expected {row.expected}; got {row.got}", 500)


def _details(row: Finding, case: CaseRow | None, options: Options) -> str:
    times = f" ({row.count} times)" if row.count > 1 else ""
    facts = {
        "clause": row.clause,
        "statement": row.statement,
        "source": row.source,
        "expected": row.expected,
        "got": row.got,
        "known": options.known.get(row.fingerprint, ""),
        "cause": f"same as finding {row.folded_into}" if row.folded_into else "",
    }
    lines = [f"{row.severity}: {row.code} at {row.where or row.operation}{times}"]
    lines += [f"{name + ':':<11}{value}" for name, value in facts.items() if value]
    lines += _scenario_steps(row, case)
    if row.case:
        lines.append(f"replay:    conformance replay {shlex.quote(options.record_path)} {shlex.quote(row.case)}")
    return "\n".join(lines)


def _scenario_steps(row: Finding, case: CaseRow | None) -> list[str]:
    """The steps of a scenario, a line each; the decisive ones are marked."""
    if case is None or not is_scenario(case):
        return []
    lines = [f"scenario:  {case.title}"]
    for line in shortened(step_lines(case, decisive_exchanges(case, row)), MAX_STEPS):
        if isinstance(line, int):
            lines.append(f"    ... {counted(line, 'more step')}")
        else:
            lines.append(f"  {'>' if line.decides else ' '} {line.name}: {line.operation} {line.outcome}")
    return lines


def _by_clause(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for row in findings:
        grouped.setdefault(row.clause, []).append(row)
    return grouped


def _verdicts_of_findings(record: Record) -> list[Verdict]:
    """A failed verdict for each finding whose clause has none: a run may be killed between the two lines."""
    judged = {row.clause for row in record.verdicts}
    return [
        Verdict(clause, "failed") for clause in {row.clause: row for row in record.findings} if clause not in judged
    ]


def _by_operation(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Verdicts by `service.Subject`; a clause with two verdicts is listed once, with the last one."""
    last = {row.clause: row for row in verdicts}
    grouped: dict[str, list[Verdict]] = {}
    for row in last.values():
        place = clause_parts(row.clause)
        grouped.setdefault(f"{place.service}.{place.name}", []).append(row)
    return grouped


def _times(record: Record) -> Mapping[str, float]:
    """Seconds by clause. A case counts once, for the first of its clauses, so that sums stay correct."""
    times: dict[str, float] = {}
    for case in record.cases.values():
        if case.clauses:
            spent = sum(step.elapsed or 0.0 for step in case.steps)
            times[case.clauses[0]] = times.get(case.clauses[0], 0.0) + spent
    return times


def _run_warnings(root: ElementTree.Element, record: Record) -> None:
    """A run that did not finish is a test case that errors: an incomplete run must not look green."""
    if not record.truncated and (record.footer is None or record.footer.ended == "complete"):
        return
    suite = ElementTree.SubElement(root, "testsuite", name="run")
    test = ElementTree.SubElement(suite, "testcase", classname="conformance.run", name="ended", time="0.000")
    message = summarize(record).warnings[0]
    error = ElementTree.SubElement(test, "error", message=xml_text(message), type="truncated")
    error.text = xml_text(message)
    _count(suite)


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite)))
    for tag, name in _COUNTED.items():
        suite.set(name, str(sum(test.find(tag) is not None for test in suite)))
    suite.set("time", f"{sum(float(test.get('time', '0')) for test in suite):.3f}")


def _total(root: ElementTree.Element) -> None:
    for name in ("tests", "failures", "errors"):  # the schema has no total of skipped ones
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
