import uuid
from collections.abc import Iterator

import pytest
from gpudb import GPUdb

from connect import connect
from mock_gpudb import Scope, running_mock


@pytest.fixture(scope="session")
def mock_url() -> Iterator[str]:
    with running_mock() as url:
        yield url


@pytest.fixture
def scope(mock_url: str) -> Iterator[Scope]:
    scope = Scope(mock_url, f"pytest-{uuid.uuid4()}")
    yield scope
    scope.remove()


@pytest.fixture
def db(scope: Scope) -> GPUdb:
    return connect(scope.url)
