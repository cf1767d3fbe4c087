"""Moto in this process, as the server in its package runs it.

    WSGI application (DomainDispatcherApplication) -- picks the backend by credential scope, target header and path
        |                                              as `moto_server` does, so both answer alike
        '-- backends: global to the process, one set for each account; a run begins with an empty account

Moto is optional and takes half a second to import, so it is imported only when it is used.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import logging
import threading
import traceback
from typing import Any

from conformance.exceptions import MissingPart
from conformance.exchanges.wsgi_transport import SENT_HEADERS, Application, Environ, StartResponse, wsgi_text

# No server listens there: requests need a host, and moto takes addresses and `localhost` for "no virtual host".
URL = "http://127.0.0.1:5000"
PACKAGE = "moto"
HINT = "pip install 'aws-conformance[moto]'"


def version() -> str | None:
    """The installed moto's version, or None where there is none; imports nothing."""
    try:
        return importlib.metadata.version("moto")
    except importlib.metadata.PackageNotFoundError:
        return None


@functools.cache
def application() -> Application:
    """Moto's WSGI application; raises MissingPart where moto or what its server needs is not installed."""
    try:
        from moto.moto_server import werkzeug_app as server
    except ImportError as problem:
        raise MissingPart(f"moto cannot be embedded: {problem}", hint=HINT) from problem
    logging.getLogger("moto").addHandler(logging.NullHandler())  # otherwise its warnings go to the user's terminal
    _quiet_threads()
    dispatch = _quiet_dispatcher(server)
    preserve = _name_keeper(server)

    def call(environ: Environ, start_response: StartResponse) -> Any:
        preserve(environ)
        return dispatch(environ, start_response)

    return call


def reset_account(account: str) -> None:
    """Empty an account, and seed the ids that moto generates with it, so that the same seed gives the same record.

    Seeding does what moto's own `/moto-api/seed` does.
    """
    clear_account(account)
    with contextlib.suppress(ImportError):  # older versions of moto cannot be seeded
        from moto.moto_api._internal import mock_random

        mock_random.seed(int(account))


def clear_account(account: str) -> None:
    """Delete everything that the backends of this process hold for `account`."""
    from moto.core.base_backend import BackendDict

    for backends in list(getattr(BackendDict, "_instances", ())):
        if account in list(backends):
            backends[account].reset()
            del backends[account]


def _quiet_threads() -> None:
    """Keep tracebacks of threads that moto starts (imports, exports) off the user's terminal."""
    previous = threading.excepthook

    def hook(problem: threading.ExceptHookArgs) -> None:
        frames = traceback.walk_tb(problem.exc_traceback)
        if not any(str(frame.f_globals.get("__name__")).partition(".")[0] == "moto" for frame, _ in frames):
            previous(problem)

    threading.excepthook = hook


def _quiet_dispatcher(server: Any) -> Any:
    """Moto's dispatcher, without what it prints to standard output for every host that it does not know."""

    class Dispatcher(server.DomainDispatcherApplication):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(server.create_backend_app)
            self._known: dict[str | None, Any] = {}

        def get_backend_for_host(self, host: str | None) -> Any:
            if host not in self._known:
                self._known[host] = None if self._unknown(host) else super().get_backend_for_host(host)
            return self._known[host]

        def _unknown(self, host: str | None) -> bool:
            return bool(
                host
                and "amazonaws.com" in host
                and not any(pattern.match(f"http://{host}") for _, pattern in self.backend_url_patterns)
            )

    return Dispatcher()


def _keep_no_names(_environ: Environ) -> None:
    """For versions of moto that do not keep those headers."""


def _name_keeper(server: Any) -> Any:
    """What moto's request handler adds to werkzeug's: it keeps metadata headers with an underscore in their name."""
    wanted = getattr(server, "should_preserve_original_header_name", None)
    if wanted is None:
        return _keep_no_names
    key_of, names_key = server.environ_key_for_header, server.PRESERVED_HEADER_NAMES_ENVIRON_KEY

    def keep(environ: Environ) -> None:
        sent = environ[SENT_HEADERS]
        dashed = {key_of(name) for name, _ in sent if "_" not in name}
        names: dict[str, str] = {}
        values: dict[str, list[str]] = {}
        for name, value in sent:
            key = key_of(name)
            if wanted(name) and key not in dashed:
                names.setdefault(key, name)
                values.setdefault(key, []).append(wsgi_text(value))
        environ.update({key: ",".join(several) for key, several in values.items()})
        environ[names_key] = names

    return keep
