"""An open target: takes requests of the codecs, signs and sends them, returns the answers.

    Request --account header--> Signer (one a service) --SignedRequest--> Transport --> Response
               (where headers      |
                choose accounts)   '-- credentials: the user's, or an account's own key

Nothing is sent twice, with one exception: a request whose signature is refused for its time is signed again with the
server's time. What an answer repeats of the credentials and the signature is masked before anybody reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal

from conformance.cases.case import Call
from conformance.exceptions import UsageError
from conformance.exchanges import signing
from conformance.exchanges.accounts import ACCOUNT_HEADER, AccountScheme, account_for
from conformance.exchanges.clock import Clock
from conformance.exchanges.credentials import Login, dummy_login
from conformance.exchanges.endpoints import Endpoint
from conformance.exchanges.moto_transitions import slow_transitions
from conformance.exchanges.secrets import secrets_of
from conformance.exchanges.signing import Signer
from conformance.exchanges.transport import Transport, TransportFailure
from conformance.wire.message import Request, Response

TargetKind = Literal["moto", "http", "aws", "recording"]


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a connection needs; `prepare_account` is called with each account before it is used.

    With `host_prefixes` there are hosts with the prefixes that operations put before the name of the endpoint.
    """

    kind: TargetKind
    identity: str
    url: str | None
    region: str
    seed: int
    login: Login = field(repr=False)
    transport: Transport
    endpoint: Callable[[str, str | None], Endpoint]
    host_prefixes: bool = False
    scheme: AccountScheme | None = None
    prepare_account: Callable[[str], None] | None = None


class Connection:
    """Sends requests to one target, as one account. A context manager; `close` closes the sockets."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._settings = settings
        self._login = settings.login
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
        call: Call | None = None,
    ) -> Response:
        """The target's answer to `request`.

        `signing_name` and `signature_version` are the model's. `service` (botocore's name) and `endpoint_prefix`
        say where real AWS answers; other targets have one address for all. `sign` is False for operations whose
        auth type is `none`; `call` is for those who guard a target, and changes nothing here. Raises TransportFailure
        where nothing answers, `signing.Unsupported` for signatures that cannot be made, TargetError where AWS has no
        such endpoint.
        """
        endpoint = self._settings.endpoint(service, endpoint_prefix)
        request = self._addressed(request)
        if not sign:
            return self._settings.transport.send(signing.unsigned(request, endpoint.url))
        signer = self._signer(endpoint, signing_name, signature_version)
        answer = self._signed(signer, request, endpoint, unsigned_payload)
        if self._clock.corrected_by(answer):
            answer = self._signed(signer, request, endpoint, unsigned_payload)
        return answer

    def identity(self) -> dict[str, str | None]:
        """Kind, identity, URL and region for the header of a record; no credentials."""
        settings = self._settings
        return {"kind": settings.kind, "identity": settings.identity, "url": settings.url, "region": settings.region}

    def use_account(self, n: int) -> bool:
        """Change to the run's `n`-th account, empty; False where accounts cannot be chosen: nothing changes."""
        prepare = self._settings.prepare_account
        if not self.return_to_account(n):
            return False
        if prepare is not None and self.account is not None:
            prepare(self.account)
        return True

    def return_to_account(self, n: int) -> bool:
        """Change to the run's `n`-th account as it was left; False where accounts cannot be chosen."""
        settings = self._settings
        if settings.scheme is None or (settings.scheme.by == "key" and settings.login.own):
            return False
        self.account = account_for(settings.seed, n)
        if settings.scheme.by == "header":
            self._headers = ((ACCOUNT_HEADER, self.account),)
        else:
            self._login = dummy_login(self.account)
            self._signers.clear()
        return True

    @contextmanager
    def slow_transitions(self, calls: int | None) -> Iterator[None]:
        """Keep resources of moto in each transient state for so many calls, until the context ends.

        None changes nothing. Raises MissingPart and UsageError as `moto_transitions.slow_transitions` does.
        """
        if calls is None:
            yield
            return
        if self._settings.kind == "aws":
            raise UsageError("AWS has no state manager", hint="--transitions is for moto")
        address = self._settings.endpoint("", None).url
        with slow_transitions(self._settings.transport.send, address, calls):
            yield

    def close(self) -> None:
        """Close the sockets that are open."""
        self._settings.transport.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _addressed(self, request: Request) -> Request:
        """The request with the account's header; it keeps its host prefix only where such hosts exist."""
        prefix = request.host_prefix if self._settings.host_prefixes else ""
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
        secrets = secrets_of(self._login.credentials)
        try:
            return secrets.masked_answer(self._settings.transport.send(signed), signed)
        except TransportFailure as failure:
            raise secrets.masked_failure(failure, signed) from failure
