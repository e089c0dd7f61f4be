import json

import pytest
from gpudb import GPUdb
from mock_gpudb_pytest import Gpudb

pytestmark = pytest.mark.gpudb(clock="frozen")

REQUEST = {"table_name": "orders", "action": "ttl", "value": "120", "options": {}}


def create_job(db: GPUdb, options: dict[str, str] | None = None) -> int:
    created = db.create_job("/alter/table", "json", b"", json.dumps(REQUEST), options or {})
    assert created.is_ok(), created["status_info"]["message"]
    return created["job_id"]


def test_a_job_runs_until_it_is_done(gpudb: Gpudb, db: GPUdb) -> None:
    job_id = create_job(db)
    assert db.get_job(job_id)["job_status"] == "RUNNING"

    gpudb.clock.advance("500ms")
    assert db.get_job(job_id)["progress"] == 50

    gpudb.clock.run()
    done = db.get_job(job_id)
    assert (done["job_status"], done["progress"]) == ("DONE", 100)
    assert json.loads(done["job_response_str"])["table_name"] == "orders"

    when = {"endpoint": "/alter/table", "as": "job", "request": {"action": "ttl"}}
    gpudb.requests.verify(when, exactly=1)


@pytest.mark.gpudb(clean=True)
def test_a_job_fails_by_a_rule(gpudb: Gpudb, db: GPUdb) -> None:
    rule = {
        "when": {"endpoint": "/alter/table", "request": {"table_name": "orders"}},
        "then": {"lifecycle": {"duration": "2s", "outcome": "ERROR", "error": "the disk is full"}},
    }
    gpudb.rules.add(rule)
    job_id = create_job(db)

    gpudb.clock.advance("1s")
    assert db.get_job(job_id)["job_status"] == "RUNNING"

    gpudb.clock.advance("1s")
    failed = db.get_job(job_id)
    assert failed["job_status"] == "ERROR"
    assert failed["status_map"]["error_message"] == "the disk is full"
