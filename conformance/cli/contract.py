"""`conformance contract`: whether an application works on a target, and what an update of botocore changes for it.

check      FILE + --target --run--> record, or --record R --> operation by operation: works, deviates ...
changes    FILE + --from A --to B --> what the update touches, breaking first
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from conformance.cli.exit_status import status_of_early_end
from conformance.cli.output import show_progress, write_output
from conformance.cli.running.execution import execution
from conformance.cli.running.results import RECORD, ResultOptions
from conformance.cli.running.target_choice import chosen_target
from conformance.cli.safety.safety_options import permitted, safety_options
from conformance.cli.shared_options import chosen_seed, seed_option, spec_option, target_options
from conformance.cli.specs import side_of
from conformance.contracts.changes_text import changes_document, changes_text
from conformance.contracts.check_text import check_document, check_text
from conformance.contracts.contract_changes import touched_by
from conformance.contracts.contract_check import CheckedOperation, check_contract
from conformance.contracts.contract_file import read_contract
from conformance.contracts.contract_plan import narrowed, operations_of
from conformance.exceptions import UsageError
from conformance.exchanges.target import in_fresh_account
from conformance.planning.pace import with_pace
from conformance.planning.plan import Plan, plan_of
from conformance.planning.seeds import random_seed
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.run.continuation.rejudging import completed
from conformance.run.control.run_control import Limits
from conformance.specs.changes.shape_changes import compare_specs
from conformance.values.vocabulary import Severity

_FILE = click.argument("file", type=click.Path(path_type=Path))
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The file to write."
)


@click.group()
def command() -> None:
    """Check what an application uses of AWS against a target, or against an update of botocore.

    pytest --conformance-contract FILE writes what the tests of the application use.
    """


# ---------------------------------------------------------------- check


@command.command(short_help="Print what of a contract works on a target.")
@_FILE
@target_options
@click.option("--record", type=click.Path(path_type=Path), metavar="RECORD", help="A record of a run; nothing is sent.")
@spec_option
@click.option(
    "--max-examples", type=click.IntRange(0), default=0, show_default=True,
    help="Random valid requests for each operation.",
)  # fmt: skip
@seed_option
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="warning", show_default=True,
    help="The lowest severity of a finding that is a deviation.",
)  # fmt: skip
@safety_options
@click.option("--strict", is_flag=True, help="What is unknown fails, too, and so does what accepts what AWS refuses.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="The folder to write record.jsonl to.")
@_FORMAT
@_OUTPUT
def check(
    file: Path,
    record: Path | None,
    fail_on: Severity,
    strict: bool,
    out: Path | None,
    form: str,
    output: Path | None,
    **options: Any,
) -> int:
    """Print whether the application of a contract FILE works on a target, operation by operation.

    Only what the contract uses is sent, and what that needs. An operation works, deviates (with the clauses that matter
    to the contract), is not implemented, or is unknown, with the reason. The exit status is 0 if none fails and some
    work, 1 if any deviates or is not implemented, 2 for wrong use, 3 if nothing was shown to work.
    """
    contract = read_contract(file)
    if record is not None and (options["target"] or options["endpoint_url"]):
        raise UsageError("both --record and a target are given", hint="with --record nothing is sent")
    seed = chosen_seed(options["seed"])
    plan = plan_of(
        operations_of(contract), source=options["source"], seed=seed, max_examples=options["max_examples"],
        notify=show_progress,
    )  # fmt: skip
    plan = narrowed(plan, contract)
    found = completed(read(record)) if record is not None else _run(plan, options, seed, out)
    if found is None:
        return 0
    interrupted = status_of_early_end(found) if record is None else None
    if interrupted is not None:
        return interrupted
    checked = check_contract(contract, plan, found, fail_on)
    target = found.header.target.identity
    if form == "json":
        write_output(json.dumps(check_document(target, checked), indent=1) + "\n", output)
    else:
        write_output(check_text(target, checked), output)
    return _status(checked, strict=strict)


def _run(plan: Plan, options: dict[str, Any], seed: int | None, out: Path | None) -> Record | None:
    """The record of a run of a plan; None where a dry run ends before it."""
    if options["allow_writes"] and out is None:
        raise UsageError("--allow-writes needs --out", hint="the ledger of what is made is written there")
    services = [service.spec.service.name for service in plan.services]
    target = chosen_target(options, seed=plan.seed, services=services)
    if seed is None:
        plan, target = replace(plan, names=random_seed()), in_fresh_account(target)
    plan = with_pace(plan, target)
    results = ResultOptions()
    with _folder(out) as folder, execution(results, Limits(is_failure=results.is_failure), None) as running:
        allowed = permitted(plan, target, options, (), folder)
        if allowed is None:
            return None
        running.record(allowed, target, folder / RECORD)
        return read(folder / RECORD)


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        yield Path(folder)


def _status(checked: tuple[CheckedOperation, ...], *, strict: bool) -> int:
    if any(each.is_failure or (strict and (each.state == "unknown" or each.lenient)) for each in checked):
        return 1
    return 0 if any(each.state == "works" for each in checked) else 3


# ---------------------------------------------------------------- changes


@command.command(short_help="Print what an update of botocore touches of a contract.")
@_FILE
@click.option("--from", "older", required=True, metavar="A", help="A botocore version, 'installed', or a path.")
@click.option("--to", "newer", required=True, metavar="B", help="A botocore version, 'installed', or a path.")
@_FORMAT
@_OUTPUT
def changes(file: Path, older: str, newer: str, form: str, output: Path | None) -> int:
    """Print what an update of botocore changes of what the contract FILE uses, breaking changes first.

    The exit status is 1 if any is breaking.
    """
    contract = read_contract(file)
    differences = {}
    for service in (each.service for each in operations_of(contract)):
        one, other = side_of(service, older), side_of(service, newer)
        differences[service] = compare_specs(one.spec, other.spec)
    touched = touched_by(contract, differences)
    if form == "json":
        write_output(json.dumps(changes_document(older, newer, touched), indent=1) + "\n", output)
    else:
        write_output(changes_text(older, newer, touched), output)
    return 1 if any(each.is_breaking for each in touched) else 0
