"""What whole-product tests share: a clean AWS environment, one moto server, one run of the main job."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from doubles.command_line import HOSTING, CommandResult, conformance
from doubles.score_summary import pytest_terminal_summary as pytest_terminal_summary

# The models of services are millions of objects that live to the end: collections that walk all of them take an eighth
# of the time of the tests, and free nothing.
gc.set_threshold(100_000, 20, 100)

# How long an example takes depends on what else the machine does.
settings.register_profile("any-speed", deadline=None)
settings.load_profile("any-speed")

_SERVE = """
import sys
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""

# A shell starts background jobs with Ctrl-C ignored. Processes inherit that, and would then ignore it in tests, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are cores; for all tests one more, because some wait for a process or a time limit."""
    return (os.cpu_count() or 1) + (config.args_source is pytest.Config.ArgsSource.TESTPATHS)


@pytest.fixture
def clean_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials, regions or endpoints but those that a test names."""
    _clean(monkeypatch, tmp_path)


def _clean(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") or name == "REQUESTS_CA_BUNDLE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The URL of a moto server in a process of its own, on a port that was free."""
    with subprocess.Popen([sys.executable, "-c", _SERVE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        try:
            _await(url)
            yield url
        finally:
            process.kill()


def _await(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{url}/moto-api/", timeout=5) as answer:
                answer.read()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the moto server does not answer")


@pytest.fixture(scope="session")
def main_job(tmp_path_factory: pytest.TempPathFactory) -> tuple[CommandResult, Path]:
    """SageMaker hosting on embedded moto: what the command said, and its folder."""
    folder = tmp_path_factory.mktemp("main-job")
    with pytest.MonkeyPatch.context() as monkeypatch:
        _clean(monkeypatch, folder)
        arguments = ("run", HOSTING, "--target", "moto", "--seed", "7", "--max-examples", "2", "--out", str(folder))
        return conformance(*arguments), folder
