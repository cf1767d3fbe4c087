"""An open target: requests of the codecs in, answers out, signed on the way.

    Request --account header--> Signer (one a service) --SignedRequest--> Transport --> Response
               (where headers      |
                choose accounts)   '-- credentials: the user's, or an account's own key

Nothing is retried, with one exception: a signature refused for its time is made once more with the server's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal

from conformance.errors import UsageError
from conformance.exchanges import signing
from conformance.exchanges.accounts import ACCOUNT_HEADER, AccountScheme, account_for
from conformance.exchanges.clock import Clock
from conformance.exchanges.credentials import Login, dummy_login
from conformance.exchanges.endpoints import Endpoint
from conformance.exchanges.moto_transitions import slow_transitions
from conformance.exchanges.signing import Signer
from conformance.exchanges.transport import Transport
from conformance.wire.message import Request, Response

TargetKind = Literal["moto", "http", "aws", "recording"]


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a connection is made of; `enter` is told of each account before it is worked in."""

    kind: TargetKind
    identity: str
    url: str | None
    region: str
    seed: int
    login: Login = field(repr=False)
    transport: Transport
    endpoint: Callable[[str, str | None], Endpoint]
    scheme: AccountScheme | None = None
    enter: Callable[[str], None] | None = None


class Connection:
    """Sends requests to one target, as one account. A context manager; `close` lets go of sockets."""

    def __init__(self, wiring: ConnectionSettings) -> None:
        self._wiring = wiring
        self._login = wiring.login
        self._clock = Clock()
        self._signers: dict[tuple[str, str, str], Signer] = {}
        self._headers: tuple[tuple[str, str], ...] = ()
        self.account: str | None = None
        self.use_account(0)

    def send(
        self,
        request: Request,
        *,
        signing_name: str,
        signature_version: str,
        service: str = "",
        endpoint_prefix: str | None = None,
        sign: bool = True,
        unsigned_payload: bool = False,
    ) -> Response:
        """The target's answer to `request`.

        `signing_name` and `signature_version` are the model's. `service` (botocore's name) and `endpoint_prefix`
        say where real AWS answers; other targets have one address for all. `sign` is False for operations whose
        auth type is `none`. Raises TransportFailure where nothing answers, `signing.Unsupported` for signatures
        that cannot be made, TargetError where AWS has no such endpoint.
        """
        endpoint = self._wiring.endpoint(service, endpoint_prefix)
        request = self._addressed(request)
        if not sign:
            return self._wiring.transport.send(signing.unsigned(request, endpoint.url))
        signer = self._signer(endpoint, signing_name, signature_version)
        answer = self._signed(signer, request, endpoint, unsigned_payload)
        if self._clock.learns_from(answer):
            answer = self._signed(signer, request, endpoint, unsigned_payload)
        return answer

    def identity(self) -> dict[str, str | None]:
        """Kind, identity, URL and region for the header of a record; no credentials."""
        wiring = self._wiring
        return {"kind": wiring.kind, "identity": wiring.identity, "url": wiring.url, "region": wiring.region}

    def use_account(self, n: int) -> bool:
        """Move to the run's `n`-th account; False, and nothing done, where the account is not free to choose."""
        wiring = self._wiring
        if wiring.scheme is None or (wiring.scheme.by == "key" and wiring.login.own):
            return False
        self.account = account_for(wiring.seed, n)
        if wiring.enter is not None:
            wiring.enter(self.account)
        if wiring.scheme.by == "header":
            self._headers = ((ACCOUNT_HEADER, self.account),)
        else:
            self._login = dummy_login(self.account)
            self._signers.clear()
        return True

    @contextmanager
    def staying(self, calls: int | None) -> Iterator[None]:
        """Have moto stay in states that pass for so many calls, until the context ends; None leaves all as it is.

        Raises MissingPart and UsageError where that cannot be had.
        """
        if calls is None:
            yield
            return
        if self._wiring.kind == "aws":
            raise UsageError("AWS has no state manager to tell", hint="--transitions is for moto")
        address = self._wiring.endpoint("", None).url
        with slow_transitions(self._wiring.transport.send, address, calls):
            yield

    def close(self) -> None:
        """Close what is held open."""
        self._wiring.transport.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _addressed(self, request: Request) -> Request:
        """With the account's header; a host prefix only where names in front of the host lead somewhere."""
        prefix = request.host_prefix if self._wiring.kind == "aws" else ""
        if not self._headers and prefix == request.host_prefix:
            return request
        return replace(request, headers=(*request.headers, *self._headers), host_prefix=prefix)

    def _signer(self, endpoint: Endpoint, signing_name: str, signature_version: str) -> Signer:
        name = endpoint.signing_name or signing_name
        key = (name, signature_version, endpoint.signing_region)
        signer = self._signers.get(key)
        if signer is None:
            signer = Signer(
                self._login.credentials, endpoint.signing_region, name, signature_version, clock=self._clock.now
            )
            self._signers[key] = signer
        return signer

    def _signed(self, signer: Signer, request: Request, endpoint: Endpoint, unsigned_payload: bool) -> Response:
        signed = signer.sign(request, endpoint.url, unsigned_payload=unsigned_payload)
        return self._wiring.transport.send(signed)
