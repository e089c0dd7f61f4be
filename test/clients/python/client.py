"""Puts the official Python client through the cases, one line of JSON for each.

Usage: client.py ENCODING CONTEXT
"""

import json
import logging
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, Callable

import snappy
from gpudb import GPUdb

from compare import expect, plain, resolve
from rows import Rows

MAX_POLLS = 50
HTTP_LIMIT_SECONDS = 20
REPEAT_SECONDS = 0.25
ABILITIES = {
    "avro",
    "snappy",
    "failover",
    "passwords",
    "rows",
    "rows_in_json",
    "dataframes",
    "tables",
    "bulk_inserts",
}
# With JSON, GPUdbIngestor repeats its own error until the stack is full.
NO_BULK_INSERTS = "no bulk inserts with JSON: GPUdbIngestor always sends records in Avro"
Step = dict[str, Any]


class Refused(Exception):
    """The client raises nothing if an answer is not OK: it hands over status and message."""


class Session:
    """One case: its client, its scope, and what it saved."""

    def __init__(self, encoding: str, context: dict[str, Any], case: dict[str, Any]) -> None:
        self.encoding = encoding
        scoped = case.get("scope", True)
        scope = f"/~{encoding}-{case['id']}".lower() if scoped else ""
        self.urls = {name: f"{url}{scope}" for name, url in context["servers"].items()}
        if "second" in self.urls:
            self.urls["second"] += "~b"
        self.saved: dict[str, Any] = {}
        self.db: GPUdb | None = None

    def run(self, step: Step) -> None:
        step = resolve(step, self.saved)
        deadline = time.monotonic() + step.get("within_ms", 0) / 1000
        if "fails" in step:
            self.expect_failure(step)
            if "within_ms" in step and time.monotonic() > deadline:
                raise AssertionError(f"{step['do']} fails, but not within {step['within_ms']} ms")
            return
        answer = self.answer_by(deadline, step)
        for name, field in step.get("save", {}).items():
            self.saved[name] = answer[field]

    def answer_by(self, deadline: float, step: Step) -> Any:
        """Repeats a step until its answer is as expected or the time is over; at least once."""
        while True:
            try:
                answer = plain(DO[step["do"]](self, step))
                if "expect" in step:
                    expect(answer, step["expect"])
                return answer
            except Exception:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(REPEAT_SECONDS)

    def expect_failure(self, step: Step) -> None:
        try:
            answer = DO[step["do"]](self, step)
        except Exception as error:
            wanted = step["fails"]
            text = text_of(error)
            if not all(one in text for one in ([wanted] if isinstance(wanted, str) else wanted)):
                raise
        else:
            raise AssertionError(f"{step['do']} went well instead: {answer}")

    def connect(self, step: Step) -> None:
        names = step.get("server", "open")
        urls = [self.urls[name] for name in ([names] if isinstance(names, str) else names)]
        options = GPUdb.Options()
        options.encoding = self.encoding
        options.ha_failover_order = GPUdb.HAFailoverOrder.SEQUENTIAL
        if len(urls) > 1:
            # Without it, a client with several URLs stays on another cluster.
            options.primary_url = urls[0]
        options.username = step.get("user")
        options.password = step.get("password")
        options.disable_failover = not step.get("failover", True)
        if "timeout_ms" in step:
            # The documentation of the client says ms, but it takes seconds.
            options.timeout = step["timeout_ms"] // 1000
        self.db = GPUdb(host=urls, options=options)
        # Without python-snappy the client would quietly speak BINARY.
        expect(self.db.encoding, self.encoding, "encoding")
        self.rows = Rows(self.db)

    def close(self) -> None:
        """Ends the thread that waits for the first cluster: there is one for all clients."""
        if self.db is not None:
            self.db.__exit__(None, None, None)

    def urls_known(self, _step: Step) -> Any:
        return {"urls": [str(url) for url in self.db.get_failover_urls()]}

    def version(self, _step: Step) -> Any:
        return {"version": str(self.db.server_version)}

    def create_job(self, step: Step) -> Any:
        endpoint, encoding = step["endpoint"], step["encoding"]
        data, data_str = b"", ""
        if encoding == "json":
            data_str = json.dumps(step["request"])
        else:
            data = self.db.gpudb_schemas[endpoint]["REQ_SCHEMA"].encode(step["request"])
        if encoding == "snappy":
            data = snappy.compress(data)
        return succeed(self.db.create_job(endpoint, encoding, data, data_str, tagged(step)))

    def get_job(self, step: Step) -> Any:
        answer = plain(succeed(self.db.get_job(step.get("job", 0), tagged(step))))
        if answer["job_status"] == "DONE":
            answer["result"] = self.decode_result(answer)
        return answer

    def job_rows(self, step: Step) -> Any:
        return self.rows.of_result(self.poll({**step, "until": "DONE"})["result"])

    def decode_result(self, answer: dict[str, Any]) -> Any:
        if answer["response_encoding"] == "json":
            return json.loads(answer["job_response_str"])
        schema = self.db.gpudb_schemas[answer["endpoint"]]["RSP_SCHEMA"]
        return plain(schema.decode(answer["job_response"].encode("latin-1")))

    def poll(self, step: Step) -> Any:
        for _ in range(MAX_POLLS):
            answer = self.get_job(step)
            if answer["job_status"] == step["until"]:
                return answer
        raise AssertionError(f"still {answer['job_status']} after {MAX_POLLS} polls")

    def alter_jobs(self, step: Step) -> Any:
        return succeed(
            self.db.admin_alter_jobs(step.get("jobs", []), step["action"], tagged(step))
        )

    def show_jobs(self, step: Step) -> Any:
        return succeed(self.db.admin_show_jobs(step.get("options", {})))

    def call(self, step: Step) -> Any:
        functions = self.db.gpudb_func_to_endpoint_map.items()
        name = next(name for name, endpoint in functions if endpoint == step["endpoint"])
        return succeed(getattr(self.db, name)(**step["request"]))

    def together(self, step: Step) -> None:
        with ThreadPoolExecutor(step["count"]) as pool:
            list(pool.map(self.run_one_of_many, range(step["count"])))

    def run_one_of_many(self, index: int) -> None:
        request = {"table_name": f"t{index}", "action": "ttl", "value": "1", "options": {}}
        job = {"endpoint": "/alter/table", "encoding": "binary", "request": request}
        created = self.create_job(job)
        answer = self.poll({"job": created["job_id"], "until": "DONE"})
        expect(answer["result"]["table_name"], request["table_name"])

    def control(self, step: Step) -> Any:
        body = json.dumps(step["body"]).encode() if "body" in step else None
        request = urllib.request.Request(
            f"{self.urls[step.get('server', 'open')]}/__mock{step['path']}",
            data=body,
            method=step["method"],
            headers={"Content-Type": "application/json"} if body else {},
        )
        try:
            with urllib.request.urlopen(request, timeout=HTTP_LIMIT_SECONDS) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        if status != step.get("status", 200):
            raise AssertionError(f"{step['path']} answers {status}: {text.decode()}")
        return json.loads(text) if text else None


DO: dict[str, Callable[[Session, Step], Any]] = {
    "connect": Session.connect,
    "version": Session.version,
    "urls": Session.urls_known,
    "create_job": Session.create_job,
    "get_job": Session.get_job,
    "poll": Session.poll,
    "alter_jobs": Session.alter_jobs,
    "show_jobs": Session.show_jobs,
    "call": Session.call,
    "together": Session.together,
    "decode": lambda session, step: session.rows.decode(step),
    "pages": lambda session, step: session.rows.pages(step),
    "job_rows": Session.job_rows,
    "dataframe": lambda session, step: session.rows.dataframe(step),
    "make_table": lambda session, step: session.rows.make_table(step),
    "insert": lambda session, step: session.rows.insert(step),
    "ingest": lambda session, step: session.rows.ingest(step),
    "type_of": lambda session, step: session.rows.type_of(step),
    "control": Session.control,
}


def tagged(step: Step) -> dict[str, str]:
    return {"job_tag": step["tag"]} if "tag" in step else {}


def succeed(response: Any) -> Any:
    if not response.is_ok():
        status = response["status_info"]
        raise Refused(f"{status['status']}: {status['message']}")
    return response


def text_of(error: Exception) -> str:
    """The type and the message; the text of a GPUdbException is its message in quotes."""
    return f"{type(error).__name__}: {getattr(error, 'message', error)}"


def judge(encoding: str, context: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    lacking = set(case.get("needs", [])) - ABILITIES
    if lacking:
        return {"ok": False, "skipped": f"it has no {', '.join(sorted(lacking))}"}
    if encoding == "JSON" and "bulk_inserts" in case.get("needs", []):
        return {"ok": False, "skipped": NO_BULK_INSERTS}
    with closing(Session(encoding, context, case)) as session:
        for number, step in enumerate(case["steps"], 1):
            try:
                session.run(step)
            except Exception as error:
                detail = f"step {number}, {step['do']}: {text_of(error)}"
                return {"ok": False, "detail": detail}
    return {"ok": True, "detail": ""}


def main(encoding: str, file: str) -> None:
    # It warns of every cluster that is not usable, which here is meant.
    logging.disable(logging.WARNING)
    with open(file, encoding="utf-8") as text:
        context = json.load(text)
    for case in context["cases"]:
        report = {"case": case["id"], **judge(encoding, context, case)}
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
