"""Starts the emulator once for all tests, and adds a check and a rule of the project's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from queue_emulator import create_app
from werkzeug.serving import make_server


@pytest.fixture(scope="session")
def conformance_target() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
