import { loaded, takeRounds } from './compare-servers.ts'
import { type Comparison, describeTurns, pooled } from './comparison.ts'
import type { Figure } from './figure.ts'
import { RUNNING_POLLS } from './get-job.ts'
import { type NextRequest, repeating, requestBytes } from './load.ts'
import { EXAMPLE_FIXTURES, startMock } from './server-process.ts'
import { type Pace, PROCESSES } from './turns.ts'

const SCOPES = 50

/** The cost of polls over many scopes in turn, compared with polls in one of them. */
export async function measureScopes(pace: Pace): Promise<Figure[]> {
  const rounds = Math.ceil(pace.rounds / PROCESSES)
  const first = await measureMock({ ...pace, rounds })
  const others: Comparison[] = []
  while (others.length < PROCESSES - 1) others.push(await measureMock({ ...pace, rounds }))
  const name = `/get/job, JSON, running, over ${SCOPES} scopes`
  return [describeTurns(name, pooled([first, ...others]))]
}

async function measureMock(pace: Pace): Promise<Comparison> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  const side = (scopeOf: (index: number) => number) => loaded(mock, pollsOf(scopeOf))
  const comparison = await takeRounds({
    side: side((index) => index),
    references: [{ name: 'in one scope', side: side(() => 0), atLeast: 0.95 }],
    pace,
  })
  await mock.stop()
  return comparison
}

/** As many requests for one scope as for fifty. */
function pollsOf(scopeOf: (index: number) => number): NextRequest {
  return repeating(
    Array.from({ length: SCOPES }, (_, index) =>
      requestBytes({ ...RUNNING_POLLS.json, path: `/~suite-${scopeOf(index)}/get/job` }),
    ),
  )
}
