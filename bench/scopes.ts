import { compareServers, loaded } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { RUNNING_POLLS } from './get-job.ts'
import { type NextRequest, repeating, requestBytes } from './load.ts'
import { EXAMPLE_FIXTURES, startMock } from './server-process.ts'
import type { Pace } from './turns.ts'

const SCOPES = 50

/** The cost of polls over many scopes in turn, compared with a mock that is asked in one scope. */
export async function measureScopes(pace: Pace): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  const alone = await startMock(EXAMPLE_FIXTURES)
  const figure = await compareServers({
    name: `/get/job, JSON, running, over ${SCOPES} scopes`,
    side: loaded(
      mock,
      pollsOf((index) => index),
    ),
    references: [
      {
        name: 'in one scope',
        side: loaded(
          alone,
          pollsOf(() => 0),
        ),
        atLeast: 0.95,
      },
    ],
    pace,
  })
  await Promise.all([mock.stop(), alone.stop()])
  return [figure]
}

/** As many requests for one scope as for fifty. */
function pollsOf(scopeOf: (index: number) => number): NextRequest {
  return repeating(
    Array.from({ length: SCOPES }, (_, index) =>
      requestBytes({ ...RUNNING_POLLS.json, path: `/~suite-${scopeOf(index)}/get/job` }),
    ),
  )
}
