"""Checks the overlay rules that need several calls: globs that match no clause, and steps that cannot be carried out.

refines -- globs -------------------------- a clause about state that one of the rule's operations owns
steps   -- calls, edits, resource names --- operations, members, resources
assert, assume -- JMESPath over the steps - their requests and answers
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.state import state_clauses
from conformance.specs.lint.overlay_places import ConditionNames, Scope, edits_problems, path_problems
from conformance.specs.model import Service, Spec
from conformance.specs.overlay.entries import Overlay, Rule, Step
from conformance.specs.overlay.rules import refined_globs
from conformance.specs.resources.inference import with_inferred


def refines_problems(spec: Spec, overlay: Overlay, rule: Rule) -> Iterator[str]:
    """Globs of a rule that match no clause of its operations."""
    globs = dict(zip(rule.refines, refined_globs(rule), strict=True))
    if not globs:
        return
    service, whole = spec.service, with_inferred(spec.service, overlay)
    owners = [service.operations[name] for name in rule.operations if name in service.operations]
    clauses = [clause.id.partition(":")[2] for owner in owners for clause in state_clauses(spec, owner, whole)]
    for written, glob in globs.items():
        if not any(glob.fullmatch(clause) for clause in clauses):
            yield f"refines: {written} is no clause of {', '.join(rule.operations)}"


def steps_problems(spec: Spec, overlay: Overlay, rule: Rule) -> Iterator[str]:
    """What is wrong with the steps of a rule, and with the conditions on them."""
    service, names = spec.service, [step.name for step in rule.steps]
    for step in rule.steps:
        if names.count(step.name) > 1:
            yield f"steps: there are two steps {step.name}"
        yield from (f"steps, {step.name}: {what}" for what in _step(service, overlay, step))
    if not rule.steps and (rule.assertion or rule.assumption):
        yield f"{'assert' if rule.assertion else 'assume'}: needs steps, and there are none"
        return
    asked = ConditionNames()
    for condition in filter(None, (rule.assumption, rule.assertion)):
        asked.ask(service, condition, dict(_scope(service, overlay, rule)))
    yield from asked.problems()


def _step(service: Service, overlay: Overlay, step: Step) -> Iterator[str]:
    operation = service.operations.get(step.call)
    if operation is None:
        yield f"no such operation: {step.call}"
        return
    shape = service.input_of(operation)
    yield from edits_problems(service, shape, step.edits)
    for path in step.upper_case:
        yield from path_problems(service, shape, path, "upper_case")
    for name, edits in step.fresh.items():
        resource = overlay.resources.get(name)
        if resource is None or resource.create not in service.operations:
            yield f"fresh: no such resource: {name}"
        else:
            yield from edits_problems(service, service.input_of(service.operations[resource.create]), edits)
    if step.wait_for is not None and step.wait_for not in overlay.resources:
        yield f"wait_for: no such resource: {step.wait_for}"


def _scope(service: Service, overlay: Overlay, rule: Rule) -> Iterator[tuple[str, Scope]]:
    """The names that conditions may use: the steps, and the reads that wait for a resource after a step."""
    for step in rule.steps:
        if step.call in service.operations:
            yield step.name, _step_scope(service, step.call)
        resource = overlay.resources.get(step.wait_for or "")
        if resource is not None and resource.read is not None and resource.read.operation in service.operations:
            yield f"{step.name}.settled", _step_scope(service, resource.read.operation)


def _step_scope(service: Service, operation: str) -> Scope:
    asked = service.operations[operation]
    return {"request": service.input_of(asked), "answer": service.output_of(asked), "code": None, "message": None}
