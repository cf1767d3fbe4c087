"""The time in signatures: this machine's clock, corrected by a server that refuses it.

A signature is valid for some minutes around the server's time. On a machine whose clock is off, every request would be
refused. The refusal carries the server's time in its `Date` header, so the offset is taken from there.
"""

from __future__ import annotations

import datetime
import email.utils

from conformance.exchanges.signing import utc_now
from conformance.wire.message import Response

# What AWS answers where the time of a signature is refused: error codes of several protocols, and messages.
_REFUSALS = (
    b"RequestTimeTooSkewed",
    b"RequestExpired",
    b"RequestInTheFuture",
    b"Signature expired",
    b"Signature not yet current",
)
_REFUSED = frozenset({400, 401, 403})
_TOLERANCE = datetime.timedelta(minutes=4)


class Clock:
    """The current time as the target has it."""

    def __init__(self) -> None:
        self._offset = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """The time to sign with, aware and in UTC."""
        return utc_now() + self._offset

    def corrected_by(self, answer: Response) -> bool:
        """Correct the clock by the `Date` of an answer that refuses the time of a signature; whether it did."""
        if answer.status not in _REFUSED or not any(text in answer.body for text in _REFUSALS):
            return False
        theirs = _date(answer.headers.get("date"))
        if theirs is None or abs(theirs - self.now()) < _TOLERANCE:
            return False
        self._offset = theirs - utc_now()
        return True


def _date(text: str | None) -> datetime.datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=datetime.timezone.utc)
