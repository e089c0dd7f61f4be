"""Starts mock-gpudb as a process, and calls its control API."""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

CONTROL_TIMEOUT_S = 10


@contextmanager
def running_mock() -> Iterator[str]:
    """Yields the URL of a mock: MOCK_GPUDB_URL, or a process that runs until the block ends."""
    if url := os.environ.get("MOCK_GPUDB_URL"):
        yield url
        return
    command = shlex.split(os.environ.get("MOCK_GPUDB", "npx mock-gpudb"))
    command += ["start", "--host", "127.0.0.1", "--port", "0", "--clock", "frozen"]
    # A process group of its own: npx does not forward signals.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as mock:
        try:
            assert mock.stdout is not None
            line = mock.stdout.readline()
            assert line.startswith("listening on "), f"the mock does not start: {line!r}"
            yield line.removeprefix("listening on ").strip()
        finally:
            os.killpg(mock.pid, signal.SIGTERM)


class Scope:
    """An isolated scope of a mock, with its own clock, jobs, rules and journal."""

    def __init__(self, mock_url: str, name: str) -> None:
        self.url = f"{mock_url}/~{name}"
        self._mock_url = mock_url
        self._name = name
        self.control("POST", "/clock", {"mode": "frozen"})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Calls the control API of this scope. A status other than 2xx raises HTTPError."""
        return call(method, f"{self.url}/__mock{path}", body)

    def remove(self) -> None:
        call("DELETE", f"{self._mock_url}/__mock/scopes/{self._name}")


def call(method: str, url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    request = Request(url, data=data, headers=headers, method=method)
    with urlopen(request, timeout=CONTROL_TIMEOUT_S) as response:
        text = response.read()
        return json.loads(text) if text else None
