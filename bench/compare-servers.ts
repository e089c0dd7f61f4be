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
export interface Race {
  /** The name of the figure. */
  readonly name: string
  readonly side: Contender<Turn>
  readonly references: readonly Reference[]
  readonly pace: Pace
}

/** Measures a server and its references in turns. */
export async function compareServers(race: Race): Promise<Figure> {
  const { name, side, references, pace } = race
  const rounds = await takeTurns([side, ...references.map((reference) => reference.side)], pace)
  const others = references.map(({ name: of, atLeast }, index) => ({
    of,
    atLeast,
    turns: turnsOf(rounds, index + 1),
  }))
  return describeTurns(name, { turns: turnsOf(rounds, 0), others })
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
  const measure = async (ms: number) => measureTurn(server, { next: await prepare(ms), ms })
  return { server, measure }
}

async function measureTurn(
  server: ServerProcess,
  { next, ms }: { readonly next: NextRequest; readonly ms: number },
): Promise<Turn> {
  const before = server.cpuNs()
  const sent = await sendLoad(next, { url: server.url, ms })
  const after = server.cpuNs()
  const isKnown = before !== undefined && after !== undefined
  return {
    rate: (sent.answered / sent.ms) * 1000,
    cpuNs: isKnown ? (after - before) / sent.answered : undefined,
  }
}

/** The turns of one side, round by round. */
function turnsOf(rounds: readonly (readonly Turn[])[], side: number): Turn[] {
  return rounds.flatMap((turns) => turns[side] ?? [])
}
