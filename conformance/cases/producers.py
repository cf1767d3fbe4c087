"""Producers: operations that have to be called before another one, by the names of operations and members.

    consumer                                 producer
    DisassociateAddress(AssociationId)  <--  AssociateAddress: its answer has an AssociationId
    DetachVolume                        <--  AttachVolume: the same noun, and a verb that creates
    GetObjectTagging                    <--  PutObjectTagging, PutObject: the noun, and a noun that it begins with

Only error feedback uses it: references that the overlay knows need no guess.
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

# Verbs of operations after which something exists or is in a new state, the most frequent first.
CREATING_VERBS = (
    "Create", "Put", "Start", "Add", "Attach", "Associate", "Register", "Enable", "Set", "Run", "Request", "Allocate",
    "Authorize", "Send", "Import", "Upload", "Subscribe", "Publish", "Initiate", "Execute", "Tag",
    "Schedule", "Invoke", "Generate", "Issue", "Grant", "Provision", "Accept", "Copy", "Restore", "Delete",
    "Disable", "Stop", "Suspend",
)  # fmt: skip

# What has to be done before an operation that undoes or continues it, by the verb of that operation.
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

# Verbs of operations that remove something: they come first only for the verbs that name them above.
ENDING_VERBS = frozenset({
    "Delete", "Disable", "Stop", "Suspend", "Remove", "Detach", "Disassociate", "Deregister", "Cancel", "Terminate",
    "Release", "Revoke", "Purge", "Reset", "Reboot", "Abort", "Reject", "Enter", "Exit",
})  # fmt: skip

# Verbs of operations that cost money and cannot be undone: never called as a prerequisite.
PURCHASING_VERBS = frozenset({"Purchase", "Buy", "Renew"})

# Names of members that mean another thing in every answer: followed only between related operations.
AMBIGUOUS_MEMBERS = frozenset({
    "name", "id", "arn", "key", "value", "type", "status", "description", "message", "resource", "version",
})  # fmt: skip

# Members of answers that are nested deeper are no handles.
MAX_DEPTH = 4


@dataclass(slots=True)
class ProducerIndex:
    """Finds, among the operations of one service, those that produce what another one needs."""

    service: Service
    _answers_by_member: dict[str, list[tuple[str, Path]]] | None = field(init=False, default=None)

    def answering(self, member: str, operation: str, *, related: bool) -> Iterator[tuple[str, Path]]:
        """Operations whose answers have a member of that name, and the path to it; the likeliest first.

        With `related`, operations whose noun shares a word with that of `operation`; else those whose noun shares none.
        """
        names = [member.lower(), *(each.lower() for each in singulars(member))]
        answers = self._index()
        noun = frozenset(name_words(operation)[1:])
        found = []
        for name in names:
            for producer, path in answers.get(name, ()):
                about = noun & frozenset(name_words(producer)[1:])
                if (
                    producer == operation
                    or _verb(producer) in ENDING_VERBS | PURCHASING_VERBS
                    or bool(about) != related
                    or (name in AMBIGUOUS_MEMBERS and not related)
                ):
                    continue
                reads = READING.match(producer) is not None
                found.append((reads, -len(about), len(path), producer, path))
        for _, _, _, producer, path in sorted(found, key=lambda each: each[:4]):
            yield producer, path

    def earlier_than(self, operation: str, text: str) -> Iterator[str]:
        """Operations that create what an operation works on: of the same noun, or of one that it begins with.

        Those whose noun is in `text`, the text of an error, come first.
        """
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
        mentioned = re.sub(r"[^a-z]", "", text.lower())
        found.sort(key=lambda name: name[len(_verb(name)) :].lower() not in mentioned)
        yield from found

    def _index(self) -> dict[str, list[tuple[str, Path]]]:
        """The paths at which answers have text, by the member's name in lower case."""
        if self._answers_by_member is None:
            self._answers_by_member = {}
            for name, operation in self.service.operations.items():
                for member, path in self._texts(self.service.output_of(operation), (), ()):
                    self._answers_by_member.setdefault(member.lower(), []).append((name, path))
        return self._answers_by_member

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
