"""Checksums of request bodies, for the operations that require one or whose caller asked for one.

httpChecksumRequired                      -> Content-MD5
httpChecksum, required or chosen by param -> x-amz-checksum-<algorithm>, and the header that names the algorithm
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from conformance.specs.model import Operation
from conformance.wire.message import Inexpressible

_PREFIX = "x-amz-checksum-"
_NOT_CHECKSUMS = (_PREFIX + "type", _PREFIX + "algorithm", _PREFIX + "mode")

Headers = tuple[tuple[str, str], ...]


def checksum_headers(operation: Operation, value: Mapping[str, Any], headers: Headers, body: bytes) -> Headers:
    """The headers to add; none where the params brought a checksum of their own.

    Raises Inexpressible for an algorithm of the model that is not computed here.
    """
    if any(_is_checksum(name.lower()) for name, _ in headers):
        return ()
    member_name = operation.checksum.get("requestAlgorithmMember")
    chosen = value.get(member_name) if member_name else None
    if isinstance(chosen, str):
        return ((_PREFIX + chosen.lower(), _checksum(chosen, body)),)
    if operation.checksum.get("requestChecksumRequired"):
        return ((_PREFIX + "crc32", _checksum("CRC32", body)),)
    if operation.checksum_required:
        digest = hashlib.md5(body, usedforsecurity=False).digest()
        return (("Content-MD5", b64encode(digest).decode("ascii")),)
    return ()


def _is_checksum(name: str) -> bool:
    return name == "content-md5" or (name.startswith(_PREFIX) and name not in _NOT_CHECKSUMS)


def _checksum(algorithm: str, body: bytes) -> str:
    compute = _ALGORITHMS.get(algorithm)
    if compute is None:
        raise Inexpressible(f"checksums of {algorithm} are not computed")
    return b64encode(compute(body)).decode("ascii")


def _reflected_crc(polynomial: int, bits: int) -> Callable[[bytes], bytes]:
    """A CRC whose bits come last to first, all ones before and after."""
    ones = (1 << bits) - 1

    def step(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        return value

    table = [step(value) for value in range(256)]

    def crc(body: bytes) -> bytes:
        value = ones
        for byte in body:
            value = value >> 8 ^ table[(value ^ byte) & 255]
        return (value ^ ones).to_bytes(bits // 8, "big")

    return crc


_ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "CRC32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "CRC32C": _reflected_crc(0x82F63B78, 32),
    "CRC64NVME": _reflected_crc(0x9A6C9329AC4BC9B5, 64),
    "SHA1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "SHA256": lambda body: hashlib.sha256(body).digest(),
    "SHA512": lambda body: hashlib.sha512(body).digest(),
    "MD5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
}
