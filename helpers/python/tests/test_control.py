"""Every method of a scope, against a running mock."""

import inspect
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen

import pytest

from mock_gpudb_pytest import Gpudb, MockGpudbError

pytestmark = pytest.mark.gpudb(clock="frozen")

# Beyond 2^53, where a number with a fraction is not exact any more.
LARGE_ID = 9_007_199_254_740_993
HELD = {"steps": [{"hold": True, "progress": 50}]}


def call(url: str, endpoint: str, request: Mapping[str, Any]) -> Any:
    """Calls an endpoint in JSON, as a client does."""
    body = json.dumps(request).encode()
    with urlopen(Request(url + endpoint, data=body, method="POST")) as answer:
        return json.loads(json.loads(answer.read())["data_str"])


def test_clock(gpudb: Gpudb) -> None:
    start = gpudb.clock.get()
    assert start["mode"] == "frozen"
    gpudb.jobs.create({"endpoint": "/alter/table", "lifecycle": {"duration": "5s"}})
    assert gpudb.clock.advance("1.5s")["now_ms"] == start["now_ms"] + 1500
    assert gpudb.clock.advance(500)["now_ms"] == start["now_ms"] + 2000
    assert gpudb.clock.next()["now_ms"] == start["now_ms"] + 5000
    gpudb.jobs.create({"endpoint": "/alter/table", "lifecycle": {"duration": "1h"}})
    assert gpudb.clock.run()["now_ms"] == start["now_ms"] + 3_605_000
    assert gpudb.clock.set("scaled", scale=10, now_ms=4_102_444_800_000).get("scale") == 10
    assert gpudb.clock.set("auto", poll_advance="1s")["poll_advance_ms"] == 1000


def test_jobs(gpudb: Gpudb) -> None:
    created = gpudb.jobs.create(
        {"job_id": LARGE_ID, "tag": "nightly", "endpoint": "/alter/table", "lifecycle": HELD}
    )
    assert created["job_id"] == LARGE_ID
    assert call(gpudb.url, "/get/job", {"job_id": LARGE_ID})["job_status"] == "RUNNING"
    assert gpudb.jobs.get(LARGE_ID)["polls"] == 1
    assert gpudb.jobs.patch("tag:nightly", progress=70)["progress"] == 70
    assert gpudb.jobs.release("tag:nightly")["status"] == "DONE"
    assert gpudb.jobs.wait(LARGE_ID, timeout="2s")["status"] == "DONE"

    other = gpudb.jobs.create({"endpoint": "/create/backup", "lifecycle": HELD})["job_id"]
    page = gpudb.jobs.list(status="RUNNING", endpoint="/create/*", limit=1, brief=True)
    assert ([job["job_id"] for job in page["jobs"]], page["total"]) == ([other], 1)
    assert gpudb.jobs.cancel(other)["status"] == "CANCELLED"
    gpudb.jobs.remove(other)
    failed = gpudb.jobs.create({"endpoint": "/create/backup", "lifecycle": HELD})["job_id"]
    assert gpudb.jobs.finish(failed, "ERROR", error="disk full")["error"] == "disk full"


def test_rules(gpudb: Gpudb) -> None:
    when = {"endpoint": "/has/table", "request": {"table_name": "orders"}}
    rule = gpudb.rules.add({"when": when, "then": {"response": {"table_exists": True}}})
    assert call(gpudb.url, "/has/table", {"table_name": "orders", "options": {}})["table_exists"]
    assert gpudb.rules.get(rule["id"])["answered"] == 1
    assert gpudb.rules.put(rule["id"], {"when": when, "then": {"error": "no"}})["answered"] == 0
    assert [one["id"] for one in gpudb.rules.list()] == [rule["id"]]
    gpudb.rules.remove(rule["id"])
    gpudb.rules.add({"when": when, "then": {"error": "no"}})
    gpudb.rules.clear()
    assert gpudb.rules.list() == []


def test_faults(gpudb: Gpudb) -> None:
    fault = gpudb.faults.add({"name": "slow", "for": "10s", "delay": "1s"})
    assert gpudb.faults.patch(fault["id"], enabled=False)["enabled"] is False
    replaced = gpudb.faults.put(fault["id"], {"times": 2, "fault": "reset"})
    assert gpudb.faults.get(fault["id"]) == replaced
    assert [one["left"] for one in gpudb.faults.list()] == [2]
    gpudb.faults.remove(fault["id"])
    gpudb.faults.add({"fault": "reset"})
    gpudb.faults.clear()
    assert gpudb.faults.list() == []


def test_clusters_and_the_timeline(gpudb: Gpudb) -> None:
    assert gpudb.clusters.patch("a", "offline", for_="10s")["state"] == "offline"
    gpudb.clock.advance("10s")
    assert gpudb.clusters.get("a")["state"] == "up"
    entries = gpudb.timeline.put([{"at": "1m", "cluster": "a", "state": "down"}])
    assert gpudb.timeline.list() == entries
    gpudb.clock.run()
    assert [cluster["state"] for cluster in gpudb.clusters.list()] == ["down"]


def test_tables(gpudb: Gpudb) -> None:
    rows = [[LARGE_ID, "a"], [2, None]]
    table = {"name": "sales.orders", "columns": ["id long", "note char16?"], "rows": rows}
    assert gpudb.tables.add(table)["count"] == 2
    assert [one["name"] for one in gpudb.tables.list()] == ["sales.orders"]
    assert gpudb.tables.get("sales.orders")["rows"] == rows
    assert gpudb.tables.get("sales.orders", limit=1, offset=1)["rows"] == [[2, None]]
    gpudb.tables.remove("sales.orders")
    gpudb.tables.add({"name": "größe/%", "columns": ["id int"]})
    assert gpudb.tables.get("größe/%")["count"] == 0
    gpudb.tables.clear()
    assert gpudb.tables.list() == []


def test_requests_and_polls(gpudb: Gpudb) -> None:
    job = gpudb.jobs.create({"endpoint": "/alter/table"})["job_id"]
    for _ in range(2):
        call(gpudb.url, "/get/job", {"job_id": job})
        gpudb.clock.advance("1s")
    call(gpudb.url, "/has/table", {"table_name": "orders", "options": {}})
    polls = {"endpoint": "/get/job"}
    assert gpudb.requests.count(polls)["count"] == 2
    assert gpudb.requests.verify(polls, exactly=2)["count"] == 2
    assert gpudb.requests.wait(polls, at_least=2, timeout="1s")["count"] == 2
    assert gpudb.requests.list(job=job, unmatched=False, order="newest")["total"] == 2
    assert [one["endpoint"] for one in gpudb.requests.unmatched()] == ["/has/table"]
    verified = gpudb.polls.verify(job, times={"exactly": 2}, gaps={"at_least": "1s"}, stops=True)
    assert verified["gaps_ms"] == [1000]
    gpudb.requests.clear()
    assert gpudb.requests.count(polls)["count"] == 0


def test_fixtures_report_and_reset(gpudb: Gpudb) -> None:
    fixture = {"jobs": [{"tag": "nightly", "endpoint": "/create/backup", "lifecycle": HELD}]}
    assert gpudb.fixtures.load(fixture)["jobs"][0]["tag"] == "nightly"
    assert gpudb.fixtures.save()["jobs"][0]["tag"] == "nightly"
    assert gpudb.report()["counts"]["unfinished_jobs"] == 1
    assert gpudb.report(checks=["undecodable", "unmatched"])["clean"]
    with pytest.raises(MockGpudbError, match="no requests came") as raised:
        gpudb.report(fail=True)
    assert raised.value.code == "FINDINGS"
    gpudb.reset()
    assert gpudb.jobs.list()["total"] == 0


def test_an_error_has_the_problem(gpudb: Gpudb) -> None:
    with pytest.raises(MockGpudbError, match="did you mean /clear/table?") as raised:
        gpudb.rules.add({"when": {"endpoint": "/clear/tabel"}, "then": {"error": "no"}})
    error = raised.value
    assert str(error) == f"{error.code}: {error.detail}"
    assert error.problem is not None
    assert (error.code, error.problem["status"]) == ("BAD_FIXTURES", 422)
    assert [one["path"] for one in error.problem.get("problems", [])] == ["when.endpoint"]


def test_a_server_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(MockGpudbError, match="Cannot GET http://127.0.0.1:1/~a") as raised:
        Gpudb("http://127.0.0.1:1", "a").jobs.list()
    assert (raised.value.code, raised.value.problem) == ("UNREACHABLE", None)


def test_every_method_is_one_operation_of_the_mock(gpudb_mock: str) -> None:
    with urlopen(f"{gpudb_mock}/__mock/openapi.json") as answer:
        paths = json.loads(answer.read())["paths"]
    operations = {
        operation["operationId"]: (method.upper(), path.removeprefix("/__mock"))
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
    source = inspect.getsource(inspect.getmodule(Gpudb) or Gpudb)
    found = re.findall(r'Operation: (\w+)\n.*?_call\(\s*"(\w+)", "([^"]+)"', source, re.DOTALL)
    assert {name: (method, path) for name, method, path in found} == {
        name: operations[name] for name, _, _ in found
    }
    assert sorted(operations.keys() - {name for name, _, _ in found}) == [
        "followEvents",
        "getHealth",
        "getMetrics",
        "getOpenapi",
        "getReadiness",
        "getVersion",
        "listScopes",
        "reloadFixtures",
    ]
