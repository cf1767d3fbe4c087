"""The entries of an overlay: what is known of a service and is not in its model.

    Overlay -- resources: {name: Resource}             what operations create, and how requests refer to it
            -- requests:  {operation: RequestHints}    what a valid request needs beyond the model
            -- rules:     (Rule, ...)                  statements about requests and answers
            -- unchecked: {rule id: Unchecked}         rules that are known and not checked

`parser.py` reads them from a file. Rules are data: their conditions are JMESPath, and `rules.py` evaluates them.
Every rule names its source and how AWS is known to enforce it. A rule can be limited to a range of botocore versions,
because AWS changes its behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from conformance.specs.overlay.behaviour import NOTHING_KNOWN, Behaviour
from conformance.specs.overlay.registered_checks import RegisteredCheck
from conformance.specs.resources.resource import Resource
from conformance.values import paths
from conformance.values.paths import Edit

Enforcement = Literal[
    "RECORDED", "SECOND-HAND", "DOC-ERROR", "DOC-MUST", "ADVICE", "ASYNC", "DEFAULT", "DRIFTED"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestHints:
    """What a valid request of an operation needs beyond the model.

    `edits` are applied to the smallest request that the model allows. `depends_on` are operations to call first, with
    their own smallest requests, about the same resources. `created_with` are edits, by resource, of the requests that
    create what must exist. The first key of the map at a path in `keys` is the name of a resource, which the client
    chose.
    """

    edits: tuple[Edit, ...] = ()
    why: str = ""
    depends_on: tuple[str, ...] = ()
    created_with: Mapping[str, tuple[Edit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    keys: Mapping[paths.Path, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Violation:
    """One way to break a rule: the edits `base` give a valid request, the edits `broken` then break the rule."""

    name: str
    base: tuple[Edit, ...]
    broken: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected answer to a request that breaks a rule, as far as it is known.

    `message` is a regular expression that is searched in the error message.
    """

    kind: Literal["rejected-validation", "rejected-state"] = "rejected-validation"
    codes: tuple[str, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a rule that needs several calls. All calls of a rule share their resources.

    `edits` are applied to the smallest valid params; the values at the paths `upper_case` are then sent in upper case.
    For each resource in `fresh`, this call refers to another, newly created one; its creation gets those edits.
    `wait_for` names a resource to wait for after the call, until its status is settled or it is gone. A call that
    creates a resource is sent `repeat` times, and each time it creates another one. A call that is `refused` is meant
    to be rejected, and the next calls show what that leaves. The one key of the map at a path in `keys` becomes the
    name of that resource.
    """

    call: str
    name: str
    edits: tuple[Edit, ...] = ()
    upper_case: tuple[paths.Path, ...] = ()
    fresh: Mapping[str, tuple[Edit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    wait_for: str | None = None
    repeat: int = 1
    refused: bool = False
    keys: Mapping[paths.Path, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement about requests and answers that the model cannot express.

    Conditions are JMESPath. A rule has at least one of these:
    - `request`: true for a request that obeys the rule. `repair` are edits that make a request obey it, `violations`
      are ways to break it.
    - `answer`: true for a request and its answer.
    - `must_exist`: the resource to which a request refers has to exist.
    - `refines`: globs of clause ids, without the service. The rule states how AWS answers where such a clause about
      state is tested.
    - `steps`: several calls. `assertion` is true of the steps; each has `request`, `answer`, `code` and `message` under
      its name. Without an assertion the last call has to be rejected as `expect` states. Where `assumption` is false,
      the calls prove nothing.

    `since` and `until` are the first and the last botocore version for which the rule holds.
    """

    id: str
    operations: tuple[str, ...]
    statement: str
    source: str
    enforcement: Enforcement
    evidence: str = ""
    since: str | None = None
    until: str | None = None
    request: str | None = None
    answer: str | None = None
    must_exist: str | None = None
    refines: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    assumption: str | None = None
    assertion: str | None = None
    repair: tuple[Edit, ...] = ()
    violations: tuple[Violation, ...] = ()
    expect: Expectation = field(default_factory=Expectation)

    def holds_for(self, botocore: str) -> bool:
        """Whether the rule holds for a spec of this botocore version."""
        version = version_key(botocore)
        if self.since is not None and version < version_key(self.since):
            return False
        return self.until is None or version <= version_key(self.until)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that is known and not checked: its operations, and the reason."""

    operations: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """All entries of an overlay file.

    `enforces_input` cites answers of AWS which show that the service enforces the input constraints of its model; None
    where no such answer is known. `checks` and `behaviour` are no entries of a file: users register the checks, and the
    behaviour is that of shared data.
    """

    service: str
    resources: Mapping[str, Resource]
    requests: Mapping[str, RequestHints]
    rules: tuple[Rule, ...]
    unchecked: Mapping[str, Unchecked]
    enforces_input: str | None = None
    checks: tuple[RegisteredCheck, ...] = ()
    behaviour: Behaviour = NOTHING_KNOWN

    def rules_for(self, operation: str, botocore: str) -> Iterator[Rule]:
        """The rules of an operation that hold for a spec of this botocore version."""
        return (rule for rule in self.rules if operation in rule.operations and rule.holds_for(botocore))

    def created_by(self, operation: str) -> Resource | None:
        """The resource that an operation creates."""
        return next((one for one in self.resources.values() if one.create == operation), None)


EMPTY_OVERLAY = Overlay("", MappingProxyType({}), MappingProxyType({}), (), MappingProxyType({}))


def version_key(version: str) -> tuple[int, ...]:
    """A version as a sort key: its numbers."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
