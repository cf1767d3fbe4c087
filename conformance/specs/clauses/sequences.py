"""Clauses of the overlay's rules, among them those that list steps to be sent in order.

sagemaker:CreateEndpoint/rule#EP-03     owned by each operation of the rule, under the rule's own id
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.overlay.rules import source_of

SECTION: Section = "rule"

RULE = "*"
"""Stands for the name of any rule: clauses of rules are named by the rules' ids."""

NAMES = (RULE,)


def sequences_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses of rules with steps; of a rule for several operations the first one owns the scenario."""
    for rule in overlay.rules_for(operation.name, spec.provenance.botocore):
        if rule.steps and rule.operations[0] == operation.name:
            yield rule_clause(spec, operation, rule)


def rule_clause(spec: Spec, operation: Operation, rule: Rule) -> Clause:
    """The clause of a rule for one of its operations."""
    return Clause(spec.service.name, operation.name, SECTION, "", rule.id, rule.statement, source_of(rule))
