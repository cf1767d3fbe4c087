"""What to try after a valid request was not accepted: one adaptation after the other, the likeliest first.

    Rejection --SUGGESTIONS[outcome class]--> Adaptation, Adaptation, ...

Each adaptation holds everything that was learned before it and one change more, so a request that gets further can be
the base of the next one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.attempt import RejectedAttempt, Rejection
from conformance.cases.feedback.member_suggestions import (
    add_all_members,
    add_mentioned_members,
    add_reference_members,
    add_single_members,
    fill_empty_structures,
    use_offered_values,
)
from conformance.cases.feedback.reference_suggestions import (
    call_earlier_operations,
    refer_to_other_services,
    refer_to_own_resources,
    use_answers_of_related,
    use_answers_of_unrelated,
)
from conformance.cases.producers import ProducerIndex
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.specs.model import Operation

Suggestion: TypeAlias = Callable[[RejectedAttempt], Iterator[Adaptation]]

# By outcome class, in the order in which they are tried. Where a state is missing, references come before members.
SUGGESTIONS: Mapping[str, tuple[Suggestion, ...]] = {
    "rejected-validation": (
        add_mentioned_members,
        use_offered_values,
        refer_to_own_resources,
        refer_to_other_services,
        add_reference_members,
        use_answers_of_related,
        call_earlier_operations,
        fill_empty_structures,
        add_single_members,
        add_all_members,
    ),
    "rejected-state": (
        refer_to_other_services,
        use_answers_of_related,
        refer_to_own_resources,
        add_reference_members,
        call_earlier_operations,
        use_answers_of_unrelated,
        add_mentioned_members,
        use_offered_values,
        fill_empty_structures,
        add_single_members,
        add_all_members,
    ),
    "crashed": (
        refer_to_own_resources,
        refer_to_other_services,
        fill_empty_structures,
        add_single_members,
        add_reference_members,
        use_answers_of_related,
        call_earlier_operations,
        add_all_members,
    ),
}


@dataclass(slots=True)
class Suggester:
    """Suggests adaptations for the operations of one builder.

    `accepted` are the names of the operations of which a request was accepted in this run: what they create is
    referred to first.
    """

    builder: RequestBuilder
    accepted: set[str] = field(default_factory=set)
    _producers: ProducerIndex = field(init=False)

    def __post_init__(self) -> None:
        self._producers = ProducerIndex(self.builder.service)

    def suggestions(self, operation: Operation, params: Params, rejection: Rejection) -> Iterator[Adaptation]:
        """What to try after `params`, built with what is known of the operation, were rejected; lazy."""
        attempt = RejectedAttempt(
            self.builder,
            self._producers,
            self.accepted,
            operation,
            params,
            rejection,
            self.builder.adaptation(operation.name),
        )
        return itertools.chain.from_iterable(suggest(attempt) for suggest in SUGGESTIONS.get(rejection.outcome, ()))
