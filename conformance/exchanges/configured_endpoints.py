"""The endpoint URL that the user has configured for AWS's tools, by the rules of the AWS CLI.

    AWS_ENDPOINT_URL_<SERVICE> > AWS_ENDPOINT_URL > endpoint_url of the service > endpoint_url of the profile
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true turns all of them off

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html has the rules; botocore's provider follows
them. A run has one target, so the services of a run must agree.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from botocore.configprovider import ConfiguredEndpointProvider

from conformance.exceptions import UsageError
from conformance.exchanges.credentials import botocore_errors

VARIABLE = "AWS_ENDPOINT_URL"


@dataclass(frozen=True, slots=True)
class ConfiguredEndpoint:
    """A URL, and the variable or the setting that it is from."""

    url: str
    source: str


def configured_endpoint(session: Any, services: Collection[str] = ()) -> ConfiguredEndpoint | None:
    """The endpoint configured for services, by botocore's names; None where there is none.

    Without services, the one for all. Raises UsageError where services are configured to go to different places.
    """
    with botocore_errors():
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        found = {name: _endpoint_of(session, name) for name in services or ("",)}
    if len({each.url if each is not None else None for each in found.values()}) > 1:
        places = ", ".join(f"{name}: {each.url if each else 'none'}" for name, each in found.items())
        raise UsageError(
            f"the services are configured to have different endpoints ({places})",
            hint="run them one by one, or name one with --endpoint-url",
        )
    return next(iter(found.values()))


def _endpoint_of(session: Any, service: str) -> ConfiguredEndpoint | None:
    full, scoped = session.full_config, session.get_scoped_config()
    url = ConfiguredEndpointProvider(full, scoped, service).provide()
    return None if not url else ConfiguredEndpoint(str(url), _source(service, str(url)))


def _source(service: str, url: str) -> str:
    """What the URL is from: of the variables with that value the one that botocore reads, or the configuration."""
    for name in sorted(os.environ, reverse=True):  # the service's own before the one for all
        if name.startswith(VARIABLE) and os.environ[name] == url:
            read = ConfiguredEndpointProvider({}, {}, service, environ={name: url}).provide()
            if read == url:
                return name
    return "endpoint_url in the AWS configuration"
