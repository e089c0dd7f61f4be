import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'

const WAITS = {
  healthy: Wait.forHealthCheck(),
  // Like a suite for Kinetica's own image.
  answering: Wait.forHttp('/', 9191).forStatusCode(200),
}

/** The URL for a client. */
function urlOf(mock: StartedTestContainer): string {
  return `http://${mock.getHost()}:${mock.getMappedPort(9191)}`
}

for (const [name, strategy] of Object.entries(WAITS)) {
  test(`the mock is ${name}`, async () => {
    await using mock = await new GenericContainer('mock-gpudb')
      .withExposedPorts(9191)
      .withEnvironment({ MOCK_GPUDB_CLOCK: 'frozen' })
      .withWaitStrategy(strategy)
      .start()
    const response = await fetch(urlOf(mock))
    assert.equal(await response.text(), 'Kinetica is running!')
  })
}
