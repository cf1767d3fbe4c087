"""Random valid requests: one Hypothesis search an operation, with shrinking.

Hypothesis calls us. Within its search every example is sent once; an example that brings an error not yet known is
shrunk to the smallest request that still brings it. Attempts of shrinking are not findings of their own: what is kept
of them is the smallest example.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st

Params: TypeAlias = Mapping[str, Any]

# Requests that shrinking one contradiction may cost.
SHRINK_BUDGET = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """One example sent: the errors that it met, the one of them that is new, and what the caller keeps of it."""

    errors: frozenset[str]
    new: str | None
    kept: Any


# Sends params under a number; the flag says that it is an attempt to shrink. None for what cannot be made valid.
Send: TypeAlias = Callable[[Params, int, bool], "Attempt | None"]


class _Contradicted(Exception):
    """Raised so that Hypothesis takes an example as failing, and shrinks it."""


@dataclass(slots=True)
class _Search:
    send: Send
    first: int
    found: list[Attempt] = field(default_factory=list)
    cache: dict[str, Attempt | None] = field(default_factory=dict)
    error: str | None = None
    smallest: Attempt | None = None
    budget: int = SHRINK_BUDGET

    def example(self, params: Params) -> None:
        attempt = self._attempt(params)
        if attempt is None:
            hypothesis.reject()
        if self.error is None:
            self.error = attempt.new
        if self.error is not None and self.error in attempt.errors:
            self.smallest = attempt
            raise _Contradicted

    def _attempt(self, params: Params) -> Attempt | None:
        key = json.dumps(params, sort_keys=True, default=repr)
        if key in self.cache:
            return self.cache[key]
        shrinking = self.error is not None
        if shrinking and self.budget <= 0:
            return None
        self.budget -= shrinking
        attempt = self.send(params, self.first + len(self.cache), shrinking)
        self.cache[key] = attempt
        if attempt is not None and not shrinking:
            self.found.append(attempt)
        return attempt


def search(strategy: st.SearchStrategy[Params], send: Send, *, examples: int, seed: int) -> Iterator[Attempt]:
    """Send up to `examples` random requests and yield what was kept of each, shrunk ones after what they came from.

    The same seed gives the same examples.
    """
    left, number = examples, 1
    while left > 0:
        one = _Search(send, number)
        try:
            _run(strategy, one, left, seed)
        except KeyboardInterrupt:
            yield from one.found  # what was sent before the interrupt was sent all the same
            raise
        yield from one.found
        if one.smallest is None:
            return
        if one.smallest not in one.found:
            yield one.smallest
        left -= max(len(one.found), 1)
        number += len(one.cache)
        seed += 1


def examples(strategy: st.SearchStrategy[Params], number: int, seed: int) -> tuple[Params, ...]:
    """Up to `number` random examples; the same seed gives the same ones."""

    def keep(params: Params, _number: int, _shrinking: bool) -> Attempt:
        return Attempt(frozenset(), None, params)

    return tuple(attempt.kept for attempt in search(strategy, keep, examples=number, seed=seed))


def _run(strategy: st.SearchStrategy[Params], search: _Search, examples: int, seed: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @hypothesis.given(strategy)
    def body(params: Params) -> None:
        search.example(params)

    try:
        with _without_source_constants(), warnings.catch_warnings():
            # Threads of an embedded target may draw from the random module meanwhile: not the strategies' doing.
            warnings.filterwarnings("ignore", message="Do not use the `random` module inside strategies")
            body()
    except _Contradicted:
        return
    except hypothesis.errors.HypothesisException:
        # Unsatisfiable (no example could be made valid) and flaky (the shrink budget ran out) both end the search
        # with what was found so far.
        return


@contextlib.contextmanager
def _without_source_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing constants that it finds in the source code of loaded modules.

    They are there to find bugs in that code. A target is not that code, and one seed would give other requests
    wherever other modules are loaded. There is no setting for it; versions that work otherwise are left as they are.
    """
    providers: Any = None
    with contextlib.suppress(ImportError):
        providers = importlib.import_module("hypothesis.internal.conjecture.providers")
    known = getattr(providers, "_get_local_constants", None)
    if known is None or not hasattr(providers, "Constants") or not hasattr(providers, "CONSTANTS_CACHE"):
        yield
        return
    nothing = providers.Constants()
    providers.CONSTANTS_CACHE.cache.clear()
    providers._get_local_constants = lambda: nothing
    try:
        yield
    finally:
        providers._get_local_constants = known
        providers.CONSTANTS_CACHE.cache.clear()
