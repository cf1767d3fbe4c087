"""How much a contradiction weighs.

Measured on 6,192 public recordings of real AWS answers: whatever AWS itself contradicts may not be an error.

    required output member absent     2 % of answers break it somewhere     -> warning
    output bounds, lengths, patterns  broken by AWS                         -> info
    output enums                      spelling and new values differ        -> warning
    undeclared error code             42 % of 1,618 real errors             -> info
    2xx other than the model's        28 answers, 202 and 206 for 200       -> warning
    JSON and XML types, envelopes, well-formed bodies, 5xx, wrong status    -> error

An input constraint that is not enforced is an error where answers of AWS show that the service enforces its
model (the overlay says so and cites them); elsewhere only missing members and wrong types are, because every
protocol of AWS is strict about those. Two things are never more than a warning: text of the wrong type in a header
(a service reads a header where it needs it: one that belongs to another kind of resource is not looked at), and a
union without exactly one member (no recorded message of AWS names that constraint; older servers take a union for a
structure whose members are all optional).
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.record.vocabulary import Severity
from conformance.specs.overlay.entries import Enforcement, Overlay, Rule

SEVERITY_BY_CODE: Mapping[str, Severity] = {
    # the target as a whole
    "not-implemented": "warning",
    "crash": "error",
    "connection-closed": "error",
    "poisons-state": "error",
    # answers
    "malformed-answer": "error",
    "wrong-content-type": "warning",
    "other-success-status": "warning",
    "no-request-id": "info",
    "wrong-type": "error",
    "duplicate-member": "error",
    "missing-member": "warning",
    "null-member": "warning",
    "unknown-member": "info",
    "not-in-enum": "warning",
    "out-of-bounds": "info",
    "breaks-pattern": "info",
    "breaks-union": "warning",
    # error answers
    "malformed-error": "error",
    "no-error-code": "error",
    "wrong-error-status": "error",
    "undeclared-code": "info",
    "wrong-error-shape": "warning",
    # requests
    "rejects-valid": "warning",
    "rejects-unusual": "info",
    "accepts-malformed": "error",
    "rejects-unknown-member": "info",
    # lists, asked for as a whole and in pages, several times where they differ
    "loses-items": "error",
    "repeats-items": "error",
    # pages of AWS have done all of these: CloudWatch Logs gave the same token twice (aws/aws-cli 3191), DynamoDB
    # refused its own (boto/boto3 4196), Cloud Control ignored the page size (aws/aws-cli 9314), the last token of
    # MediaLive was empty (aws/aws-sdk-go 1733)
    "endless-pages": "warning",
    "refuses-own-token": "warning",
    "page-too-long": "warning",
    "more-without-token": "warning",
    "empty-token": "warning",
    "ignores-token": "warning",
    "accepts-foreign-token": "info",
    # filters and orders go by an index that may lag
    "filter-ignored": "warning",
    "filter-loses": "warning",
    "wrong-order": "warning",
    # the life of a resource: how long AWS takes, what it does on its own, and which requests it takes for the same one
    # again, the model does not say; an error of the model that should have been answered makes it a warning
    "lost": "warning",
    "unlisted": "warning",
    "vanishes": "warning",
    "stalls": "warning",
    "ends-failed": "warning",
    "ends-elsewhere": "warning",
    "wrong-transition": "warning",
    "regresses": "warning",
    "skips-state": "info",
    "survives-delete": "warning",
    "listed-after-delete": "warning",
    "accepts-duplicate": "warning",
    "accepts-duplicate-undeclared": "info",
    "several-winners": "warning",
    "accepts-taken": "warning",
    "accepts-taken-undeclared": "info",
    "changes-busy": "warning",
    "changes-busy-undeclared": "info",
    "accepts-missing": "warning",
    "accepts-missing-undeclared": "info",
    # round trips: AWS has members that it takes and does not tell, and nothing here can know them all
    "lost-attribute": "warning",
    "changed-value": "warning",
    "changed-case": "info",  # AWS stores many names in lower case
    "update-ignored": "warning",
    "unstable-answer": "warning",
    "times-out-of-order": "warning",
    "time-off": "info",
    "changed-by-reading": "warning",
    # tags
    "lost-tag": "warning",
    "tag-not-overwritten": "warning",
    "tag-not-removed": "warning",
    # idempotency tokens: some services of AWS look at the name alone, or take any token again
    "not-idempotent": "warning",
    "token-not-honoured": "info",
    "token-reused": "warning",
    # rules whose breach was answered otherwise than recorded
    "wrong-state-code": "warning",
    "wrong-error-message": "info",
}

# What only a rule of the overlay tells how much it weighs.
CODES_WEIGHED_BY_RULE = frozenset({"accepts-broken-rule", "wrong-error-code", "breaks-rule"})

# What weighs the same where a rule of the overlay speaks of the clause: rules do not say how long something takes, nor
# are texts of errors a promise.
CODES_NOT_WEIGHED_BY_RULE = frozenset({"stalls", "skips-state", "wrong-error-message"})

# Constraints that the deserialiser of every AWS protocol enforces, whatever the service does afterwards.
ALWAYS_ENFORCED = frozenset({"required", "type"})

SEVERITY_BY_ENFORCEMENT: Mapping[Enforcement, Severity] = {
    "RECORDED": "error",
    "DOC-ERROR": "error",
    "DOC-MUST": "warning",
    "SECOND-HAND": "warning",
    "DEFAULT": "warning",
    "DRIFTED": "warning",
    "ASYNC": "info",
    "ADVICE": "info",
}


def severity_of(code: str) -> Severity:
    """How much a contradiction under `code` weighs."""
    return SEVERITY_BY_CODE[code]


# Constraints that no recorded rejection of AWS names.
NEVER_RECORDED = frozenset({"union"})


def severity_of_unenforced(constraint: str, overlay: Overlay, *, in_header: bool = False) -> Severity:
    """How much it weighs that a request which breaks an input constraint is accepted."""
    if constraint in NEVER_RECORDED or (in_header and constraint == "type"):
        return "warning"
    return "error" if constraint in ALWAYS_ENFORCED or overlay.enforces_input is not None else "warning"


def severity_of_rule(rule: Rule) -> Severity:
    """How much it weighs that a rule of the overlay does not hold."""
    return SEVERITY_BY_ENFORCEMENT[rule.enforcement]
