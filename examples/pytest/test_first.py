import json

import pytest
from gpudb import GPUdb
from mock_gpudb_pytest import Gpudb


@pytest.mark.gpudb(clock="frozen", clean=True)
def test_a_job_fails(gpudb: Gpudb) -> None:
    lifecycle = {"duration": "2h", "outcome": "ERROR", "error": "the disk is full"}
    gpudb.rules.add({"when": {"endpoint": "/alter/table"}, "then": {"lifecycle": lifecycle}})

    db = GPUdb(host=gpudb.url)
    request = {"table_name": "orders", "action": "ttl", "value": "120"}
    job_id = db.create_job("/alter/table", "json", b"", json.dumps(request), {}).job_id

    gpudb.clock.advance("2h")
    assert db.get_job(job_id).status_map["error_message"] == "the disk is full"
