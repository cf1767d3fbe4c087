"""Whether a change can break somebody who knows only the older version, and why.

Two are asked about: a client written against the older version that meets a service of the newer one, and a server
that implements the older version and meets clients of the newer one. What a client may say grew when a *request*
widens; what it may hear grew when a *response* does: so the same change breaks one side here and the other there.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.specs.changes.shape_changes import SpecChange

_STAYS = "what it sends stays valid"
_STILL_TAKES = "it takes all that newer clients may send"
_KNOWS = "every answer is one that it knows"
_STILL_ANSWERS = "what it answers stays valid"


@dataclass(frozen=True, slots=True)
class Impact:
    """Whether a change can break an older client and an older server, each with the reason for yes or for no."""

    breaks_client: bool
    client: str
    breaks_server: bool
    server: str


def _no(client: str, server: str) -> Impact:
    return Impact(False, client, False, server)


def _client(client: str, server: str) -> Impact:
    return Impact(True, client, False, server)


def _server(client: str, server: str) -> Impact:
    return Impact(False, client, True, server)


def _both(client: str, server: str) -> Impact:
    return Impact(True, client, True, server)


_APART = _both("it speaks to the service in a way that is no longer understood", "it does not understand newer clients")

# (section, kind, effect) for a kind with an impact of its own, (section, effect) for all others.
_IMPACTS: dict[tuple[str, ...], Impact] = {
    ("request", "member", "adds"): _server(
        "it does not send the member", "a newer client may send a member that it ignores or refuses"
    ),
    ("request", "member", "adds", "required"): _both(
        "it does not send a member that is required now", "a newer client sends a member that it ignores or refuses"
    ),
    ("request", "member", "removes"): _client(
        "it may send a member that is ignored or refused now", "a newer client only leaves out what was optional"
    ),
    ("request", "member", "removes", "required"): _both(
        "it sends a member that is ignored or refused now", "a newer client leaves out a member that it requires"
    ),
    ("request", "choice", "adds"): _server(_STAYS, "a newer client may choose what it refuses"),
    ("request", "choice", "removes"): _client("it may choose what is refused now", _STILL_TAKES),
    ("response", "choice", "adds"): _client("it may meet a choice that it does not know", _STILL_ANSWERS),
    ("response", "choice", "removes"): _server(_KNOWS, "it may answer a choice that a newer client does not know"),
    ("request", "required", "narrows"): _client("it may leave out what is required now", _STILL_TAKES),
    ("request", "required", "widens"): _server(_STAYS, "a newer client may leave out what it requires"),
    ("request", "enum", "widens"): _server(_STAYS, "a newer client may send a value that it refuses"),
    ("request", "enum", "narrows"): _client("it may send a value that is refused now", _STILL_TAKES),
    ("request", "pattern", "replaces"): _both(
        "a value that it sends may no longer match", "a newer client may send a value that it refuses"
    ),
    ("response", "member", "adds"): _no(
        "it does not read the member, unless it refuses what it does not know", "the member is optional"
    ),
    ("response", "member", "adds", "required"): _server(
        "it does not read the member, unless it refuses what it does not know",
        "a newer client relies on a member that it does not answer",
    ),
    ("response", "member", "removes"): _client(
        "it may read a member that is no longer there", "a newer client does not read what it still answers"
    ),
    ("response", "required", "narrows"): _server(_KNOWS, "it may leave out what a newer client relies on"),
    ("response", "required", "widens"): _client("it may rely on what can be absent now", _STILL_ANSWERS),
    ("response", "enum", "widens"): _client("it may meet a value that it does not know", _STILL_ANSWERS),
    ("response", "enum", "narrows"): _server(_KNOWS, "it may answer a value that a newer client does not know"),
    ("response", "pattern", "replaces"): _both(
        "it may meet a value that it does not take", "it may answer a value that a newer client does not take"
    ),
    ("errors", "error", "adds"): _client("it may meet an error that it does not handle", _STILL_ANSWERS),
    ("errors", "error", "removes"): _server(_KNOWS, "it may answer an error that a newer client does not handle"),
    ("errors", "member", "adds"): _no("it does not read the member", "a newer client may miss a detail of the error"),
    ("operation", "operation", "adds"): _server("it does not call it", "a newer client may call what it does not have"),
    ("operation", "operation", "removes"): _client("it may call what is no longer there", "nobody new calls it"),
    ("service", "protocols", "adds"): _server("its own protocol is still spoken", "a newer client may speak it"),
    ("service", "protocols", "removes"): _client("it may speak a protocol that is gone", "nobody new speaks it"),
    ("deprecated",): _no("it still works; it may go later", "newer clients may still use it"),
    ("default",): _no(
        "on the wire nothing is different", "on the wire nothing is different; absent may have meant the zero value"
    ),
    ("request", "widens"): _server(_STAYS, "a newer client may send a value that it refuses"),
    ("request", "narrows"): _client("it may send a value that is refused now", _STILL_TAKES),
    ("response", "widens"): _client("it may meet a value that it does not expect", _STILL_ANSWERS),
    ("response", "narrows"): _server(_KNOWS, "it may answer a value that a newer client does not expect"),
    ("errors", "replaces"): _both("it may meet another status or fault", "a newer client may expect another one"),
    ("none",): _no("it means the same", "it means the same"),
}


def impact_of(change: SpecChange) -> Impact:
    """Whom a change can break, and why; a difference without an entry in the table can break both sides."""
    section, kind, effect = change.section, change.kind, change.effect
    keys: list[tuple[str, ...]] = [(section, kind, effect), (kind,), (section, effect), (effect,)]
    if section == "errors" and change.kind not in ("error", "status"):
        # The members of an error are read like those of any response.
        keys += [("response", kind, effect), ("response", effect)]
    if change.required:
        keys.insert(0, (section, kind, effect, "required"))
    return next((_IMPACTS[key] for key in keys if key in _IMPACTS), _APART)
