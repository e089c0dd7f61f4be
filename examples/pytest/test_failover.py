import time
from collections.abc import Callable

import pytest
from gpudb import GPUdb
from mock_gpudb_pytest import Gpudb
from test_jobs import create_job

DEADLINE_S = 30


@pytest.mark.gpudb(clock="frozen")
def test_a_client_fails_over_and_comes_home(gpudb: Gpudb) -> None:
    gpudb.fixtures.load({"ring": {"clusters": [{"name": "a"}, {"name": "b"}]}})
    db = GPUdb(host=gpudb.url)
    home, other = map(str, db.get_head_node_urls())
    job_id = create_job(db, {"job_tag": "nightly"})

    # The cluster goes down while the job runs, and the next call goes to the other one. A job is
    # found there by its tag, not by its id.
    gpudb.clusters.patch("a", "down")
    assert db.get_job(0, {"job_tag": "nightly"})["job_status"] == "RUNNING"
    assert db.get_url() == other
    assert not db.get_job(job_id).is_ok()

    # The client looks for its first cluster every five seconds, and comes home once it is up.
    gpudb.clusters.patch("a", "up")
    wait_until(lambda: db.get_url() == home)
    assert db.get_job(job_id)["job_status"] == "RUNNING"


def wait_until(is_met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_met():
        assert time.monotonic() < deadline, f"not met after {DEADLINE_S} seconds"
        time.sleep(0.2)
