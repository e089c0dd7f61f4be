"""The fixtures, the marker and the sections of the report, in test runs of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

import pytest

DEADLINE_S = 120
CALL = """
import json
from urllib.request import Request, urlopen
import pytest

def call(url, endpoint, request):
    urlopen(Request(url + endpoint, data=json.dumps(request).encode(), method="POST")).close()
"""
VARIABLES = ("MOCK_GPUDB_URL", "MOCK_GPUDB_IMAGE", "MOCK_GPUDB_COMMAND", "MOCK_GPUDB_FIXTURES")
ENDS_SOON = "echo listening on http://127.0.0.1:1; sleep 1; exit 3"
PRINTS_URL = "def test_it(gpudb_mock): print('url', gpudb_mock)"


def absolute(command: str) -> str:
    """The command for another folder."""
    return " ".join(os.path.abspath(word) if "/" in word else word for word in command.split())


COMMAND = absolute(os.environ.get("MOCK_GPUDB_COMMAND", "mock-gpudb"))


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def use_mock(monkeypatch: pytest.MonkeyPatch, gpudb_mock: str) -> None:
    """The inner test runs use the mock of the outer one."""
    monkeypatch.setenv("MOCK_GPUDB_URL", gpudb_mock)


def write_program(folder: Path, name: str, code: str) -> None:
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)


def use_path(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one with programs."""
    folder = pytester.mkdir("bin")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/__mock/health", timeout=5):
            return True
    except (URLError, OSError):
        return False


def wait_until_gone(url: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while answers(url):
        assert time.monotonic() < deadline, f"{url} still answers after {DEADLINE_S} seconds"
        time.sleep(0.05)


def shown(result: pytest.RunResult, word: str) -> list[str]:
    """What the tests printed behind a word."""
    lines = [line for line in result.outlines if line.startswith(f"{word} ")]
    return [line.partition(" ")[2] for line in lines]


@pytest.mark.usefixtures("use_mock")
def test_each_test_has_a_scope_of_its_own(pytester: pytest.Pytester, gpudb_mock: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest
        @pytest.mark.parametrize("text", ["a", "ü/~ " * 50])
        def test_it(gpudb, text):
            gpudb.jobs.create({{"endpoint": "/alter/table"}})
            assert gpudb.jobs.list()["total"] == 1
            assert gpudb.url == "{gpudb_mock}/~" + gpudb.name
            print("scope", gpudb.name)
        """
    )
    result = pytester.runpytest("-rP")
    result.assert_outcomes(passed=2)
    names = shown(result, "scope")
    assert len(set(names)) == 2
    assert all(name.startswith("test_it-") and len(name) <= 64 for name in names)
    with urlopen(f"{gpudb_mock}/__mock/scopes") as answer:
        scopes = [scope["name"] for scope in json.loads(answer.read())["scopes"]]
    assert not set(names) & set(scopes)


@pytest.mark.usefixtures("use_mock")
def test_a_test_can_remove_its_scope(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(gpudb): gpudb.remove()")
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.usefixtures("use_mock")
def test_workers_of_xdist_have_different_scopes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.parametrize("number", range(8))
        def test_it(gpudb, number, worker_id):
            assert f"-{worker_id}-" in gpudb.name
            assert gpudb.jobs.create({"job_id": 7, "endpoint": "/alter/table"})["job_id"] == 7
            print("scope", gpudb.name)
        """
    )
    result = pytester.runpytest_subprocess("-n2", "-rP")
    result.assert_outcomes(passed=8)
    assert len(set(shown(result, "scope"))) == 8


@pytest.mark.usefixtures("use_mock")
def test_markers_set_the_clock_and_the_nearest_wins(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.gpudb(clock="frozen")
        def test_module(gpudb):
            assert gpudb.clock.get()["mode"] == "frozen"
        @pytest.mark.gpudb(clock={"mode": "scaled", "scale": 10})
        def test_function(gpudb):
            assert gpudb.clock.get()["scale"] == 10
        """
    )
    pytester.runpytest("--strict-markers").assert_outcomes(passed=2)


@pytest.mark.usefixtures("use_mock")
def test_a_misspelt_marker_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.gpudb(clok="frozen")
        def test_it(gpudb): pass
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker gpudb takes clock=* and clean=*clok*"])


@pytest.mark.usefixtures("use_mock")
def test_clean_fails_a_test_with_findings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
@pytest.mark.gpudb(clean=True)
def test_finding(gpudb):
    call(gpudb.url, "/has/table", {"table_name": "orders", "options": {}})

@pytest.mark.gpudb(clean=["unfinished_jobs"])
def test_other_check(gpudb): pass

@pytest.mark.gpudb(clean=True)
def test_clean(gpudb):
    gpudb.rules.add({"when": {"endpoint": "/has/table"}, "then": {"error": "no"}})
    call(gpudb.url, "/show/system/status", {"options": {}})
    gpudb.rules.clear()

@pytest.mark.gpudb(clean=True)
def test_own_failure(gpudb):
    raise AssertionError("mine")
"""
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "FINDINGS: The scope test_finding-*is not clean: 1 unmatched request (request 1 of *",
            "*AssertionError: mine",
        ]
    )


@pytest.mark.usefixtures("use_mock")
def test_a_failure_shows_unmatched_requests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
@pytest.fixture
def client(gpudb):
    call(gpudb.url, "/has/table", {"table_name": "a" * 600, "options": {}})
    raise ConnectionError("no luck")

def test_setup(client): pass

def test_call(gpudb):
    when = {"endpoint": "/has/table", "request": {"table_name": "orders"}}
    gpudb.rules.add({"name": "orders", "when": when, "then": {"response": {}}})
    for number in range(12):
        call(gpudb.url, "/has/table", {"table_name": f"order{number}", "options": {}})
    call(gpudb.url, "/has/table", {"table_name": "orders", "options": {}})
    raise AssertionError("mine")

def test_passes(gpudb):
    call(gpudb.url, "/has/table", {"table_name": "unseen", "options": {}})
"""
    )
    result = pytester.runpytest("-rP")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ConnectionError: no luck",
            "*mock-gpudb: unmatched requests in http*/~test_setup-*",
            "request 1 of /has/table",
            '  {"table_name": "aaa*a…',
            "*AssertionError: mine",
            "*mock-gpudb: unmatched requests in http*/~test_call-*",
            "request 1 of /has/table",
            '  the nearest rule is orders; request.table_name: expected "orders", got "order0"',
            '  {"table_name": "order0", "options": {}}',
            "request 10 of /has/table",
            "and 2 more",
        ]
    )
    result.stdout.no_fnmatch_line("*unseen*")


@pytest.mark.usefixtures("use_mock")
def test_a_rejected_call_is_shown_at_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        def test_verify(gpudb):
            gpudb.requests.verify({"endpoint": "/has/table"}, exactly=1)

        @pytest.mark.gpudb(clock="frosen")
        def test_setup(gpudb): pass

        @pytest.mark.gpudb(clean=True)
        def test_clean(gpudb): pass
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            '>*gpudb.requests.verify({"endpoint": "/has/table"}, exactly=1)',
            "E*MockGpudbError: NOT_VERIFIED: Expected exactly 1 matching request, got 0*",
            "*test_a_rejected_call*.py:4: MockGpudbError",
        ]
    )
    result.stdout.no_fnmatch_line("*entries are hidden*")
    result.stdout.no_fnmatch_line("*self._call*")


def test_without_a_mock_the_tests_are_skipped_with_the_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = use_path(pytester, monkeypatch)
    write_program(folder, "docker", "import sys; print('no daemon'); sys.exit(125)")
    pytester.makepyfile("def test_a(gpudb): pass\ndef test_b(gpudb): pass")
    result = pytester.runpytest("-rs")
    result.assert_outcomes(skipped=2)
    reason = (
        "Cannot find mock-gpudb: set MOCK_GPUDB_URL, MOCK_GPUDB_IMAGE or MOCK_GPUDB_COMMAND, "
        "as the README of mock-gpudb-pytest describes; tried docker run mock-gpudb: it ended with exit code 125: no daemon; "
        "mock-gpudb: there is no command mock-gpudb; "
        "npx --no-install mock-gpudb: there is no command npx"
    )
    assert reason in result.stdout.str()


@pytest.mark.parametrize(
    ("variable", "value", "timeout_s", "message"),
    [
        ("URL", "localhost:9191", 60, "*expected a URL such as http://localhost:9191*"),
        ("URL", "http://localhost:9191/~a", 60, "*without a scope, got 'http://localhost:9191/~a'"),
        ("URL", "http://127.0.0.1:1", 0.1, "MOCK_GPUDB_URL: Cannot GET http://127.*refused*"),
        ("COMMAND", "no-such-mock", 60, "Cannot run mock-gpudb: *no command no-such-mock"),
        ("COMMAND", "echo", 60, "Cannot run mock-gpudb: echo: it ended with exit code 0: start *"),
        ("COMMAND", f"sh -c '{ENDS_SOON}'", 60, f"*{ENDS_SOON}*exit code 3: listening on *"),
        ("COMMAND", "sh -c 'sleep 60'", 0.1, "*it does not listen in time*"),
        ("IMAGE", "no-such-image", 60, "*docker run no-such-image: there is no command docker"),
    ],
)
def test_a_named_mock_that_does_not_run_fails_the_tests(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    timeout_s: float,
    message: str,
) -> None:
    if variable == "IMAGE":
        use_path(pytester, monkeypatch)
    monkeypatch.setenv(f"MOCK_GPUDB_{variable}", value)
    pytester.makepyfile("def test_a(gpudb): pass\ndef test_b(gpudb): pass")
    result = pytester.runpytest("-o", f"gpudb_start_timeout={timeout_s}")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*another exception*")


@contextmanager
def other_server(status: int, body: bytes) -> Iterator[str]:
    """A server that answers every GET in the same way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "body"), [(404, b"<html>"), (200, b"<html>"), (400, b"[]")])
def test_a_server_that_is_not_the_mock_fails_the_tests_at_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    pytester.makepyfile("def test_it(gpudb): pass")
    with other_server(status, body) as url:
        monkeypatch.setenv("MOCK_GPUDB_URL", url)
        result = pytester.runpytest("-o", "gpudb_start_timeout=60")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*was answered by something that is not mock-gpudb*"])


def test_a_command_is_started_and_stopped(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_GPUDB_COMMAND", COMMAND)
    # A folder of another tool, which is no fixture folder of the mock.
    pytester.mkdir("fixtures").joinpath("users.json").write_text('[{"model": "auth.user"}]')
    pytester.makepyfile(PRINTS_URL)
    result = pytester.runpytest("-rP")
    result.assert_outcomes(passed=1)
    (url,) = shown(result, "url")
    assert not answers(url)


WAITS = """
import pathlib, time, pytest
@pytest.mark.parametrize("number", range(3))
def test_it(gpudb_mock, number):
    pathlib.Path(f"url-{number}.tmp").write_text(gpudb_mock)
    pathlib.Path(f"url-{number}.tmp").rename(f"url-{number}")
    time.sleep(600)
"""


@contextmanager
def running_tests(*options: str, redirection: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A test run with another input, in a process group of its own, killed at the end."""
    words = [sys.executable, "-m", "pytest", "-q", *options]
    shell = ["sh", "-c", f'exec "$@" {redirection}', "sh"]
    run = subprocess.Popen([*shell, *words], start_new_session=True)
    try:
        yield run
    finally:
        run.kill()
        run.wait(DEADLINE_S)


def wait_for_urls(folder: Path, count: int) -> list[str]:
    """The URLs of the mocks of so many tests of WAITS, which all answer."""
    deadline = time.monotonic() + DEADLINE_S
    while len(files := list(folder.glob("url-[0-9]"))) < count:
        assert time.monotonic() < deadline, f"{len(files)} of {count} tests run"
        time.sleep(0.05)
    urls = [file.read_text() for file in files]
    assert all(answers(url) for url in urls)
    return urls


@pytest.mark.parametrize(
    ("name", "redirection"),
    [("SIGINT", ""), ("SIGTERM", ""), ("SIGKILL", "<&-"), ("SIGKILL", "</dev/null")],
)
def test_an_interrupted_run_leaves_no_mock(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, redirection: str
) -> None:
    monkeypatch.setenv("MOCK_GPUDB_COMMAND", COMMAND)
    pytester.makepyfile(WAITS)
    with running_tests(redirection=redirection) as run:
        (url,) = wait_for_urls(pytester.path, 1)
        run.send_signal(signal.Signals[name])
        run.wait(DEADLINE_S)
        wait_until_gone(url)


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["controller", "all"])
def test_a_killed_run_of_xdist_leaves_no_mock_of_its_workers(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kill: Callable[[int, int], None]
) -> None:
    monkeypatch.setenv("MOCK_GPUDB_COMMAND", COMMAND)
    pytester.makepyfile(WAITS)
    with running_tests("-n3", redirection="</dev/null") as run:
        urls = wait_for_urls(pytester.path, 3)
        assert len(set(urls)) == 3
        kill(run.pid, signal.SIGKILL)
        for url in urls:
            wait_until_gone(url)


def test_a_fork_that_outlives_a_killed_run_holds_no_mock(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_GPUDB_COMMAND", COMMAND)
    forks = """
import os
@pytest.fixture(autouse=True)
def fork(gpudb_mock):
    if os.fork() == 0:
        pathlib.Path("fork").write_text(str(os.getpid()))
        while True:
            time.sleep(1)
"""
    pytester.makepyfile(WAITS + forks)
    with running_tests() as run:
        (url,) = wait_for_urls(pytester.path, 1)
        run.kill()
        try:
            wait_until_gone(url)
        finally:
            os.kill(int(pytester.path.joinpath("fork").read_text()), signal.SIGKILL)


def test_fixture_files_are_passed_to_the_mock(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_GPUDB_COMMAND", COMMAND)
    pytester.makeini("[pytest]\ngpudb_fixtures = one.yaml more")
    pytester.path.joinpath("one.yaml").write_text("jobs: [{ job_id: 1, endpoint: /alter/table }]")
    folder = pytester.mkdir("more")
    folder.joinpath("two.yaml").write_text("jobs: [{ job_id: 2, endpoint: /alter/table }]")
    pytester.makepyfile('def test_it(gpudb): assert gpudb.jobs.list()["total"] == 2')
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_missing_fixture_file_fails_the_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(gpudb): pass")
    result = pytester.runpytest("-o", "gpudb_fixtures=orders.yml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["gpudb_fixtures: there is no file or folder *orders.yml"])


@pytest.mark.usefixtures("use_mock")
def test_fixture_files_are_not_for_a_mock_that_runs_already(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("one.yaml").write_text("jobs: []")
    pytester.makepyfile("def test_it(gpudb): pass")
    result = pytester.runpytest("-o", "gpudb_fixtures=one.yaml")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*the mock at MOCK_GPUDB_URL has its own fixtures"])


DOCKER = """
import json, os, shlex, signal, subprocess, sys
with open("docker.jsonl", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "run":
    if "--interactive" not in sys.argv:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    command = shlex.split(os.environ["REAL_COMMAND"])
    flags = ["start", "--stop-with-stdin", "--port", os.environ["REAL_PORT"]]
    os.execvp(command[0], [*command, *flags])
print("127.0.0.1:" + os.environ["REAL_PORT"])
"""


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("image", "pull"), [("", "never"), ("registry.example/mock-gpudb:1", "missing")]
)
def test_a_container_is_started_and_stopped(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    image: str,
    pull: str,
) -> None:
    folder = pytester.mkdir("bin")
    write_program(folder, "docker", DOCKER)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("REAL_COMMAND", COMMAND)
    monkeypatch.setenv("REAL_PORT", str(free_port()))
    monkeypatch.setenv("MOCK_GPUDB_IMAGE", image)
    monkeypatch.setenv("MOCK_GPUDB_STRICT", "true")
    file = pytester.path / "one.yaml"
    file.write_text("jobs: []")
    pytester.makepyfile(PRINTS_URL)
    result = pytester.runpytest("-rP", "-o", f"gpudb_fixtures={file}")
    result.assert_outcomes(passed=1)
    (url,) = shown(result, "url")
    assert not answers(url)
    lines = pytester.path.joinpath("docker.jsonl").read_text().splitlines()
    run, port = [json.loads(line) for line in lines]
    name = run[run.index("--name") + 1]
    assert port == ["port", name, "9191/tcp"]
    assert run == [
        *["run", "--rm", "--interactive", "--name", name, "--pull", pull],
        *["--publish", "127.0.0.1::9191"],
        *["--volume", f"{file}:/fixtures/0/one.yaml:ro", "--env", "MOCK_GPUDB_STRICT"],
        *[image or "mock-gpudb", "start", "--stop-with-stdin"],
        *["--fixtures", "/fixtures/0/one.yaml"],
    ]
