"""`conformance run`: what the options mean, and a plan for them; `cli.running` carries it out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from conformance.api.extensions import load_checks
from conformance.cli.configuration import ENVIRONMENT, config_option, is_stronger, selections_of, without_overruled
from conformance.cli.output import show_note
from conformance.cli.protocol_runs import run_each_protocol
from conformance.cli.running.execution import execution
from conformance.cli.running.limit_options import limit_options, limits_of, verbosity_of
from conformance.cli.running.results import RECORD, ResultOptions
from conformance.cli.running.resuming import place_of, resumed, target_of
from conformance.cli.running.target_choice import chosen_target
from conformance.cli.safety.safety_options import permitted, safety_options
from conformance.cli.shared_options import Amount, Whole, chosen_seed, seed_option, spec_option, target_options
from conformance.contracts.contract_file import read_contract
from conformance.contracts.contract_plan import narrowed, operations_of, texts_of
from conformance.contracts.usage import Contract
from conformance.exceptions import UsageError
from conformance.exchanges.target import Target, in_fresh_account
from conformance.planning import registrations
from conformance.planning.pace import with_pace
from conformance.planning.plan import ALL_PROTOCOLS, DEFAULT_EXAMPLES, Plan, plan_of, plans_by_protocol
from conformance.planning.seeds import random_seed
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.folder_lock import locked
from conformance.reports import baselines
from conformance.settings import Settings
from conformance.specs.store.named_selections import shipped_selections

SOURCES = (
    "Each option can also be set in the environment, as in CONFORMANCE_MAX_EXAMPLES=5, and in a file, as in "
    "max-examples = 5: below [tool.conformance] in pyproject.toml, or at the top of conformance.toml. "
    "Arguments win over the environment, the environment wins over the file."
)

CHECKS_HELP = "A Python file that registers checks and rules of your own. Repeatable."


class _RunCommand(click.Command):
    """The command with the named selections and the other ways to set options below its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Named selections"):
            formatter.write_dl([(each.name, each.description) for each in shipped_selections().values()])
        formatter.write_paragraph()
        formatter.write_text(SOURCES)


@click.command(cls=_RunCommand, context_settings=ENVIRONMENT, short_help="Run conformance cases against a target.")
@click.argument("services", nargs=-1, envvar="CONFORMANCE_SERVICES", metavar="SELECTION...")
@config_option()
@target_options
@spec_option
@click.option(
    "--contract",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Run what a contract uses, with the clauses that matter to it, in the place of a selection.",
)
@click.option("--protocol", metavar="NAME", help="The protocol to use, if a service has several; 'all' runs each.")
@click.option("--only", multiple=True, metavar="GLOB", help="Test only clauses with matching ids. Repeatable.")
@click.option("--skip", multiple=True, metavar="GLOB", help="Test no clauses with matching ids. Repeatable.")
@click.option(
    "--max-examples", type=Whole(0), metavar="N", default=DEFAULT_EXAMPLES, show_default=True,
    help="Random valid requests for each operation.",
)  # fmt: skip
@seed_option
@click.option(
    "--poll-interval", type=Amount(min=0), metavar="FACTOR",
    help="The factor of the delay between polls, which is that of the service's waiter, or 1 second without a waiter."
    "  [default: 1, for a target on this machine 0.01]",
)  # fmt: skip
@click.option(
    "--poll-timeout", type=Amount(min=0), metavar="SECONDS",
    help="The time that a change of state may take.  [default: 1800; a target on this machine 60; embedded moto 5]",
)  # fmt: skip
@click.option(
    "--transitions", type=Whole(0), metavar="N",
    help="Keep moto in each transient state for N calls, if it models the state.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
    help="The folder to write the record and the reports to.",
)  # fmt: skip
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="RECORD",
    help="Go on with the run of a record where it stopped, with its selection, seed and target.",
)
@limit_options
@safety_options
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
    resume: Path | None,
    contract: Path | None,
    **options: Any,
) -> int:
    """Test the operations of services against a target.

    A SELECTION is SERVICE, SERVICE:Operation,... with names or globs (sqs:Create*), or a named selection. With
    --contract it is what an application uses.

    Writes record.jsonl, report.html and junit.xml; with --protocol all, into a folder for each protocol, and prints
    where their verdicts differ. The exit status is 0 if the target conforms, 1 if there are findings, 2 for wrong
    use, 3 if the target is not reached, is lost, or shows nothing that works, 4 if this command fails unexpectedly.
    """
    options = without_overruled(context, options)
    options["seed"] = chosen_seed(options["seed"])
    context.with_resource(registrations.scope())
    for path in checks:
        load_checks(path)
    known = baselines.load(baseline) if baseline is not None else None
    results = ResultOptions(fail_on, known, verbosity_of(context, options))
    common = context.with_resource(execution(results, limits_of(options, results), options["transitions"]))
    if resume is not None:
        earlier = resumed(context, resume, options["source"])
        options = {**target_of(earlier.header, options), "seed": None}
        target = _target(options, earlier.plan, 0)
        place = place_of(context, resume, out)
        allowed = permitted(_suited(earlier.plan, target, options), target, options, (), place.parent)
        return 0 if allowed is None else common.execute(allowed, target, place, earlier)
    used = _contract_of(context, services, contract)
    if used is not None:
        services, selected = texts_of(used), operations_of(used)
    elif services:
        selected = parse_selection(services, named=selections_of(config), source=options["source"], notify=show_note)
    else:
        raise click.UsageError("Missing argument 'SELECTION...'.", context)

    def execute(plan: Plan, out: Path, number: int = 0) -> int:
        plan = plan if used is None else narrowed(plan, used)
        target = _target(options, plan, number)
        if target.chosen_by:
            show_note(f"the target is {target.url}, by {target.chosen_by}")
        allowed = permitted(_suited(plan, target, options), target, options, services, out)
        return 0 if allowed is None else common.execute(allowed, target, out / RECORD)

    if options["protocol"] == ALL_PROTOCOLS:
        plans = plans_by_protocol(selected, **_options_of(options))
        if options["dry_run"]:
            return max(execute(plan, out) for plan in plans.values())
        with locked(out):
            return run_each_protocol(plans, out, RECORD, execute, common.control)
    return execute(plan_of(selected, protocol=options["protocol"], **_options_of(options)), out)


def _contract_of(context: click.Context, services: tuple[str, ...], path: Path | None) -> Contract | None:
    """The contract that takes the place of a selection; raises UsageError where both are given."""
    if path is None or (services and is_stronger(context, "services", "contract")):
        return None
    if services and not is_stronger(context, "contract", "services"):
        raise UsageError("both a selection and --contract are given", hint="leave one of them out")
    return read_contract(path)


def _suited(plan: Plan, target: Target, options: dict[str, Any]) -> Plan:
    """The plan at the pace of a target; without a seed that the user names, with names that no run has used."""
    plan = replace(plan, names=None if options["seed"] is not None else random_seed())
    return with_pace(plan, target, interval=options["poll_interval"], timeout=options["poll_timeout"])


def _options_of(options: dict[str, Any]) -> dict[str, Any]:
    names = ("source", "seed", "max_examples")
    return {"selection": ClauseSelection(options["only"], options["skip"]), **{name: options[name] for name in names}}


def _target(options: dict[str, Any], plan: Plan, number: int) -> Target:
    """The selected target. Another `number` chooses another account, if the target lets clients choose."""
    services = [service.spec.service.name for service in plan.services]
    target = chosen_target(options, seed=plan.seed + number, services=services)
    return target if options["seed"] is not None else in_fresh_account(target)
