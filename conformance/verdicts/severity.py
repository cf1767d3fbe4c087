"""The severity of a contradiction, calibrated on real AWS answers.

    code --SEVERITY_BY_CODE--> severity          a rule of the overlay with a source may raise or lower it:
                                                 rule.enforcement --SEVERITY_BY_ENFORCEMENT--> severity

Measured on 6,192 public recordings of AWS answers: what AWS itself contradicts may not be an error.

    required output member absent     2 % of answers break it somewhere     -> warning
    output bounds, lengths, patterns  broken by AWS                         -> info
    output enums                      new values                            -> warning
                                      other case, other separators          -> info
    undeclared error code             42 % of 1,618 real errors             -> info
    2xx other than the model's        28 answers, 202 and 206 for 200       -> warning
    JSON and XML types, envelopes, well-formed bodies, 5xx, wrong status    -> error

An input constraint that is not enforced is an error where answers of AWS show that the service enforces its model (the
overlay says so and cites them). For other services only missing members and wrong types are errors, because every
protocol of AWS is strict about those. Two things are never more than a warning: text of the wrong type in a header (a
service may not read a header that belongs to another kind of resource), and a union without exactly one member (no
recorded message of AWS names that constraint; older servers take a union for a structure of optional members).
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.specs.overlay.entries import Enforcement, Overlay, Rule
from conformance.values.vocabulary import Severity

SEVERITY_BY_CODE: Mapping[str, Severity] = {
    # the target as a whole
    "not-implemented": "warning",
    "crash": "error",
    "connection-closed": "error",
    "poisons-state": "error",
    "ends-target": "error",
    # answers
    "malformed-answer": "error",
    "wrong-envelope": "error",
    "wrong-content-type": "warning",
    "repeated-header": "warning",
    "other-success-status": "warning",
    "no-request-id": "info",
    "wrong-type": "error",
    "duplicate-member": "error",
    "missing-member": "warning",
    "null-member": "warning",
    "unknown-member": "info",
    "not-in-enum": "warning",
    "enum-spelling": "info",
    "out-of-bounds": "info",
    "breaks-pattern": "info",
    "breaks-union": "warning",
    # error answers
    "malformed-error": "error",
    "no-error-code": "error",
    "wrong-error-status": "error",
    "error-with-success": "error",
    "undeclared-code": "info",
    "shape-name-as-code": "warning",
    "wrong-query-code": "warning",
    "wrong-error-shape": "warning",
    # requests
    "never-accepts": "warning",
    "rejects-valid": "warning",
    "rejects-unusual": "info",
    "accepts-malformed": "error",
    "accepts-no-object": "warning",
    "misses-unnamed": "warning",
    "rejects-unknown-member": "info",
    # lists, read as a whole and in pages, several times where the two differ
    "loses-items": "error",
    "repeats-items": "error",
    # AWS itself has done each of these: CloudWatch Logs gave the same token twice (aws/aws-cli 3191), DynamoDB
    # refused its own (boto/boto3 4196), Cloud Control ignored the page size (aws/aws-cli 9314), the last token of
    # MediaLive was empty (aws/aws-sdk-go 1733)
    "endless-pages": "warning",
    "refuses-own-token": "warning",
    "page-too-long": "warning",
    "more-without-token": "warning",
    "empty-token": "warning",
    "ignores-token": "warning",
    "accepts-foreign-token": "info",
    # filters and orders may use an index that lags behind
    "filter-ignored": "warning",
    "filter-loses": "warning",
    "wrong-order": "warning",
    # lifecycle of a resource: the model does not say how long AWS takes, what it changes by itself, and which requests
    # it takes for repetitions. Where the model declares the error that was missing, it is a warning, else info
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
    "refuses-missing": "info",  # where the documentation says that the call succeeds
    # round trips: AWS accepts members that it never answers, and no list of them is complete
    "lost-attribute": "warning",
    "changed-value": "warning",
    "changed-case": "info",  # AWS stores many names in lower case
    "update-ignored": "warning",
    "unstable-answer": "warning",
    "times-out-of-order": "warning",
    "time-off": "info",
    "changed-by-reading": "warning",
    # settings of a parent: where an error for their absence is declared or documented
    "present-before-put": "warning",
    "present-after-removal": "warning",
    # tags
    "lost-tag": "warning",
    "tag-not-overwritten": "warning",
    "tag-not-removed": "warning",
    # idempotency tokens: some services of AWS compare the name alone, or accept any token again
    "not-idempotent": "warning",
    "token-not-honoured": "info",
    "token-reused": "warning",
    # what a mock of a client gives, and botocore's parser never does, whatever AWS sends
    "invented-member": "error",
    "invented-code": "warning",
    "no-error-message": "info",
    "takes-unknown-member": "error",
    "token-after-last-page": "warning",
    "never-waited": "info",
    # what a client of botocore was sent, and its caller cannot see
    "only-on-the-wire": "info",
    # broken rules that are rejected otherwise than AWS was recorded to reject them
    "wrong-state-code": "warning",
    "wrong-error-message": "info",
}

# Codes whose severity only a rule of the overlay says.
CODES_WEIGHED_BY_RULE = frozenset({"accepts-broken-rule", "wrong-error-code", "breaks-rule"})

# Codes whose severity no rule changes: rules do not say how long something takes, and texts of errors are no promise.
CODES_NOT_WEIGHED_BY_RULE = frozenset({"stalls", "skips-state", "wrong-error-message"})

# Constraints that every AWS protocol enforces when it deserialises a request, before the service sees it.
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
    """The severity of a contradiction under `code`; raises KeyError for a code that the table does not have."""
    return SEVERITY_BY_CODE[code]


# Constraints that no recorded rejection of AWS names.
NEVER_RECORDED = frozenset({"union"})


def severity_of_unenforced(constraint: str, overlay: Overlay, *, in_header: bool = False) -> Severity:
    """The severity of the acceptance of a request that breaks an input constraint."""
    if constraint in NEVER_RECORDED or (in_header and constraint == "type"):
        return "warning"
    return "error" if constraint in ALWAYS_ENFORCED or overlay.enforces_input is not None else "warning"


def severity_of_rule(rule: Rule) -> Severity:
    """The severity of the contradiction of a rule of the overlay."""
    return SEVERITY_BY_ENFORCEMENT[rule.enforcement]
