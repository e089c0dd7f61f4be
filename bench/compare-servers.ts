import { describeTurns, type Turn } from './comparison.ts'
import type { Figure } from './figure.ts'
import { type NextRequest, sendLoad } from './load.ts'
import type { ServerProcess } from './server-process.ts'
import { type Contender, type Pace, takeTurns } from './turns.ts'

/** What a server is compared with. */
export interface Reference {
  readonly name: string
  readonly side: Contender<Turn>
  /** The aim for the ratio of requests per second; absent if there is none. */
  readonly atLeast?: number
}

/** A server, the servers that it is compared with, and the length of the measurement. */
export interface Comparison {
  /** The name of the figure. */
  readonly name: string
  readonly side: Contender<Turn>
  readonly references: readonly Reference[]
  readonly pace: Pace
}

/** Measures a server and its references in turns. */
export async function compareServers(comparison: Comparison): Promise<Figure> {
  const { name, side, references, pace } = comparison
  const rounds = await takeTurns([side, ...references.map((reference) => reference.side)], pace)
  const comparisons = references.map(({ name: of, atLeast }, index) => ({
    of,
    atLeast,
    pairs: rounds.map((turns) => [turnOf(turns, 0), turnOf(turns, index + 1)] as const),
  }))
  return describeTurns(name, comparisons)
}

/** A server that receives requests in its turns. */
export function loaded(server: ServerProcess, next: NextRequest): Contender<Turn> {
  return loadedAnew(server, () => next)
}

/** A server that receives other requests in each turn; they are prepared before it is measured. */
export function loadedAnew(
  server: ServerProcess,
  prepare: (turnMs: number) => NextRequest | Promise<NextRequest>,
): Contender<Turn> {
  return { server, measure: async (turnMs) => measureTurn(server, await prepare(turnMs), turnMs) }
}

async function measureTurn(
  server: ServerProcess,
  next: NextRequest,
  turnMs: number,
): Promise<Turn> {
  const before = server.cpuNs()
  const { answered, ms } = await sendLoad(next, { url: server.url, ms: turnMs })
  const after = server.cpuNs()
  const cpuNs = before === undefined || after === undefined ? undefined : after - before
  return { rate: (answered / ms) * 1000, cpuNs: cpuNs && cpuNs / answered }
}

function turnOf(turns: readonly Turn[], index: number): Turn {
  const turn = turns[index]
  if (turn === undefined) throw new Error('Cannot measure: a server had no turn in a round')
  return turn
}
