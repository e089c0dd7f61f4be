import { describeCalls } from './call-time.ts'
import type { Figure } from './figure.ts'
import type { JobsMemory } from './million-jobs.ts'
import { benchProgram, type ServerProcess, startServer } from './server-process.ts'
import { type Contender, takeTurns } from './turns.ts'

const JOBS = 1_000_000

/** Short turns: the machine may be slower by half for seconds. */
const PACE = { rounds: 75, turnMs: 20, warmUpMs: 1000 } as const

/** The memory of a million running jobs, and the time of a poll among them. */
export async function measureJobsAtScale(): Promise<Figure[]> {
  const many = await startJobs(JOBS)
  const one = await startJobs(1)
  const { heapBytes, rssBytes } = await ask<JobsMemory>(many, '/')
  const calls = [polls(one, 1), polls(many, 1), polls(many, JOBS)]
  const rounds = await takeTurns(calls, PACE)
  const [oneNs, sameNs, anyNs] = calls.map((_, call) => rounds.flatMap((ns) => ns[call] ?? []))
  await many.stop()
  await one.stop()
  return [
    memoryFigure('heap', heapBytes),
    memoryFigure('resident', rssBytes),
    pollFigure('the same job', { ns: sameNs, oneNs }),
    pollFigure('any job at random', { ns: anyNs, oneNs }),
  ]
}

/** A process that has so many running jobs. */
function startJobs(count: number): Promise<ServerProcess> {
  return startServer({ args: ['--expose-gc', benchProgram('million-jobs'), String(count)] })
}

/** Polls of random ones of the first jobs of a process, in nanoseconds of a poll. */
function polls(server: ServerProcess, jobs: number): Contender<number> {
  return { server, measure: (ms) => ask<number>(server, `/polls?jobs=${jobs}&ms=${ms}`) }
}

async function ask<Answer>({ url }: ServerProcess, path: string): Promise<Answer> {
  const answer = await fetch(`${url}${path}`)
  const found: Answer = JSON.parse(await answer.text())
  return found
}

function memoryFigure(kind: string, bytes: number): Figure {
  const megabytes = bytes / 1e6
  return {
    name: `1,000,000 running jobs, ${kind} memory`,
    value: `${Math.round(megabytes)} MB`,
    ratios: [`${Math.round(bytes / JOBS)} bytes a job`],
    aim: { text: '< 300 MB', met: megabytes < 300 },
  }
}

function pollFigure(
  which: string,
  { ns = [], oneNs = [] }: { ns: number[] | undefined; oneNs: number[] | undefined },
): Figure {
  const others = [{ of: 'with 1 job', ns: oneNs, atMost: 1.25 }]
  return describeCalls(`a poll among 1,000,000 jobs, ${which}`, { ns, others })
}
