"""The one table of protocols: the names that models give them, and the codec of each."""

from __future__ import annotations

from types import MappingProxyType

from conformance.exceptions import UnknownName
from conformance.specs.model import Service
from conformance.wire.cbor_protocol.rpccbor import RpcV2Cbor
from conformance.wire.json_protocols.awsjson import AwsJson
from conformance.wire.json_protocols.restjson import REST_JSON
from conformance.wire.message import Codec
from conformance.wire.xml_protocols.query import EC2, QUERY
from conformance.wire.xml_protocols.restxml import REST_XML

_CODECS: tuple[Codec, ...] = (AwsJson(), QUERY, EC2, REST_JSON, REST_XML, RpcV2Cbor())

CODECS = MappingProxyType({codec.name: codec for codec in _CODECS})


def codec_for(service: Service, protocol: str | None = None) -> Codec:
    """The codec of `protocol`, or of the protocol that botocore would choose for the service.

    Raises UnknownName for a protocol that the service does not declare or that has no codec.
    """
    chosen = protocol or service.protocol
    declared = {*service.protocols, service.protocol}
    if chosen not in CODECS or chosen not in declared:
        spoken = sorted(declared & CODECS.keys())
        raise UnknownName(f"protocol of {service.name}", chosen, spoken, hint=f"it speaks {', '.join(spoken)}")
    return CODECS[chosen]
