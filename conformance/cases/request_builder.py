"""The requests of one service under one seed: valid params, named, with their setup before and their cleanup after.

    ValidParams --params--> ResourceNamer --names of the case's token--> Prerequisites --setup, cleanup--> Case

Every part is a module of its own; this one holds them together and turns params into cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.cases.case import Call, Case, Creation, Fault
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.prerequisites import Prerequisites
from conformance.cases.request_changes.named_keys import with_named_keys
from conformance.cases.resource_names import ResourceNamer, token_for
from conformance.cases.samples import DEFAULT_REGION, Sampler
from conformance.cases.valid_params import Params, ValidParams
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.places import Step
from conformance.specs.resources.inference import READING
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, Path, get
from conformance.values.vocabulary import Intent

__all__ = ["CaseDraft", "Params", "RequestBuilder"]


def _every_clause(_clause: str) -> bool:
    return True


def _no_other_service(_service: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What a case is to be: valid params without names, its purpose, and how names, setup and fault are made.

    `change` breaks the params after names are filled in, `wire_edits` change their wire form. Names at the paths in
    `keep_names` stay as they are, those at the paths in `longest_names` get the greatest length that their shape
    allows. With `full_setup` resources that the request refers to are created with every optional member; those in
    `also_create` are created although the request does not refer to them. The other fields are those of `Case`.
    """

    name: str
    intent: Intent
    title: str
    clauses: tuple[str, ...]
    params: Params
    change: Callable[[Params], Params] | None = None
    wire_edits: tuple[Edit, ...] = ()
    keep_names: tuple[Path, ...] = ()
    longest_names: tuple[Path, ...] = ()
    full_setup: bool = False
    also_create: tuple[Resource, ...] = ()
    fault: Fault | None = None
    base: str | None = None
    rule: Rule | None = None


@dataclass(slots=True)
class RequestBuilder:
    """Builds the cases of one spec's operations under a seed.

    `includes` says which clauses are asked for; no case is built that serves none of them. `region` is the target's.
    `other_service` gives the builder of another service by botocore's name, for what requests refer to there; None
    where that service is not known. What is learned of an operation (`adapt`) goes into every request of it that is
    built from then on, as the hints of an overlay do. A `prefix` begins every token, and is a tag of what is created,
    where the creating operation takes tags. `tokens` are those that were given, without the prefix.
    """

    spec: Spec
    overlay: Overlay
    seed: int
    includes: Callable[[str], bool] = _every_clause
    region: str = DEFAULT_REGION
    other_service: Callable[[str], RequestBuilder | None] = _no_other_service
    prefix: str = ""
    tokens: set[str] = field(init=False, default_factory=set)
    valid_params: ValidParams = field(init=False)
    namer: ResourceNamer = field(init=False)
    _setup: Prerequisites = field(init=False)

    def __post_init__(self) -> None:
        self.valid_params = ValidParams(self.spec, self.overlay, self.region)
        self._name_resources()

    def _name_resources(self) -> None:
        """Take resources that were learned into account in names and setups."""
        learned = (each for adaptation in self.valid_params.adaptations() for each in adaptation.resources)
        self.namer = ResourceNamer(self.service, self.overlay, tuple(learned), self.prefix)
        self._setup = Prerequisites(self.valid_params, self.namer, self._setup_of_other_service)

    def _setup_of_other_service(self, service: str) -> Prerequisites | None:
        other = self.other_service(service)
        return None if other is None else other._setup

    def token(self, identity: str) -> str:
        """The token of a case or scenario by its id, from which the names of its resources are derived."""
        token = token_for(self.seed, identity)
        self.tokens.add(token)
        return self.prefix + token

    @property
    def service(self) -> Service:
        """The service whose requests are built."""
        return self.spec.service

    def adaptation(self, operation: str) -> Adaptation:
        """What was learned of an operation; see `ValidParams.adaptation`."""
        return self.valid_params.adaptation(operation)

    def adapt(self, operation: str, adaptation: Adaptation) -> None:
        """Build requests of an operation by `adaptation` from now on, in place of the one before it."""
        if adaptation != self.adaptation(operation):
            self.valid_params.adapt(operation, adaptation)
            self._name_resources()

    def rules_for(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules of the overlay that requests of an operation must keep."""
        return self.valid_params.rules_for(operation)

    def sampler(self, *, full: bool = False) -> Sampler:
        """The sampler of the service's shapes; with `full` it gives every optional member."""
        return self.valid_params.sampler(full=full)

    def smallest(self, operation: Operation) -> Params:
        """The smallest valid params, without names; raises Unbuildable."""
        return self.valid_params.smallest(operation)

    def fullest(self, operation: Operation) -> Params:
        """Valid params with every optional member that goes with the others, without names; raises Unbuildable."""
        return self.valid_params.fullest(operation)

    def completed(self, operation: Operation, params: Params, place: tuple[Step, ...] = ()) -> Params:
        """Params valid by the model, made valid by the overlay; see `ValidParams.completed`. Raises Unbuildable."""
        return self.valid_params.completed(operation, params, place)

    def repaired(self, operation: Operation, params: Params) -> Params:
        """The params, repaired until every rule of the operation holds; raises Unbuildable."""
        return self.valid_params.repaired(operation, params)

    def prerequisites(
        self,
        operation: Operation,
        params: Params,
        token: str,
        *,
        full: bool = False,
        also_create: tuple[Resource, ...] = (),
        existing: tuple[str, ...] = (),
    ) -> tuple[Creation, ...]:
        """What must exist for a request, in the order of its creation; see `Prerequisites.of_request`."""
        return self._setup.of_request(operation, params, token, full=full, also_create=also_create, existing=existing)

    def creation_of(self, resource: Resource, token: str, *, full: bool = False) -> Creation:
        """The creation of a resource under the token's name, without what that needs; raises Unbuildable."""
        return self._setup.creation_of(resource, token, full=full)

    def cleanup_of(self, operation: Operation, call: Call, token: str, *, shared: bool = False) -> Call | None:
        """The call that removes what a call creates, or None; see `Prerequisites.cleanup_of`."""
        return self._setup.cleanup_of(operation, call, token, shared=shared)

    def call_about(self, resource: Resource, operation: str, token: str, params: Params | None = None) -> Call:
        """A call of an operation that refers to the resource of a token; raises Unbuildable."""
        return self._setup.call_about(resource, operation, token, params)

    def with_parent_references(self, resource: Resource, operation: Operation, params: Params) -> Params:
        """The params with the members that refer to what a resource was created in; raises Unbuildable."""
        return self._setup.with_parent_references(resource, operation, params)

    def case(self, operation: Operation, draft: CaseDraft) -> Case:
        """The case of a draft, with its names filled in, its setup before it and its cleanup after it.

        Requests that change nothing (reads, and requests that are to be rejected) can share one setup.
        """
        identity = f"{self.service.name}:{operation.name}/{draft.intent}/{draft.name}"
        token = self.token(identity)
        keys = self.valid_params.hints(operation.name).keys
        # Names in keys cannot be bound, so the setup is the case's own.
        shared = (draft.intent == "invalid" or READING.match(operation.name) is not None) and not keys
        named = self.namer.with_names(
            operation, draft.params, token, keep=draft.keep_names, longest=draft.longest_names
        )
        also_create = (*draft.also_create, *(self.overlay.resources[name] for name in keys.values()))
        setup = self.prerequisites(operation, named, token, full=draft.full_setup, also_create=also_create)
        call = self._call(operation, draft, named, setup, shared=shared)
        call = with_named_keys(call, keys, setup, named)
        undo = self.cleanup_of(operation, call, token, shared=shared)
        shared_setup = repr([(each.call, each.undo) for each in setup]).replace(token, "") if shared and setup else None
        return Case(
            identity, self.service.name, operation.name, draft.intent, draft.title, draft.clauses, call, setup, undo,
            fault=draft.fault, base=draft.base, rule=draft.rule, shared_setup=shared_setup,
        )  # fmt: skip

    def _call(
        self, operation: Operation, draft: CaseDraft, named: Params, setup: tuple[Creation, ...], *, shared: bool
    ) -> Call:
        """The call of a draft, with its references to the setup bound."""
        params = draft.change(named) if draft.change else named
        created = {creation.resource for creation in setup}
        bound = [each for each in self.namer.bindings(operation, named, all_=shared) if each.resource in created]
        # A change may copy a reference, which then is bound as well; what it sets itself is no reference.
        names = [(each.resource, get(named, each.path)) for each in bound]
        possible = self.namer.bindings(operation, params, all_=shared)
        bindings = tuple(each for each in possible if (each.resource, get(params, each.path)) in names)
        return Call(operation.name, params, draft.wire_edits, bindings=bindings)
