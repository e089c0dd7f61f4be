import type { Figure } from './figure.ts'
import { counting, repeating, requestBytes, sendLoad } from './load.ts'
import { benchProgram, type ServerProcess, startServer } from './server-process.ts'
import type { SoakedMemory } from './soaked-mock.ts'

const SCOPES = 5
const ROUND_REQUESTS = 20_000
const WARM_UP_ROUNDS = 5
const ROUNDS = 16
const HALF = ROUNDS / 2

/** The maximum growth, as factors; resident memory varies by more than a tenth without a trend. */
const MOST_GROWTH = { heap: 1.05, resident: 1.15 } as const

type Kind = keyof typeof MOST_GROWTH

const ALTER_TABLE = '{"table_name":"orders","action":"ttl","value":"120"}'

/** The requests that each scope receives, in turn. */
const CALLS = [
  {
    path: '/create/job',
    body: JSON.stringify({
      endpoint: '/alter/table',
      request_encoding: 'json',
      data_str: ALTER_TABLE,
    }),
  },
  { path: '/get/job', body: '{"options":{"job_tag":"seeded"}}' },
  { path: '/alter/table', body: ALTER_TABLE },
]

/** Whether the memory of a mock that has reached its limits grows with more requests. */
export async function measureMemorySoak(): Promise<Figure[]> {
  const server = await startServer({ args: ['--expose-gc', benchProgram('soaked-mock')] })
  const { mock } = await weigh(server)
  await seed(mock)
  const next = repeating(soakRequests())
  const weights: SoakedMemory[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    await sendLoad(counting(ROUND_REQUESTS, next), { url: mock })
    if (round >= 0) weights.push(await weigh(server))
  }
  await server.stop()
  return [
    describe(
      'heap',
      weights.map(({ heapBytes }) => heapBytes),
    ),
    describe(
      'resident',
      weights.map(({ rssBytes }) => rssBytes),
    ),
  ]
}

async function weigh({ url }: ServerProcess): Promise<SoakedMemory> {
  const answer = await fetch(url)
  const weight: SoakedMemory = JSON.parse(await answer.text())
  return weight
}

/** Creates the polled job in each scope; it waits in a hold. */
async function seed(mock: string): Promise<void> {
  const lifecycle = { steps: [{ hold: true }] }
  const body = JSON.stringify({ tag: 'seeded', endpoint: '/alter/table', lifecycle })
  for (let scope = 0; scope < SCOPES; scope += 1) {
    await fetch(`${mock}/~soak-${scope}/__mock/jobs`, { method: 'POST', body })
  }
}

function soakRequests(): Buffer[] {
  return Array.from({ length: SCOPES }, (_, scope) =>
    CALLS.map(({ path, body }) =>
      requestBytes({ path: `/~soak-${scope}${path}`, contentType: 'application/json', body }),
    ),
  ).flat()
}

function describe(kind: Kind, bytes: readonly number[]): Figure {
  const most = MOST_GROWTH[kind]
  // The smallest value: the memory that V8 holds in reserve varies.
  const start = Math.min(...bytes.slice(0, HALF))
  const end = Math.min(...bytes.slice(HALF))
  const growth = end / start
  const requests = ROUND_REQUESTS * HALF
  return {
    name: `${kind} memory of a soaked mock, ${requests.toLocaleString('en')} requests later`,
    value: `${(end / 1e6).toFixed(1)} MB`,
    ratios: [
      `${growth.toFixed(3)} of before`,
      `${((end - start) / requests).toFixed(1)} bytes a request`,
    ],
    aim: { text: `≤ ${most}`, met: growth <= most },
  }
}
