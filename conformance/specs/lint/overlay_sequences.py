"""Rules of an overlay that speak of several requests: laws that match no clause, stories that cannot be told.

law   -- globs -------------------------- a clause about state that one of its operations owns
story -- calls, edits, names of things -- operations, members, resources
holds -- JMESPath over the steps -------- their requests and answers
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.state import state_clauses
from conformance.specs.lint.overlay_places import Asked, Scope, edits_problems, leads_problems
from conformance.specs.model import Service, Spec
from conformance.specs.overlay.entries import Overlay, Rule, Step
from conformance.specs.overlay.rules import law_globs
from conformance.specs.resources.inference import with_inferred


def law_problems(spec: Spec, overlay: Overlay, rule: Rule) -> Iterator[str]:
    """Globs of a rule that match no clause of its operations."""
    globs = dict(zip((rule.law or "").split(), law_globs(rule), strict=True))
    if not globs:
        return
    service, whole = spec.service, with_inferred(spec.service, overlay)
    owners = [service.operations[name] for name in rule.operations if name in service.operations]
    clauses = [clause.id.partition(":")[2] for owner in owners for clause in state_clauses(spec, owner, whole)]
    for written, glob in globs.items():
        if not any(glob.fullmatch(clause) for clause in clauses):
            yield f"law: {written} is no clause of {', '.join(rule.operations)}"


def story_problems(spec: Spec, overlay: Overlay, rule: Rule) -> Iterator[str]:
    """What is wrong with the steps of a rule's story and with the conditions on them."""
    service, names = spec.service, [step.name for step in rule.story]
    for step in rule.story:
        if names.count(step.name) > 1:
            yield f"story: there are two steps {step.name}"
        yield from (f"story, {step.name}: {what}" for what in _step(service, overlay, step))
    if not rule.story and (rule.holds or rule.when):
        yield "holds: there is no story"
        return
    asked = Asked()
    for condition in filter(None, (rule.when, rule.holds)):
        asked.ask(service, condition, dict(_scope(service, overlay, rule)))
    yield from asked.problems()


def _step(service: Service, overlay: Overlay, step: Step) -> Iterator[str]:
    operation = service.operations.get(step.call)
    if operation is None:
        yield f"no such operation: {step.call}"
        return
    shape = service.input_of(operation)
    yield from edits_problems(service, shape, step.given)
    for path in step.upper:
        yield from leads_problems(service, shape, path, "upper")
    for name, edits in step.fresh.items():
        resource = overlay.resources.get(name)
        if resource is None or resource.create not in service.operations:
            yield f"fresh: no such resource: {name}"
        else:
            yield from edits_problems(service, service.input_of(service.operations[resource.create]), edits)
    if step.settle is not None and step.settle not in overlay.resources:
        yield f"settle: no such resource: {step.settle}"


def _scope(service: Service, overlay: Overlay, rule: Rule) -> Iterator[tuple[str, Scope]]:
    """The names that conditions may use: the steps, and the reads that wait after them."""
    for step in rule.story:
        if step.call in service.operations:
            yield step.name, _told(service, step.call)
        resource = overlay.resources.get(step.settle or "")
        if resource is not None and resource.read is not None and resource.read.operation in service.operations:
            yield f"{step.name}.settled", _told(service, resource.read.operation)


def _told(service: Service, operation: str) -> Scope:
    asked = service.operations[operation]
    return {"request": service.input_of(asked), "answer": service.output_of(asked), "code": None, "message": None}
