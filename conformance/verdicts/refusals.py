"""Valid requests that are refused, and never accepted: is the target to blame?

    refused, none accepted --> the answer names a state, a member, a value, an error of its own --> no, AWS may do so
                           '-> it names nothing, or a constraint that the request keeps         --> yes

A model does not have every rule of its service (either this or that must be given), and sample values are made up. AWS
refuses such requests, too, and says what they lack. A refusal that says nothing of the request may be one that every
request gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import declared_codes, is_general_code
from conformance.specs.model import Operation, Service
from conformance.specs.places import places
from conformance.values.paths import leaves

# Words that are in names of members and in messages that say nothing of them.
COMMON_WORDS = frozenset({"error", "input", "invalid", "message", "operation", "parameter", "request", "validation"})

# The shortest word or value that is taken for a mention of a member.
SHORTEST = 4

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(slots=True)
class Refusals:
    """The valid requests of one operation that were refused without a word about them.

    `excused` says that something else than such a refusal was met: it may explain why none was accepted.
    """

    exchanges: list[tuple[Case, Exchange]] = field(default_factory=list)
    excused: bool = False

    def see_blocked(self) -> None:
        """Take note that a valid request lacked something that could not be created: the smallest one counts."""
        self.excused = self.excused or not self.exchanges

    def see(self, service: Service, case: Case, exchange: Exchange) -> None:
        """Take note of the answer to a valid request; others are passed over."""
        if case.intent != "valid":
            return
        if exchange.outcome.kind != "rejected-validation" or says_why(service, exchange):
            self.excused = True
        else:
            self.exchanges.append((case, exchange))


def says_why(service: Service, exchange: Exchange) -> bool:
    """Whether the refusal of a valid request says what it lacks: a rule that the model may not have."""
    outcome, operation = exchange.outcome, service.operations[exchange.call.operation]
    if outcome.complaints:
        return False  # that is AWS's grammar for constraints of the model, and the request was proven to keep them
    code = outcome.code or ""
    if code in declared_codes(service, operation) and not is_general_code(code):
        return True
    return code.startswith("Malformed") or _mentions(service, exchange, operation, outcome.message or "")


def _mentions(service: Service, exchange: Exchange, operation: Operation, message: str) -> bool:
    texts = (str(value) for _, value in leaves(exchange.call.params))
    if any(len(text) >= SHORTEST and text in message for text in texts):
        return True
    said = f" {' '.join(_words(message))} "
    return any(f" {name} " in said for name in (*_own_words(service, operation), *_names(service)))


def _own_words(service: Service, operation: Operation) -> Iterator[str]:
    """The words of the names of an operation's members, wherever they are."""
    for place in places(service, service.input_of(operation)):
        yield from (word for word in _words(place.steps[-1]) if len(word) >= SHORTEST and word not in COMMON_WORDS)


def _names(service: Service) -> Iterator[str]:
    """The names of several words that the service has for anything."""
    for shape in service.shapes.values():
        for name in (shape.name, *shape.members):
            words = _words(name)
            if len(words) > 1 and not COMMON_WORDS.intersection(words):
                yield " ".join(words)


def _words(text: str) -> list[str]:
    """The words of a text or a name in lower case, without the ending of a plural."""
    return [word.lower().removesuffix("s") for word in _WORD.findall(text)]
