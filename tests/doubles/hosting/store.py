"""What an account has in a Region: things by kind and name, and the rules of their names.

Names collide whatever their case, ARNs are in lower case, names are answered as they were given.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doubles.hosting.faults import Faults
from doubles.hosting.model import Params
from doubles.hosting.refusal import Refusal, invalid


@dataclass(frozen=True)
class Kind:
    """A kind of thing: how ARNs and error texts call it, and the stem of its operations and members."""

    stem: str
    arn: str
    words: str


MODEL = Kind("Model", "model", "model")
CONFIG = Kind("EndpointConfig", "endpoint-config", "endpoint configuration")
ENDPOINT = Kind("Endpoint", "endpoint", "endpoint")
KINDS = (MODEL, CONFIG, ENDPOINT)
MOST_TAGS = 50


@dataclass
class Thing:
    """Something that a create made: what it was given, and what the service added."""

    name: str
    arn: str
    given: Params
    created: float
    number: int
    modified: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)
    hidden: int = 0


@dataclass
class Polls:
    """How many answers of DescribeEndpoint show each state that passes; and how often a new configuration is not found.

    The last is AWS's: what was made a moment ago may not be seen at once.
    """

    creating: int = 1
    updating: int = 1
    deleting: int = 1
    lag: int = 0


@dataclass
class Store:
    """One account in one Region."""

    account: str
    region: str
    faults: Faults
    polls: Polls
    things: dict[Kind, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    ghosts: list[Any] = field(default_factory=list)
    removed: set[tuple[Kind, str]] = field(default_factory=set)
    made: int = 0
    _last: float = 0.0

    def now(self) -> float:
        """The time in seconds and milliseconds, never the same twice."""
        self._last = max(round(time.time(), 3), round(self._last + 0.001, 3))
        return self._last

    def key(self, kind: Kind, name: str) -> str:
        """What two names have in common that are one name."""
        return name.lower() if self.faults.checks(f"case-{kind.arn}") else name

    def arn(self, kind: Kind, name: str) -> str:
        """The ARN of a thing of that name, made or not."""
        name = name.lower() if self.faults.checks("lower-case-arn") else name
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:sagemaker:{self.region}:{self.account}:{kind.arn}/{name}"

    def add(self, kind: Kind, params: Params, made: type[Any] = Thing) -> Any:
        """Make a thing; raises Refusal where there is one of that name."""
        name = params[f"{kind.stem}Name"]
        self.refuse_taken(kind, name)
        if not self.faults.checks("one-at-a-time"):
            time.sleep(0.03)
        self.made += 1
        created = self.now()
        tags = params.get("Tags", []) if self.faults.checks("create-tags") else []
        thing = made(
            name, self.arn(kind, name), params, created, self.made, created,
            {tag["Key"]: tag["Value"] for tag in tags},
        )  # fmt: skip
        thing.hidden = self.polls.lag if kind is CONFIG else 0
        if self.faults.checks(f"{kind.arn}-kept"):
            self.things[kind][self.key(kind, name)] = thing
        return thing

    def refuse_taken(self, kind: Kind, name: str) -> None:
        """Raise the Refusal for a name that is taken."""
        there = self.things[kind].get(self.key(kind, name))
        leaving = getattr(there, "status", None) == "Deleting" and not self.faults.checks("taken-while-deleting")
        if there is not None and not leaving and self.faults.checks(f"unique-{kind.arn}"):
            raise invalid(f'Cannot create already existing {kind.words} "{self.arn(kind, name)}".')

    def find(self, kind: Kind, name: str, rule: str) -> Any:
        """The thing of that name; raises the Refusal that AWS answers where there is none.

        `rule` names the check; without it nothing is found, and nothing is said of it.
        """
        found = self.things[kind].get(self.key(kind, name))
        if found is not None and found.hidden > 0:
            found.hidden -= 1
            raise self.missing(kind, found.arn)
        again = (kind, name) in self.removed and not self.faults.checks("gone-for-delete") and rule.endswith("-delete")
        if found is None and self.faults.checks(rule) and not again:
            raise self.missing(kind, self.arn(kind, name))
        return found

    def missing(self, kind: Kind, arn: str) -> Refusal:
        """What AWS answers of a thing that is not there."""
        if not self.faults.checks("missing-code"):
            return Refusal("ResourceNotFoundException", f'Could not find {kind.words} "{arn}".')
        if not self.faults.checks("missing-message"):
            return invalid(f"The {kind.words} does not exist.")
        if not self.faults.checks("missing-status"):
            return Refusal("ValidationException", f'Could not find {kind.words} "{arn}".', 500)
        return invalid(f'Could not find {kind.words} "{arn}".')

    def remove(self, kind: Kind, name: str) -> None:
        """Forget a thing."""
        self.removed.add((kind, name))
        self.things[kind].pop(self.key(kind, name), None)

    def by_arn(self, arn: str) -> Thing:
        """The thing of that ARN; raises Refusal."""
        for kind in KINDS:
            for thing in self.things[kind].values():
                if thing.arn.lower() == arn.lower():
                    found: Thing = thing
                    return found
        word = arn.rpartition(":")[2].partition("/")[0]
        raise self.missing(next((kind for kind in KINDS if kind.arn == word), Kind("", word, "resource")), arn)


def tags_of(tags: Mapping[str, str]) -> list[Params]:
    """Tags as the API writes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def add_tags(store: Store, params: Params) -> Params:
    """AddTags."""
    thing = store.by_arn(params["ResourceArn"])
    new = {tag["Key"]: tag["Value"] for tag in params["Tags"]}
    if not store.faults.checks("tags-overwrite"):
        new = {**new, **thing.tags}
    if len({**thing.tags, **new}) > MOST_TAGS:
        raise Refusal("ResourceLimitExceeded", f"A resource can have at most {MOST_TAGS} tags.")
    if not store.faults.checks("tags-joined"):
        thing.tags.clear()
    if store.faults.checks("tags-added"):
        thing.tags.update(new)
    return {"Tags": tags_of({**thing.tags, **new})}


def delete_tags(store: Store, params: Params) -> Params:
    """DeleteTags."""
    thing = store.by_arn(params["ResourceArn"])
    if store.faults.checks("tags-removed"):
        others = {key: value for key, value in thing.tags.items() if key not in params["TagKeys"]}
        thing.tags = others if store.faults.checks("other-tags-left") else {}
    return {}
