"""The exit status that a whole record comes to: 0 conforms, 1 findings, 3 no target that works.

After a signal it is 128 and the number of the signal, 130 for Ctrl-C. A run that ended at a limit is judged by what it
has shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.exceptions import NotAws, TargetError
from conformance.record.rows import Record
from conformance.reports.report_options import Options
from conformance.run.control.signals import status_after
from conformance.values.vocabulary import LEVELS, EndCode

# What to do where the target was lost, by the code of the footer.
_HINTS: Mapping[EndCode | None, str] = {
    "credentials-expired": "get new ones; 'conformance cleanup LEDGER' removes what is left",
    "stopped-answering": "look into its log; a finding 'ends-target' names the request that it stopped at",
    "credentials-refused": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --profile",
}
_IS_IT_AWS = "is this the endpoint of an AWS service or emulator?"


def exit_status(record: Record, options: Options) -> int:
    """The exit status of a record that has its footer.

    Raises NotAws or TargetError where the target was lost or showed nothing to work.
    """
    target, footer = record.header.target, record.footer
    interrupted = status_of_early_end(record)
    if interrupted is not None:
        return interrupted
    if any(options.fails(finding) for finding in record.findings):
        return 1
    shown = any(verdict.verdict == "passed" for verdict in record.verdicts)
    if footer is not None and footer.ended == "stopped" and not shown:
        raise TargetError(
            f"nothing that was asked of {target.identity} was shown to work before the run ended: {footer.reason}",
            hint="let it go further",
        )
    if not (shown if target.kind == "recording" else _shows_success(record)) and not _lacks_it_honestly(record):
        raise TargetError(
            f"nothing that was asked of {target.identity} could be shown to work: no operation has reached level L2",
            hint="the table of operations says why",
        )
    return 0


def status_of_early_end(record: Record) -> int | None:
    """The exit status after a signal; None where there was none. Raises NotAws or TargetError for a lost target."""
    footer = record.footer
    if footer is not None and footer.ended == "interrupted":
        return status_after(footer.code or "interrupted") or 1
    if footer is not None and footer.ended == "target-lost":
        lost = NotAws if footer.code == "not-aws" else TargetError
        raise lost(f"{record.header.target.identity}: {footer.reason}", hint=_HINTS.get(footer.code, _IS_IT_AWS))
    return None


def _shows_success(record: Record) -> bool:
    """Whether any operation has reached L2: a request was accepted, with an answer of the right shape."""
    reached = (LEVELS.index(operation.level) for operation in record.operations if operation.level is not None)
    return any(level >= LEVELS.index("L2") for level in reached)


def _lacks_it_honestly(record: Record) -> bool:
    """Whether a product that was recognised lacks all that was asked of it; a stranger may be no AWS at all."""
    target = record.header.target
    stranger = target.kind == "recording" or target.identity == target.url
    lacking = {finding.operation for finding in record.findings if finding.code == "not-implemented"}
    return not stranger and all(operation.operation in lacking for operation in record.operations)
