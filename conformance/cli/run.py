"""`conformance run`: a plan carried out, its record written as it goes, its reports at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.api.extensions import load_checks
from conformance.cli.configuration import ENVIRONMENT, config_option, selections_of, without_overruled
from conformance.cli.exit_status import exit_status
from conformance.cli.output import show_note
from conformance.cli.protocol_runs import run_each_protocol
from conformance.cli.shared_options import seed_option, spec_option, target_options
from conformance.errors import Unwritable
from conformance.exchanges.recordings import recording_file
from conformance.exchanges.target import Target, resolve
from conformance.planning import registrations
from conformance.planning.pace import with_pace
from conformance.planning.plan import ALL_PROTOCOLS, DEFAULT_EXAMPLES, Plan, plan_of, plans_by_protocol
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.reader import read
from conformance.record.rows import FooterRow, OperationRow, Record
from conformance.record.writer import RecordWriter
from conformance.reports import baselines, formats
from conformance.reports.report_options import Options
from conformance.reports.terminal import report_console, terminal_report
from conformance.run import Event, OperationStarted, judge_recording, run
from conformance.settings import Settings
from conformance.specs.store.named_selections import shipped_selections

SOURCES = (
    "Each option can also be set in the environment, as in CONFORMANCE_MAX_EXAMPLES=5, and in a file, as in "
    "max-examples = 5: below [tool.conformance] in pyproject.toml, or at the top of conformance.toml. "
    "Arguments win over the environment, the environment wins over the file."
)

CHECKS_HELP = "A Python file that registers checks and rules of your own. Repeatable."

RECORD, HTML, JUNIT = "record.jsonl", "report.html", "junit.xml"


class _RunCommand(click.Command):
    """The command with the named selections and the other ways to set options below its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Named selections"):
            formatter.write_dl([(each.name, each.description) for each in shipped_selections().values()])
        formatter.write_paragraph()
        formatter.write_text(SOURCES)


@click.command(cls=_RunCommand, context_settings=ENVIRONMENT, short_help="Run conformance cases against a target.")
@click.argument("services", nargs=-1, required=True, envvar="CONFORMANCE_SERVICES", metavar="SELECTION...")
@config_option()
@target_options
@spec_option
@click.option("--protocol", metavar="NAME", help="The protocol to use, if a service has several; 'all' runs each.")
@click.option("--only", multiple=True, metavar="GLOB", help="Test only clauses with matching ids. Repeatable.")
@click.option("--skip", multiple=True, metavar="GLOB", help="Test no clauses with matching ids. Repeatable.")
@click.option(
    "--max-examples", type=click.IntRange(0), default=DEFAULT_EXAMPLES, show_default=True,
    help="Random valid requests for each operation.",
)  # fmt: skip
@seed_option
@click.option(
    "--poll-interval", type=click.FloatRange(min=0), metavar="FACTOR",
    help="The factor of the delay between polls, which is that of the service's waiter, or 1 second without a waiter."
    "  [default: 1, for a target on this machine 0.01]",
)  # fmt: skip
@click.option(
    "--poll-timeout", type=click.FloatRange(min=0), metavar="SECONDS",
    help="The time that a change of state may take.  [default: 1800; a target on this machine 60; embedded moto 5]",
)  # fmt: skip
@click.option(
    "--transitions", type=click.IntRange(0), metavar="N",
    help="Keep moto in each transient state for N calls, if it models the state.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
    help="The folder to write the record and the reports to.",
)  # fmt: skip
@click.option("--checks", type=click.Path(path_type=Path), multiple=True, metavar="FILE", help=CHECKS_HELP)
@click.option("--baseline", type=click.Path(path_type=Path), help="A file of findings that do not fail the run.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
    help="The lowest severity of a finding that makes the exit status 1.",
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    /,
    services: tuple[str, ...],
    config: Settings,
    checks: tuple[Path, ...],
    out: Path,
    baseline: Path | None,
    fail_on: Any,
    **options: Any,
) -> int:
    """Test the operations of services against a target.

    A SELECTION is SERVICE, SERVICE:Operation,... with names or globs (sqs:Create*), or a named selection.

    Writes record.jsonl, report.html and junit.xml; with --protocol all, into a folder for each protocol, and prints
    where their verdicts differ. The exit status is 0 if the target conforms, 1 if there are findings, 2 for wrong
    use, 3 if the target is not reached, is lost, or shows nothing that works, 4 if this command fails unexpectedly.
    """
    options = without_overruled(context, options)
    context.with_resource(registrations.scope())
    for path in checks:
        load_checks(path)
    selected = parse_selection(services, named=selections_of(config), source=options["source"], notify=show_note)
    known = baselines.load(baseline) if baseline is not None else None

    def execute(plan: Plan, out: Path, number: int = 0) -> int:
        target = _target(options, plan, number)
        if target.chosen_by:
            show_note(f"the target is {target.url}, by {target.chosen_by}")
        plan = with_pace(plan, target, interval=options["poll_interval"], timeout=options["poll_timeout"])
        return _execute(plan, target, out, fail_on, known, options["transitions"])

    if options["protocol"] == ALL_PROTOCOLS:
        return run_each_protocol(plans_by_protocol(selected, **_options_of(options)), out, RECORD, execute)
    return execute(plan_of(selected, protocol=options["protocol"], **_options_of(options)), out)


def _options_of(options: dict[str, Any]) -> dict[str, Any]:
    names = ("source", "seed", "max_examples")
    return {"selection": ClauseSelection(options["only"], options["skip"]), **{name: options[name] for name in names}}


def _target(options: dict[str, Any], plan: Plan, number: int) -> Target:
    """The selected target. Another `number` chooses another account, if the target lets clients choose."""
    return resolve(
        options["target"],
        endpoint_url=options["endpoint_url"],
        region=options["region"],
        profile=options["profile"],
        ca_bundle=options["ca_bundle"],
        no_verify_ssl=options["no_verify_ssl"],
        seed=plan.seed + number,
        timeout=options["timeout"],
        services=[service.spec.service.name for service in plan.services],
    )


def _execute(
    plan: Plan, target: Target, out: Path, fail_on: Any, known: baselines.Baseline | None, transitions: int | None
) -> int:
    answers = recording_file.read_recording(target.path) if target.path is not None else None
    _check_writable(out)
    if answers is not None:
        _record(judge_recording(plan, answers, answers.path.name), out / RECORD, plan)
    else:
        with target.open() as connection, connection.slow_transitions(transitions):
            _record(run(plan, connection), out / RECORD, plan)
    record = read(out / RECORD)
    options = _options(record, out, fail_on, known)
    for name, format_ in ((HTML, "html"), (JUNIT, "junit")):
        _write(out / name, formats.render(format_, record, options))
    _show(record, options, out)
    return exit_status(record, options)


def _check_writable(out: Path) -> None:
    """Raise Unwritable before the run, not after it, if its results cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".{RECORD}.writable"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise Unwritable(f"cannot write to {out}: {reason}", hint="choose another folder with --out") from problem


def _record(rows: Iterator[Event], path: Path, plan: Plan) -> None:
    """Write the lines of a run as they come, showing progress on a terminal.

    The first line is awaited before the file is made: a target that is not there leaves nothing behind.
    """
    row = next(rows)
    of = sum(len(service.operations) for service in plan.services)
    with RecordWriter(path) as writer, _progress() as progress:
        task = progress.add_task("", total=of)
        while True:
            try:
                if isinstance(row, OperationStarted):
                    progress.update(task, description=f"{row.service}:{row.operation}")
                else:
                    writer.write(row)
                    progress.advance(task, isinstance(row, OperationRow))
                if isinstance(row, FooterRow):
                    return
                row = next(rows)
            except KeyboardInterrupt:
                # Between two lines: the run itself has to hear of it, so that it removes what it made.
                row = rows.throw(KeyboardInterrupt())  # type: ignore[attr-defined]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _options(record: Record, out: Path, fail_on: Any, known: baselines.Baseline | None) -> Options:
    reasons: dict[str, str] = {}
    if known is not None:
        split = baselines.match_findings(record.findings, known, judged=(verdict.clause for verdict in record.verdicts))
        reasons = split.reasons
        for entry in split.stale:
            show_note(f"the entry '{entry.fingerprint or entry.clause}' of the baseline matches nothing")
    return Options(fail_on=fail_on, known=reasons, record_path=str(out / RECORD), report_path=str(out / HTML))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Unwritable(f"cannot write {path}: {problem.strerror or problem}") from problem


def _show(record: Record, options: Options, out: Path) -> None:
    console = report_console()
    console.print(terminal_report(record, options), crop=False)
    console.print(f"{out / RECORD}  {out / HTML}  {out / JUNIT}", highlight=False, soft_wrap=True)
