"""The time that signatures name: this machine's, set right by a server that refuses it.

A signature holds for minutes around the server's time. A machine whose clock is off would see every request refused
and could learn nothing of the implementation; the refusal itself carries the right time, so it is taken from there.
"""

from __future__ import annotations

import datetime
import email.utils

from conformance.exchanges.signing import utc_now
from conformance.wire.message import Response

# What AWS says where the time of a signature is the trouble (error codes of several protocols, and messages).
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
    """Now, as the target sees it."""

    def __init__(self) -> None:
        self._offset = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """The time to sign with, aware and in UTC."""
        return utc_now() + self._offset

    def learns_from(self, answer: Response) -> bool:
        """Whether `answer` refuses the time of a signature, in which case the clock has been set by its `Date`."""
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
