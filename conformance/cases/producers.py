"""Which operations may have to come before another one: those that tell what it asks for, and those it undoes or reads.

DisassociateAddress(AssociationId)  <--  AssociateAddress answers an AssociationId
DetachVolume                        <--  AttachVolume: the same noun, and a verb that makes
GetObjectTagging                    <--  PutObjectTagging, PutObject: the noun, and what it begins with
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.cases.feedback.error_text import name_words
from conformance.specs.model import STRING_TYPES, Service, Shape
from conformance.specs.resources.handle_references import singulars
from conformance.specs.resources.inference import READING
from conformance.values.paths import Path

# Verbs of operations after which there is something, the most usual first.
CREATING_VERBS = (
    "Create", "Put", "Start", "Add", "Attach", "Associate", "Register", "Enable", "Set", "Run", "Request", "Allocate",
    "Authorize", "Send", "Import", "Upload", "Subscribe", "Publish", "Initiate", "Execute", "Tag",
    "Schedule", "Invoke", "Generate", "Issue", "Grant", "Provision", "Accept", "Copy", "Restore", "Delete",
    "Disable", "Stop", "Suspend",
)  # fmt: skip

# What undoes or continues something needs it done first, by its verb.
PREREQUISITE_VERBS: dict[str, tuple[str, ...]] = {
    "Detach": ("Attach",),
    "Disassociate": ("Associate",),
    "Disable": ("Enable",),
    "Enable": ("Disable", "Create", "Put"),
    "Remove": ("Add", "Put"),
    "Deregister": ("Register",),
    "Stop": ("Start",),
    "Start": ("Stop", "Create"),
    "Cancel": ("Start", "Request", "Schedule", "Create"),
    "Untag": ("Tag",),
    "Revoke": ("Authorize", "Grant", "Create"),
    "Release": ("Allocate",),
    "Unsubscribe": ("Subscribe",),
    "Abort": ("Create", "Initiate", "Start"),
    "Complete": ("Upload", "Create", "Initiate", "Start"),
    "Receive": ("Send",),
    "Restore": ("Delete", "Create"),
    "Resume": ("Suspend", "Pause"),
    "Accept": ("Create", "Request"),
    "Reject": ("Create", "Request"),
    "Confirm": ("Create", "Request", "Allocate"),
    "Terminate": ("Run", "Create"),
    "Decrypt": ("Encrypt",),
    "Verify": ("Sign", "Generate"),
}

# Verbs of operations after which there is less than before: no help but to what they are named for in BEFORE.
ENDING_VERBS = frozenset({
    "Delete", "Disable", "Stop", "Suspend", "Remove", "Detach", "Disassociate", "Deregister", "Cancel", "Terminate",
    "Release", "Revoke", "Purge", "Reset", "Reboot", "Abort", "Reject", "Enter", "Exit",
})  # fmt: skip

# Verbs of what costs money that nobody gives back: never tried for the sake of something else.
PURCHASING_VERBS = frozenset({"Purchase", "Buy", "Renew"})

# Names of members that mean another thing in every answer.
AMBIGUOUS_MEMBERS = frozenset({
    "name", "id", "arn", "key", "value", "type", "status", "description", "message", "resource", "version",
})  # fmt: skip

MAX_DEPTH = 4


@dataclass(slots=True)
class ProducerIndex:
    """Finds what may come first among the operations of one service."""

    service: Service
    _told: dict[str, list[tuple[str, Path]]] | None = field(init=False, default=None)

    def of(self, member: str, operation: str, *, near: bool) -> Iterator[tuple[str, Path]]:
        """Operations whose answers have a member of that name, and where; the likeliest for an operation first.

        The `near` ones have a word of the operation's noun in theirs, the others have none.
        """
        names = [member.lower(), *(each.lower() for each in singulars(member))]
        told = self._index()
        noun = frozenset(name_words(operation)[1:])
        found = []
        for name in names:
            for producer, path in told.get(name, ()):
                about = noun & frozenset(name_words(producer)[1:])
                if (
                    producer == operation
                    or _verb(producer) in ENDING_VERBS | PURCHASING_VERBS
                    or bool(about) != near
                    or (name in AMBIGUOUS_MEMBERS and not near)
                ):
                    continue
                reads = READING.match(producer) is not None
                found.append((reads, -len(about), len(path), producer, path))
        for _, _, _, producer, path in sorted(found, key=lambda each: each[:4]):
            yield producer, path

    def before(self, operation: str, text: str) -> Iterator[str]:
        """Operations of the same noun, or of one that it begins with, after which there is something."""
        verb = _verb(operation)
        noun = operation[len(verb) :]
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", noun)
        found: list[str] = []
        for size in range(len(words), 0, -1):
            stem = "".join(words[:size])
            for first in (
                *PREREQUISITE_VERBS.get(verb, ()),
                *(each for each in CREATING_VERBS if each not in ENDING_VERBS),
            ):
                for form in dict.fromkeys((stem, *singulars(stem), f"{stem}s")):
                    name = first + form
                    if name in self.service.operations and name != operation and name not in found:
                        found.append(name)
        spoken = re.sub(r"[^a-z]", "", text.lower())
        found.sort(key=lambda name: name[len(_verb(name)) :].lower() not in spoken)
        yield from found

    def _index(self) -> dict[str, list[tuple[str, Path]]]:
        """Where answers have text, by the name of the member."""
        if self._told is None:
            self._told = {}
            for name, operation in self.service.operations.items():
                for member, path in self._texts(self.service.output_of(operation), (), ()):
                    self._told.setdefault(member.lower(), []).append((name, path))
        return self._told

    def _texts(self, shape: Shape, path: Path, above: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
        for name, member in shape.members.items():
            target, here = self.service.target(member), (*path, name)
            if target.type == "list" and target.element is not None:
                target, here = self.service.target(target.element), (*here, 0)
            if target.type in (*STRING_TYPES, "blob") and not target.enum:
                yield name, here
            elif target.type == "structure" and target.name not in above and len(above) < MAX_DEPTH:
                yield from self._texts(target, here, (*above, target.name))


def _verb(operation: str) -> str:
    found = re.match(r"[A-Z][a-z0-9]*", operation)
    return found[0] if found else operation
