import type { ServerProcess } from './server-process.ts'

/** The length of a measurement. */
export interface Pace {
  /** The number of measured rounds. */
  readonly rounds: number
  /** The duration of a turn in a round, in milliseconds. */
  readonly turnMs: number
  /** The duration of the turn before the first round: it compiles the code. */
  readonly warmUpMs: number
}

/**
 * Two processes of the same server can differ by a twentieth as long as they run: for costs as small as
 * that, as many processes are measured one after another.
 */
export const PROCESSES = 4

/** One side of a comparison: what a server is asked in its turns. */
export interface Contender<T> {
  readonly server: ServerProcess
  /** Measures for a duration in milliseconds. */
  measure(turnMs: number): Promise<T>
}

/**
 * The order of turns in a round: each round begins with the next contender, so that each is measured
 * in each place equally often.
 */
export function turnOrder(contenders: number, round: number): number[] {
  return Array.from({ length: contenders }, (_, turn) => (turn + round) % contenders)
}

/**
 * Measures contenders in turns, so that a disturbance of the machine affects all of them. A server is
 * suspended unless it is measured. Resolves with the results of each round, in the order of the
 * contenders.
 */
export async function takeTurns<T>(
  contenders: readonly Contender<T>[],
  { rounds, turnMs, warmUpMs }: Pace,
): Promise<T[][]> {
  for (const { server } of contenders) server.suspend()
  for (const contender of contenders) await takeTurn(contender, warmUpMs)
  const results: T[][] = []
  for (let round = 0; round < rounds; round += 1) {
    const result: T[] = []
    for (const turn of turnOrder(contenders.length, round)) {
      const contender = contenders[turn]
      if (contender) result[turn] = await takeTurn(contender, turnMs)
    }
    results.push(result)
  }
  for (const { server } of contenders) server.resume()
  return results
}

async function takeTurn<T>({ server, measure }: Contender<T>, turnMs: number): Promise<T> {
  server.resume()
  try {
    return await measure(turnMs)
  } finally {
    server.suspend()
  }
}
