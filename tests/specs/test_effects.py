"""What operations do: properties over the operations of every service that the installed botocore has, and examples.

The tables err on one side: a read may be taken for a write, an operation may be guarded without need; never otherwise.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import botocore
import pytest
import yaml

from conformance.specs import ingest
from conformance.specs.effects.charges import charge_of
from conformance.specs.effects.operation_effects import ACTING, GUARDED, READ_ONLY, effect_of, globs
from conformance.specs.store.files import shared_data
from doubles.botocore_versions import DATA_VERSION, installed_is_older


@lru_cache(maxsize=1)
def every_operation() -> tuple[tuple[str, str], ...]:
    """Service and name of every operation; only the table of operations of each model is parsed."""
    found: list[tuple[str, str]] = []
    for folder in sorted((Path(botocore.__file__).parent / "data").iterdir()):
        for path in sorted(folder.glob("*/service-2.json*"))[-1:]:
            content = path.read_bytes()
            text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
            start = re.search(r'"operations"\s*:\s*', text)
            assert start is not None
            found.extend((folder.name, name) for name in json.JSONDecoder().raw_decode(text, start.end())[0])
    return tuple(found)


def not_guarded(name: str, service: str = "*") -> list[str]:
    """Operations that match and could be sent unasked."""
    names, services = re.compile(name), globs([service])
    return [
        f"{each}:{operation}"
        for each, operation in every_operation()
        if services.fullmatch(each) and names.search(operation) and effect_of(each, operation).kind == "write"
    ]


def test_the_tables_reach_every_service() -> None:
    assert {service for service, _ in every_operation()} == set(ingest.service_names())


# Verbs after which something is not what it was before.
CHANGING = re.compile(
    r"(Create|Delete|Update|Put|Modify|Set|Add|Remove|Attach|Detach|Associate|Disassociate|Enable|Disable|Start|Stop|Run"
    r"|Terminate|Reboot|Cancel|Accept|Reject|Register|Deregister|Tag|Untag|Import|Restore|Reset|Send|Publish|Invoke"
    r"|Execute|Purchase|Release|Allocate|Revoke|Grant|Authorize|Assume|Subscribe|Receive|Poll|Claim|Reserve|Upload|Copy"
    r"|Move|Rotate|Schedule|Abort|Complete|Commit|Confirm|Admin(?!Get|List)|Batch(?!Get|Describe|Check|Is))"
)


def test_no_changing_verb_reads() -> None:
    assert [each for each in every_operation() if CHANGING.match(each[1]) and effect_of(*each).kind == "read"] == []


def test_most_reads_are_known_as_such() -> None:
    names = re.compile(r"(Describe|List|Head)(?![a-z])")
    kinds = [effect_of(*each).kind for each in every_operation() if names.match(each[1])]
    assert kinds.count("read") > 0.99 * len(kinds)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sqs", "ListQueues"),
        ("sqs", "GetQueueAttributes"),
        ("dynamodb", "Query"),
        ("dynamodb", "Scan"),
        ("dynamodb", "BatchGetItem"),
        ("s3", "HeadBucket"),
        ("s3", "SelectObjectContent"),
        ("ec2", "DescribeInstances"),
        ("cloudtrail", "LookupEvents"),
        ("secretsmanager", "GetSecretValue"),
        ("iam", "SimulateCustomPolicy"),
        ("events", "TestEventPattern"),
        ("logs", "FilterLogEvents"),
        ("cognito-idp", "AdminGetUser"),
        ("accessanalyzer", "ValidatePolicy"),
        ("devicefarm", "GetDevicePoolCompatibility"),
        ("sts", "GetCallerIdentity"),
        ("route53domains", "CheckDomainAvailability"),
        ("organizations", "DescribeOrganization"),
    ],
)
def test_reads(service: str, operation: str) -> None:
    assert effect_of(service, operation).kind == "read"


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sqs", "ReceiveMessage"),
        ("sqs", "SendMessage"),
        ("iot", "DescribeEndpoint"),
        ("iot", "GetRegistrationCode"),
        ("stepfunctions", "GetActivityTask"),
        ("swf", "PollForDecisionTask"),
        ("cognito-identity", "GetId"),
        ("apigatewayv2", "PreviewPortal"),
        ("apigateway", "TestInvokeMethod"),
        ("stepfunctions", "TestState"),
        ("timestream-query", "Query"),
        ("athena", "StartQueryExecution"),
        ("dynamodb", "ExecuteStatement"),
        ("kinesis", "SubscribeToShard"),
        ("ivs", "BatchStartViewerSessionRevocation"),
        ("unheard-of", "Frobnicate"),
        ("deadline", "StartSessionsStatisticsAggregation"),
        ("kms", "GetParametersForImport"),
    ],
)
def test_writes(service: str, operation: str) -> None:
    assert effect_of(service, operation).kind == "write"


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("^Purchase", "*"),
        ("Reserved(Instances?|Nodes?|Cache|DB)", "*"),
        ("SavingsPlan", "*"),
        ("CapacityBlock", "*"),
        (".", "organizations"),
        (".", "account"),
        (".", "route53domains"),
        (".", "service-quotas"),
        (".", "support"),
        (".", "billing*"),
        (".", "budgets"),
        (".", "mturk"),
        (".", "marketplace-*"),
        (".", "controltower"),
        ("Organization(?!alRe|alProfile)", "*"),
        ("DelegatedAdmin", "*"),
        ("^Assume", "*"),
        ("^Get.*Credentials", "*"),
        ("^Get.*(Session|Federation|Auth(orization)?|Access)Token$", "*"),
        ("^ScheduleKeyDeletion", "*"),
        ("QuotaIncrease", "*"),
        ("^PutAccount", "*"),
        ("AccountSetting", "*"),
        ("DomainTransfer", "*"),
        ("^Claim.*PhoneNumber", "*"),
        ("Send.*(Email|Sms|SMS|TextMessage|VoiceMessage|OTP)", "*"),
        ("AccessKey$", "*"),
        ("(Complete|Initiate)VaultLock$", "*"),
        ("ByDefault$", "*"),
        ("CapacityReservation", "*"),
        ("Billing", "*"),
    ],
)
def test_siblings_are_guarded_in_every_service(name: str, service: str) -> None:
    assert not_guarded(name, service) == []


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "PurchaseHostReservation", "purchase"),
        ("ec2", "AllocateHosts", "purchase"),
        ("savingsplans", "CreateSavingsPlan", "purchase"),
        ("shield", "CreateSubscription", "purchase"),
        ("acm-pca", "CreateCertificateAuthority", "purchase"),
        ("outposts", "CreateOrder", "purchase"),
        ("snowball", "CreateJob", "purchase"),
        ("glacier", "PurchaseProvisionedCapacity", "purchase"),
        ("organizations", "CreateAccount", "account"),
        ("account", "DisableRegion", "account"),
        ("iam", "UpdateAccountPasswordPolicy", "account"),
        ("ec2", "EnableEbsEncryptionByDefault", "account"),
        ("route53domains", "RegisterDomain", "domain-registration"),
        ("kms", "ScheduleKeyDeletion", "key-deletion"),
        ("service-quotas", "RequestServiceQuotaIncrease", "quota"),
        ("support", "CreateCase", "account"),
        ("sts", "AssumeRole", "credentials"),
        ("iam", "CreateAccessKey", "credentials"),
        ("ecr", "GetAuthorizationToken", "credentials"),
        ("guardduty", "CreateDetector", "protection"),
        ("ses", "SendEmail", "people"),
        ("ssm", "SendCommand", "wide-reach"),
        ("cloudcontrol", "DeleteResource", "wide-reach"),
        ("s3", "PutObjectRetention", "irreversible"),
    ],
)
def test_guarded(service: str, operation: str, code: str) -> None:
    effect = effect_of(service, operation)
    assert (effect.kind, effect.code) == ("guarded", code)
    assert effect.reason


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sqs", "CreateQueue"),
        ("sqs", "DeleteQueue"),
        ("s3", "CreateBucket"),
        ("s3", "PutBucketRequestPayment"),
        ("dynamodb", "CreateTable"),
        ("sns", "Subscribe"),
        ("lambda", "CreateFunction"),
        ("kms", "CreateKey"),
        ("sagemaker", "CreateEndpoint"),
        ("iam", "CreateRole"),
        ("cognito-idp", "AdminCreateUser"),
        ("ec2", "CreateVpc"),
        ("ec2", "RunInstances"),
        ("rds", "CreateEventSubscription"),
        ("route53", "CreateHostedZone"),
        ("waf", "GetChangeToken"),
        ("ec2", "CreateSubnetCidrReservation"),
        ("datazone", "CreateSubscriptionGrant"),
    ],
)
def test_plain_writes_are_not_guarded(service: str, operation: str) -> None:
    assert effect_of(service, operation).kind == "write"


def test_guards_are_few() -> None:
    kinds = [effect_of(*each).kind for each in every_operation()]
    assert kinds.count("guarded") < 0.15 * len(kinds)


def entries(name: str) -> list[dict[str, Any]]:
    path = shared_data(name)
    assert path is not None
    document = yaml.safe_load(path.read_text("utf-8"))
    found: list[dict[str, Any]] = document["operations"] if isinstance(document, dict) else document
    assert found
    return found


@pytest.mark.parametrize("name", [READ_ONLY, ACTING, GUARDED])
def test_every_entry_has_a_reason(name: str) -> None:
    assert [entry for entry in entries(name) if not entry["reason"]] == []


@pytest.mark.skipif(installed_is_older(), reason=f"some entries name what botocore has since {DATA_VERSION}")
@pytest.mark.parametrize("name", [READ_ONLY, ACTING, GUARDED])
def test_every_entry_matches_something(name: str) -> None:
    dead = []
    for entry in entries(name):
        services = globs(entry["services"])
        names = {operation for service, operation in every_operation() if services.fullmatch(service)}
        if not any(map(globs(entry["operations"]).fullmatch, names)):
            dead.append(entry)
    assert dead == []


@pytest.mark.parametrize(
    ("service", "operation", "by"),
    [
        ("ec2", "RunInstances", "hour"),
        ("kms", "CreateKey", "month"),
        ("ce", "GetCostAndUsage", "request"),
        ("s3", "PutObject", "use"),
        ("sqs", "CreateQueue", None),
        ("iam", "CreateRole", None),
    ],
)
def test_charges(service: str, operation: str, by: str | None) -> None:
    charge = charge_of(service, operation)
    assert (charge.by if charge else None) == by
