"""Puts the official Python client through the cases, one line of JSON for each.

Usage: client.py ENCODING URL GUARDED_URL
The guarded URL holds the user and password that its server wants.
"""

import json
import sys
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import urlsplit

import gpudb
import snappy
from gpudb import GPUdb

MAX_POLLS = 50
LARGE_ID = 9007199254740993

REQUEST: dict[str, Any] = {
    "table_name": "orders",
    "action": "ttl",
    "value": "Zürich 東京 😀",
    "options": {},
}


@dataclass(frozen=True)
class Target:
    """Where a case is run."""

    encoding: str
    url: str
    guarded_url: str


def connect(target: Target) -> GPUdb:
    options = GPUdb.Options()
    options.encoding = target.encoding
    db = GPUdb(host=target.url, options=options)
    # Without python-snappy the client would quietly speak BINARY.
    expect(db.encoding, target.encoding)
    return db


def connect_guarded(target: Target, password: str) -> GPUdb:
    parts = urlsplit(target.guarded_url)
    options = GPUdb.Options()
    options.encoding = target.encoding
    options.username = parts.username
    options.password = password
    return GPUdb(host=f"{parts.scheme}://{parts.hostname}:{parts.port}", options=options)


def expect(actual: Any, wanted: Any) -> None:
    if actual != wanted:
        raise AssertionError(f"got {actual!r} instead of {wanted!r}")


def succeed(response: Any) -> Any:
    if not response.is_ok():
        raise AssertionError(f"refused: {response['status_info']['message']}")
    return response


def create_job(db: GPUdb, tag: str = "") -> Any:
    options = {"job_tag": tag} if tag else {}
    return succeed(db.create_job("/alter/table", "json", b"", json.dumps(REQUEST), options))


def poll_to_end(db: GPUdb, job_id: int) -> Any:
    """Polls until the job is no longer RUNNING; its progress must have risen all the way."""
    seen: list[int] = []
    for _ in range(MAX_POLLS):
        answer = succeed(db.get_job(job_id))
        seen.append(answer["progress"])
        expect(answer["running"], answer["job_status"] == "RUNNING")
        if not answer["running"]:
            break
        expect(answer["successful"], False)
        expect(as_bytes(answer["job_response"]), b"")
        expect(answer["job_response_str"], "")
    expect(seen, sorted(set(seen)))
    if len(seen) < 3:
        raise AssertionError(f"the progress was only seen at {seen}")
    return answer


def as_bytes(value: bytes | str) -> bytes:
    """In JSON the client hands bytes over as a string with one character for each."""
    return value.encode("latin-1") if isinstance(value, str) else value


def expect_done(answer: Any, encoding: str) -> None:
    expect(answer["endpoint"], "/alter/table")
    expect(answer["job_status"], "DONE")
    expect(answer["progress"], 100)
    expect(answer["successful"], True)
    expect(answer["status_map"], {})
    expect(answer["response_encoding"], encoding)


def expect_echo(result: Any) -> None:
    echoed = {name: result[name] for name in ("table_name", "action", "value")}
    expect(echoed, {name: REQUEST[name] for name in echoed})
    expect(dict(result["properties"]), {})


def encode_request(db: GPUdb) -> bytes:
    """The payload in Avro binary, by the client's own schema and encoder."""
    return db.gpudb_schemas["/alter/table"]["REQ_SCHEMA"].encode(REQUEST)


def expect_binary_echo(db: GPUdb, answer: Any) -> None:
    """Decodes the result with the client's own schema and decoder."""
    expect_done(answer, "binary")
    expect(answer["job_response_str"], "")
    schema = db.gpudb_schemas["/alter/table"]["RSP_SCHEMA"]
    expect_echo(schema.decode(as_bytes(answer["job_response"])))


def connects(target: Target) -> None:
    db = connect(target)
    expect(str(db.server_version), "7.2.3.0")
    properties = succeed(db.show_system_properties())["property_map"]
    expect(properties["version.gpudb_core_version"].startswith("7.2.3.0."), True)


def runs_json(target: Target) -> None:
    db = connect(target)
    answer = poll_to_end(db, create_job(db)["job_id"])
    expect_done(answer, "json")
    expect(as_bytes(answer["job_response"]), b"")
    expect_echo(json.loads(answer["job_response_str"]))


def runs_binary(target: Target) -> None:
    db = connect(target)
    created = succeed(db.create_job("/alter/table", "binary", encode_request(db), ""))
    expect_binary_echo(db, poll_to_end(db, created["job_id"]))


def runs_snappy(target: Target) -> None:
    db = connect(target)
    data = snappy.compress(encode_request(db))
    created = succeed(db.create_job("/alter/table", "snappy", data, ""))
    expect_binary_echo(db, poll_to_end(db, created["job_id"]))


def gets_by_tag(target: Target) -> None:
    db = connect(target)
    created = create_job(db, tag="nightly_1-a")
    expect(created["info"]["job_tag"], "nightly_1-a")
    answer = succeed(db.get_job(0, {"job_tag": "nightly_1-a"}))
    expect(answer["endpoint"], "/alter/table")
    expect(answer["info"]["job_tag"], "nightly_1-a")
    missing = db.get_job(created["job_id"], {"job_tag": "another"})
    expect(missing.is_ok(), False)


def keeps_large_id(target: Target) -> None:
    db = connect(target)
    expect(succeed(db.get_job(LARGE_ID))["info"]["job_tag"], "large-id")
    expect(db.get_job(LARGE_ID - 1).is_ok(), False)
    shown = succeed(db.admin_show_jobs({"show_async_jobs": "true"}))
    expect(LARGE_ID in shown["job_id"], True)


def cancels(target: Target) -> None:
    db = connect(target)
    job_id = create_job(db)["job_id"]
    altered = succeed(db.admin_alter_jobs([job_id], "cancel"))
    expect(list(altered["job_ids"]), [job_id])
    expect(altered["action"], "cancel")
    expect(list(altered["status"]), ["cancelled"])
    answer = succeed(db.get_job(job_id))
    expect(answer["job_status"], "CANCELLED")
    expect(answer["running"], False)
    expect(answer["successful"], False)


def reads_failure(target: Target) -> None:
    answer = succeed(connect(target).get_job(0, {"job_tag": "failed"}))
    expect(answer["job_status"], "ERROR")
    expect(answer["running"], False)
    expect(answer["successful"], False)
    expect(answer["progress"], 40)
    expect(answer["status_map"], {"error_message": "rank 2 is unreachable"})


def shows_running(target: Target) -> None:
    db = connect(target)
    running, cancelled = create_job(db)["job_id"], create_job(db)["job_id"]
    succeed(db.admin_alter_jobs([cancelled], "cancel"))
    shown = succeed(db.admin_show_jobs())
    expect(running in shown["job_id"], True)
    expect(cancelled in shown["job_id"], False)
    expect(set(shown["status"]), {"RUNNING"})
    expect(shown["endpoint_name"][shown["job_id"].index(running)], "/alter/table")


def shows_finished(target: Target) -> None:
    db = connect(target)
    job_id = create_job(db)["job_id"]
    succeed(db.admin_alter_jobs([job_id], "cancel"))
    shown = succeed(db.admin_show_jobs({"show_async_jobs": "true"}))
    statuses = dict(zip(shown["job_id"], shown["status"], strict=True))
    expect(statuses[job_id], "CANCELLED")
    expect(statuses[40], "ERROR")
    expect(statuses[LARGE_ID], "DONE")


def is_told_of_unknown_job(target: Target) -> None:
    # The client raises nothing here: it hands over the status and the message.
    answer = connect(target).get_job(123456789)
    expect(answer.is_ok(), False)
    expect(answer["status_info"]["status"], "ERROR")
    expect(answer["status_info"]["data_type"], "none")
    expect("123456789" in answer["status_info"]["message"], True)


def is_refused(target: Target) -> None:
    password = urlsplit(target.guarded_url).password or ""
    create_job(connect_guarded(target, password))
    try:
        connect_guarded(target, f"not {password}")
    except gpudb.GPUdbUnauthorizedAccessException:
        return
    raise AssertionError("connected with a wrong password")


CASES: dict[str, Callable[[Target], None]] = {
    "connects and reads the version": connects,
    "runs a job with a json payload": runs_json,
    "runs a job with a binary payload": runs_binary,
    "runs a job with a snappy payload": runs_snappy,
    "gets a job by its tag": gets_by_tag,
    "keeps every digit of a 64-bit id": keeps_large_id,
    "cancels a running job": cancels,
    "reads why a job failed": reads_failure,
    "shows running jobs": shows_running,
    "shows finished jobs too": shows_finished,
    "is told of an unknown job": is_told_of_unknown_job,
    "is refused with a wrong password": is_refused,
}


def report(name: str, run: Callable[[Target], None], target: Target) -> None:
    detail = ""
    try:
        run(target)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
    print(json.dumps({"case": name, "ok": detail == "", "detail": detail}), flush=True)


def main(arguments: list[str]) -> None:
    encoding, url, guarded_url = arguments
    target = Target(encoding, url, guarded_url)
    for name, run in CASES.items():
        report(name, run, target)


if __name__ == "__main__":
    main(sys.argv[1:])
