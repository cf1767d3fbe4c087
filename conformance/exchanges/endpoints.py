"""The endpoint of a service in a region of AWS.

service, region --botocore's endpoint rules, else its table of endpoints--> Endpoint(URL, signing region and name)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.regions import EndpointResolver

from conformance.exceptions import TargetError, UnknownName


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL, and the region and service name for its signatures; `signing_name` None means that of the model."""

    url: str
    signing_region: str
    signing_name: str | None = None


class AwsEndpoints:
    """The endpoints of one region; raises UnknownName for a region that no partition has.

    A `url` stands in for all of them; requests are signed as for the endpoints that it stands for.
    """

    def __init__(self, session: Any, region: str, url: str | None = None) -> None:
        self._region = region
        self._url = url
        self._loader = session.get_component("data_loader")
        self._table = EndpointResolver(self._loader.load_data("endpoints")).construct_endpoint
        self._found: dict[str, Endpoint] = {}
        known = known_regions(session)
        if region not in known:
            raise UnknownName("region", region, known, hint="a region as in aws:eu-west-1")

    def resolve(self, service: str, endpoint_prefix: str | None = None) -> Endpoint:
        """The endpoint of a service by botocore's name for it; raises TargetError where the region has none."""
        if service not in self._found:
            self._found[service] = self._at_url(self._by_rules(service) or self._by_table(endpoint_prefix or service))
        return self._found[service]

    def _at_url(self, endpoint: Endpoint) -> Endpoint:
        return endpoint if self._url is None else replace(endpoint, url=self._url)

    def _by_rules(self, service: str) -> Endpoint | None:
        try:
            rules = self._loader.load_service_model(service, "endpoint-rule-set-1")
            provider = EndpointProvider(rules, self._loader.load_data("partitions"))
            found = provider.resolve_endpoint(Region=self._region)
        except BotoCoreError:
            return None  # no rules, or rules that need more than the region
        schemes: list[dict[str, str]] = [
            each for each in found.properties.get("authSchemes", ()) if each["name"] == "sigv4"
        ]
        scheme = schemes[0] if schemes else {}
        return Endpoint(found.url, scheme.get("signingRegion", self._region), scheme.get("signingName"))

    def _by_table(self, prefix: str) -> Endpoint:
        found = self._table(prefix, self._region)
        if not found or not found.get("hostname"):
            raise TargetError(f"AWS has no endpoint for '{prefix}' in {self._region}")
        scope = found.get("credentialScope", {})
        return Endpoint(f"https://{found['hostname']}", scope.get("region", self._region), scope.get("service"))


def known_regions(session: Any) -> list[str]:
    """Every region of every partition that this botocore knows, sorted."""
    partitions = session.get_component("data_loader").load_data("partitions")["partitions"]
    return sorted(name for each in partitions for name in each["regions"] if not name.endswith("-global"))
