"""The options that let a run do more, or less, to its target; what it is going to do; and the question whether it may.

options --> Permissions --> preview, printed --> --dry-run: that was all
                                             --> --yes, or yes on a terminal: the plan under these permissions
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from conformance.cli.output import show_note
from conformance.cli.safety.preview_text import preview_text
from conformance.cli.shared_options import Amount, Command, Whole, with_options
from conformance.exceptions import BadSelection, UsageError
from conformance.exchanges.target import Target
from conformance.planning.caller_identity import ask_caller
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan
from conformance.planning.refused_operations import with_permissions
from conformance.planning.run_preview import preview_of

_OPTIONS = (
    click.option(
        "--allow-writes",
        is_flag=True,
        help="Send operations that may change something, too. Without it, aws:REGION is only read.",
    ),
    click.option(
        "--max-resources",
        type=Whole(0),
        metavar="N",
        help="Make no more than N things in all.  [default: as many as it takes]",
    ),
    click.option(
        "--rate",
        type=Amount(min=0, min_open=True),
        metavar="N",
        help="Send at most N requests in a second.",
    ),
    click.option("--dry-run", is_flag=True, help="Print what would be done, and stop."),
    click.option("--yes", is_flag=True, help="Do not ask before anything is sent to aws:REGION."),
)


def safety_options(command: Command) -> Command:
    """Add the options."""
    return with_options(command, _OPTIONS)


def permitted(
    plan: Plan, target: Target, options: Mapping[str, Any], selections: Iterable[str], out: Path
) -> Plan | None:
    """The plan under the permissions that the options give; None where a dry run ends here.

    Raises BadSelection where nothing of the selection may be sent, UsageError where nobody can be asked,
    CredentialsRefused where the credentials are wrong.
    """
    plan = replace(plan, rate=options["rate"])
    if target.kind == "aws":
        permissions = Permissions(options["allow_writes"], max_resources=options["max_resources"])
        ledger = out / f"ledger-{permissions.run_id}.jsonl" if permissions.allow_writes else None
        plan = with_permissions(plan, replace(permissions, ledger=ledger), selections)
    elif options["max_resources"] is not None:
        raise UsageError("--max-resources is for aws:REGION", hint="other targets are the run's own")
    if target.kind != "aws" and not options["dry_run"]:
        return plan
    caller = _show_preview(plan, target, to_stderr=not options["dry_run"])
    if options["dry_run"]:
        return None
    ask("Send it?", yes=options["yes"])
    return plan if plan.permissions is None else replace(plan, permissions=replace(plan.permissions, account=caller))


def _show_preview(plan: Plan, target: Target, *, to_stderr: bool) -> str | None:
    """Print the preview; returns the account, where that is known."""
    preview, caller = preview_of(plan), None
    if preview.sends_nothing:
        reasons = "; ".join(each.reason for each in preview.refusals)
        raise BadSelection(f"nothing of the selection may be sent: {reasons}", hint="see --allow-writes")
    if target.kind == "aws":
        with target.open() as connection:
            caller = ask_caller(plan, connection)
    click.echo(preview_text(preview, plan, target, caller), err=to_stderr)
    return caller.account if caller is not None else None


def ask(question: str, *, yes: bool) -> None:
    """Raise UsageError unless the user agrees, on a terminal, or has agreed before (`yes`)."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked whether this is to be done", hint="--yes agrees, --dry-run only looks")
    if not click.confirm(question, err=True):
        show_note("nothing was sent")
        raise UsageError("not agreed", hint="--dry-run only looks")
