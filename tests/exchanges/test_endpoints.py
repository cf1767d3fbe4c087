"""Real AWS is where botocore's own clients find it."""

from __future__ import annotations

import botocore.session
import pytest

from conformance.exceptions import TargetError, UnknownName
from conformance.exchanges.endpoints import AwsEndpoints, Endpoint, known_regions

SERVICES = ["sts", "sqs", "iam", "sagemaker-runtime", "s3", "s3control", "acm", "route53", "polly"]


@pytest.fixture(scope="module")
def session() -> botocore.session.Session:
    return botocore.session.Session()


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
def test_endpoints_are_those_of_botocores_clients(session: botocore.session.Session, region: str) -> None:
    endpoints = AwsEndpoints(session, region)
    for service in SERVICES:
        client = session.create_client(
            service, region_name=region, aws_access_key_id="id", aws_secret_access_key="secret"
        )
        ours = endpoints.resolve(service, client.meta.service_model.endpoint_prefix)
        assert ours.url == client.meta.endpoint_url, service
        client.close()


@pytest.mark.parametrize(
    ("service", "region", "signing_region"),
    [("iam", "eu-west-1", "us-east-1"), ("route53", "cn-north-1", "cn-northwest-1"), ("sqs", "eu-west-1", "eu-west-1")],
)
def test_global_services_are_signed_for_the_region_that_they_live_in(
    session: botocore.session.Session, service: str, region: str, signing_region: str
) -> None:
    assert AwsEndpoints(session, region).resolve(service).signing_region == signing_region


def test_the_signing_name_of_the_rules_is_kept(session: botocore.session.Session) -> None:
    found = AwsEndpoints(session, "eu-west-1").resolve("s3control")
    assert found == Endpoint("https://s3-control.eu-west-1.amazonaws.com", "eu-west-1", "s3")


def test_a_service_without_rules_is_looked_up_in_the_table(session: botocore.session.Session) -> None:
    found = AwsEndpoints(session, "eu-west-1").resolve("no-such-service", "some-prefix")
    assert found.url == "https://some-prefix.eu-west-1.amazonaws.com"


def test_every_service_has_an_endpoint(session: botocore.session.Session) -> None:
    endpoints = AwsEndpoints(session, "us-east-1")
    for service in session.get_available_services():
        url = endpoints.resolve(service).url
        assert url.startswith("https://"), service
        assert "{" not in url


def test_where_a_partition_has_none_that_is_said(session: botocore.session.Session) -> None:
    endpoints = AwsEndpoints(session, "eu-west-1")
    endpoints._table = lambda *_: None
    with pytest.raises(TargetError, match="no endpoint for 'no-such-service' in eu-west-1"):
        endpoints.resolve("no-such-service")


def test_unknown_regions_are_refused_with_those_that_are_near(session: botocore.session.Session) -> None:
    assert "eu-central-1" in known_regions(session)
    assert not any("global" in name for name in known_regions(session))
    with pytest.raises(UnknownName) as caught:
        AwsEndpoints(session, "eu-west-11")
    assert "eu-west-1" in str(caught.value.hint)
