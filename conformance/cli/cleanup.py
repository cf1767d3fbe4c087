"""`conformance cleanup`: what a run made that was cut off, removed by its ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.running.target_choice import chosen_target
from conformance.cli.safety.safety_options import ask
from conformance.cli.shared_options import target_options
from conformance.exceptions import UsageError
from conformance.exchanges.connection import Connection
from conformance.planning.caller_identity import ask_caller
from conformance.planning.pace import LOOPBACK, REMOTE
from conformance.planning.plan import plan_of_nothing
from conformance.reports.leftovers import leftovers_text
from conformance.run.safety.creation_ledger import LedgerHead, read_ledger
from conformance.run.safety.ledger_cleanup import LedgerCleanup, by_kind


@click.command(short_help="Remove what a run has left that was cut off.")
@click.argument("ledger", type=click.Path(path_type=Path))
@target_options
@click.option("--dry-run", is_flag=True, help="Print what would be removed, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is removed.")
def command(ledger: Path, dry_run: bool, yes: bool, **wishes: Any) -> int:
    """Remove what the run of LEDGER made and did not remove.

    The ledger says in which region, and in which account; credentials are found as in a run. Nothing else is changed:
    what does not bear the id of the run, and is not in the ledger, is left alone. The exit status is 1 where something
    is left, which is then listed with the commands that remove it.
    """
    head, things = read_ledger(ledger)
    if not things:
        click.echo("nothing is left")
        return 0
    for name, count in by_kind(things):
        click.echo(f"{count:>5}  {name}")
    target = chosen_target(
        wishes,
        seed=0,
        target=wishes["target"] or f"aws:{head.region}",
        endpoint_url=wishes["endpoint_url"] or (None if wishes["target"] else head.url),
    )
    with target.open() as connection:
        _check_account(head, connection)
        if dry_run:
            return 0
        ask("Remove it?", yes=yes)
        pace = LOOPBACK if target.is_near else REMOTE
        left = LedgerCleanup(ledger, head, things, connection, pace).remove()
    text = leftovers_text(left, head.region, target.url)
    click.echo(text or "nothing is left")
    return 1 if left else 0


def _check_account(head: LedgerHead, connection: Connection) -> None:
    """Raise UsageError where the credentials are of another account than that of the run."""
    caller = ask_caller(plan_of_nothing(), connection)
    if head.account is not None and caller.account != head.account:
        found = caller.account or f"unknown ({caller.problem})"
        raise UsageError(
            f"the run was in account {head.account}, these credentials are of account {found}", hint="see --profile"
        )
