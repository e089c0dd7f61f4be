import { type Comparison, describeTurns, type Turn } from './comparison.ts'
import type { Figure } from './figure.ts'
import { CONNECTIONS, type NextRequest, sendLoad } from './load.ts'
import type { ServerProcess } from './server-process.ts'
import { type Contender, type Pace, takeTurns } from './turns.ts'

/** What a server is compared with. */
export interface Reference {
  readonly name: string
  readonly side: Contender<Turn>
  /** The aim for the ratio of requests per second; absent if there is none. */
  readonly atLeast?: number | undefined
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
  return describeTurns(race.name, await takeRounds(race))
}

/** The turns of a server and of its references. */
export async function takeRounds({
  side,
  references,
  pace,
}: Omit<Race, 'name'>): Promise<Comparison> {
  const rounds = await takeTurns([side, ...references.map((reference) => reference.side)], pace)
  const others = references.map(({ name: of, atLeast }, index) => ({
    of,
    atLeast,
    turns: turnsOf(rounds, index + 1),
  }))
  return { turns: turnsOf(rounds, 0), others }
}

/** A server that receives requests in its turns, over 20 connections by default. */
export function loaded(
  server: ServerProcess,
  next: NextRequest,
  { connections = CONNECTIONS }: { readonly connections?: number | undefined } = {},
): Contender<Turn> {
  return { server, measure: (ms) => measureTurn(server, { next, ms, connections }) }
}

/** A server that receives other requests in each turn; they are prepared before it is measured. */
export function loadedAnew(
  server: ServerProcess,
  prepare: (turnMs: number) => NextRequest | Promise<NextRequest>,
): Contender<Turn> {
  const connections = CONNECTIONS
  const measure = async (ms: number) =>
    measureTurn(server, { next: await prepare(ms), ms, connections })
  return { server, measure }
}

async function measureTurn(
  server: ServerProcess,
  load: { readonly next: NextRequest; readonly ms: number; readonly connections: number },
): Promise<Turn> {
  const { next, ms, connections } = load
  const before = server.cpuNs()
  const sent = await sendLoad(next, { url: server.url, ms, connections })
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
