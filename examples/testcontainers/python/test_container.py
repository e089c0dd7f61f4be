from urllib.request import urlopen

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import (
    HealthcheckWaitStrategy,
    HttpWaitStrategy,
    WaitStrategy,
)

WAITS = [
    HealthcheckWaitStrategy(),
    # Like a suite for Kinetica's own image.
    HttpWaitStrategy(9191, "/").for_status_code(200),
]


def start(wait: WaitStrategy) -> DockerContainer:
    mock = DockerContainer("mock-gpudb").with_exposed_ports(9191)
    return mock.with_env("MOCK_GPUDB_CLOCK", "frozen").waiting_for(wait)


def url_of(mock: DockerContainer) -> str:
    """The URL for a client."""
    return f"http://{mock.get_container_host_ip()}:{mock.get_exposed_port(9191)}"


@pytest.mark.parametrize("wait", WAITS)
def test_it_answers(wait: WaitStrategy) -> None:
    with start(wait) as mock, urlopen(f"{url_of(mock)}/") as response:
        assert response.read() == b"Kinetica is running!"
