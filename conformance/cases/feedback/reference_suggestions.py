"""Suggestions that create what the request refers to, or that call another operation first.

"The volume 'example' does not exist"
    refer_to_own_resources           a volume is created first, and its handle is in that place
    refer_to_other_services          a thing of another service: a role, a key, a bucket
    use_answers_of_related           an operation of the same noun answers a member of that name
    use_answers_of_unrelated         another operation does
    call_earlier_operations          an operation comes first that this one undoes, or that begins what it ends
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.feedback import error_text
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.attempt import RejectedAttempt
from conformance.specs.resources.other_services import OtherServiceReference, other_service_reference, qualified_name
from conformance.specs.resources.resource import Handle, Resource, Source

# How many guesses of one kind are tried; each costs a request.
MAX_GUESSES = 3

# How many operations that answer a member of the same name are tried.
MAX_PRODUCERS = 2


def refer_to_own_resources(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Resources of the service that texts in the request may refer to, first those that were created before."""
    guesses: list[tuple[bool, int, int, str, Resource]] = []
    for number, (_, name, _) in enumerate(attempt.unresolved_texts()):
        for resource in attempt.builder.overlay.resources.values():
            rank = error_text.reference_rank(name, resource.name, attempt.operation.name, attempt.rejection.text)
            excluded = resource.create == attempt.operation.name or resource.name in attempt.rejection.missing
            if rank is None or excluded:
                continue
            referred = _referred_by(attempt, resource, name)
            if referred is not None:
                guesses.append((resource.create not in attempt.accepted, rank, number, name, referred))
    guesses.sort(key=lambda each: each[:3])
    for _, _, _, name, resource in guesses[:MAX_GUESSES]:
        yield attempt.adaptation(f"with a {resource.name} as {name}", resources=(resource,))


def _referred_by(attempt: RejectedAttempt, resource: Resource, member: str) -> Resource | None:
    """The resource with a handle that the operation's `member` holds; None where it has no handle of that kind."""
    service, wanted = attempt.builder.service, error_text.handle_kind(member)
    create = service.input_of(service.operations[resource.create])
    given = next((each for each in create.members if each.lower() == member.lower()), None)
    kinds = [each.kind for each in resource.handles]
    handles = [replace(each, operation_members=()) for each in resource.handles]
    if wanted in kinds:
        best = kinds.index(wanted)
        handles[best] = replace(handles[best], operation_members=(member,))
    elif given is not None:
        handles.insert(0, Handle("name", Source("request", (given,)), (), (member,)))
    elif kinds and wanted != "arn":
        handles[0] = replace(handles[0], operation_members=(member,))
    else:
        return None
    return replace(resource, handles=tuple(handles), operations=(attempt.operation.name,), unrelated_in=())


def refer_to_other_services(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Resources of other services, in every place whose member name means one (`RoleArn`, `KmsKeyId`)."""
    found: dict[str, Resource] = {}
    for _, name, _ in attempt.unresolved_texts():
        reference = other_service_reference(name)
        if reference is None or reference.service == attempt.builder.service.name:
            continue
        resource = _of_other_service(attempt, reference)
        if resource is not None:
            earlier = found.get(resource.name)
            names = (*(earlier.handles[0].operation_members if earlier else ()), name)
            handle = replace(resource.handles[0], members=(), operation_members=tuple(dict.fromkeys(names)))
            found[resource.name] = replace(
                resource, handles=(handle,), operations=(attempt.operation.name,), unrelated_in=()
            )
    if found:
        yield attempt.adaptation(f"with {' and '.join(found)}", resources=tuple(found.values()))


def _of_other_service(attempt: RejectedAttempt, reference: OtherServiceReference) -> Resource | None:
    """The resource of another service, with the one handle by which it is referred to."""
    other = attempt.builder.other_service(reference.service)
    create = other.service.operations.get(reference.create) if other is not None else None
    known = other.namer.created_by(create) if other is not None and create is not None else None
    handles = known.handles if known is not None else ()
    handle = next((each for each in handles if each.kind == reference.handle), None)
    if known is None or handle is None:
        return None
    name = qualified_name(reference.service, known.name)
    return replace(known, name=name, handles=(handle,), service=reference.service)


def use_answers_of_related(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Operations of the same noun whose answers have a member of the name that an unresolved text has."""
    yield from _use_answers(attempt, related=True)


def use_answers_of_unrelated(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Operations of other nouns whose answers have such a member."""
    yield from _use_answers(attempt, related=False)


def _use_answers(attempt: RejectedAttempt, *, related: bool) -> Iterator[Adaptation]:
    for _, name, _ in itertools.islice(attempt.unresolved_texts(), MAX_GUESSES):
        producers = attempt.producers.answering(name, attempt.operation.name, related=related)
        for producer, path in itertools.islice(producers, MAX_PRODUCERS):
            created = attempt.builder.namer.created_by(attempt.builder.service.operations[producer])
            base = created or Resource(producer, producer, ())
            handle = Handle("other", Source("answer", path), (), (name,))
            others = tuple(replace(each, operation_members=()) for each in base.handles)
            resource = replace(base, handles=(*others, handle), operations=(attempt.operation.name,), unrelated_in=())
            yield attempt.adaptation(f"with the {name} that {producer} answers", resources=(resource,))
            earlier = attempt.producers.earlier_than(producer, "")
            first = next((each for each in earlier if each != attempt.operation.name), None)
            if first is not None:
                why = f"with the {name} that {producer} answers, after {first}"
                yield attempt.adaptation(why, depends_on=(first,), resources=(resource,))


def call_earlier_operations(attempt: RejectedAttempt) -> Iterator[Adaptation]:
    """Operations that, by their names, have to be called first."""
    creating = {each.create for each in attempt.builder.namer.references(attempt.operation, attempt.params)}
    earlier = attempt.producers.earlier_than(attempt.operation.name, attempt.rejection.text)
    for name in itertools.islice((each for each in earlier if each not in creating), MAX_GUESSES):
        if name not in attempt.known.hints.depends_on:
            yield attempt.adaptation(f"after {name}", depends_on=(name,))
