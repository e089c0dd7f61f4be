import pytest
from gpudb import GPUdb
from mock_gpudb_pytest import Gpudb

from connect import connect


@pytest.fixture
def db(gpudb: Gpudb) -> GPUdb:
    return connect(gpudb.url)
