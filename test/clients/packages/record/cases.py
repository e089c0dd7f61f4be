"""Cases for the Python client through `mock-gpudb record`, and for the fixture that this writes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gpudb import GPUdb, GPUdbTable

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, run

MOCK = ["node", "dist/bin/mock-gpudb.js"]
HERE = ["--stop-with-stdin", "--host", "127.0.0.1", "--port", "0"]
STOP_LIMIT_SECONDS = 20
MAX_POLLS = 1000
PASSWORD = "hunter2"
REQUEST = {"table_name": "orders", "action": "ttl", "value": "120", "options": {}}
ANSWERS = {
    "job": ["DONE", "120"],
    "records": [[1, "one"], [9007199254740993, "two"]],
    "query": {"id": [1, 9007199254740993]},
    "error": "Table 'missing' not found",
    "user": "ann",
}


@contextmanager
def started(command: str, *flags: str) -> Iterator[str]:
    """The URL of a command that runs until the end of the block. It must end cleanly."""
    arguments = [*MOCK, command, *flags, *HERE]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        line = process.stdout.readline()
        try:
            yield line.removeprefix("listening on ").strip()
        finally:
            process.stdin.close()
            code = process.wait(STOP_LIMIT_SECONDS)
    equal(code, 0)


def connect(url: str, encoding: str) -> GPUdb:
    options = GPUdb.Options()
    options.encoding = encoding
    options.disable_failover = True
    options.max_retries = 0
    return GPUdb(host=url, options=options)


def poll_to_the_end(db: GPUdb, job_id: int) -> list[Any]:
    for _ in range(MAX_POLLS):
        job = db.get_job(job_id)
        if not job.running:
            return [job.job_status, json.loads(job.job_response_str)["value"]]
    raise AssertionError(f"the job runs after {MAX_POLLS} polls")


def use(url: str, encoding: str) -> dict[str, Any]:
    """What the application does against a database, and the answers that it gets."""
    db = connect(url, encoding)
    job_id = db.create_job("/alter/table", "json", b"", json.dumps(REQUEST), {}).job_id
    job = poll_to_the_end(db, job_id)
    table = GPUdbTable(None, "orders", db=db)
    table.insert_records([[1, "one"], [9007199254740993, "two"]])
    return {
        "job": job,
        "records": [list(record.values()) for record in table.get_records()],
        "query": {
            name: list(values)
            for name, values in db.execute_sql_and_decode(
                "SELECT id FROM orders", 0, 10
            ).records.items()
        },
        "error": db.clear_table("missing")["status_info"]["message"],
        "user": db.create_user_internal("ann", PASSWORD)["name"],
    }


@cache
def record(url: str, encoding: str) -> tuple[str, dict[str, Any]]:
    """The text of the fixture that is recorded at a URL, and the answers that the client got."""
    with TemporaryDirectory() as folder:
        out = Path(folder, "recorded.yaml")
        with started("record", "--upstream", url, "--out", str(out)) as proxy:
            answers = use(proxy, encoding)
        return out.read_text(encoding="utf-8"), answers


def replay(url: str, encoding: str) -> dict[str, Any]:
    """The answers of a strict mock that has nothing but the recorded fixture."""
    text, _ = record(url, encoding)
    with started("start", "--strict", "--fixtures", "", "--fixtures-inline", text) as mock:
        return use(mock, encoding)


def passes(url: str) -> None:
    _, answers = record(url, "BINARY")
    equal(answers, ANSWERS)


def replays(url: str) -> None:
    equal(replay(url, "BINARY"), ANSWERS)


def replays_in_json(url: str) -> None:
    # A scope of its own, whose tables are empty. With JSON, the client sends rows in another field.
    equal(replay(f"{url}-json", "JSON"), ANSWERS)


def hides(url: str) -> None:
    text, _ = record(url, "BINARY")
    equal([word in text for word in ("ann", PASSWORD)], [True, False])


CASES = {
    "passes": passes,
    "replays": replays,
    "replays-json": replays_in_json,
    "hides": hides,
}
# One scope, and so one recording, for all cases with BINARY.
run(CASES, sys.argv, scope="recorded")
