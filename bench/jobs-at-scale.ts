import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describeCalls } from './call-time.ts'
import type { Figure } from './figure.ts'
import type { MillionJobs } from './million-jobs.ts'
import { benchProgram } from './server-process.ts'

const JOBS = 1_000_000

/** The memory of a million running jobs, and the time of a poll among them. */
export async function measureJobsAtScale(): Promise<Figure[]> {
  const args = ['--expose-gc', benchProgram('million-jobs')]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const found: MillionJobs = JSON.parse(stdout)
  return [
    memoryFigure('heap', found.heapBytes),
    memoryFigure('resident', found.rssBytes),
    pollFigure('the same job', { ns: found.pollSameNs, oneNs: found.pollOneNs }),
    pollFigure('any job at random', { ns: found.pollAnyNs, oneNs: found.pollOneNs }),
  ]
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

function pollFigure(which: string, { ns, oneNs }: { ns: number; oneNs: number }): Figure {
  const others = [{ of: 'with 1 job', ns: oneNs, atMost: 1.25 }]
  return describeCalls(`a poll among 1,000,000 jobs, ${which}`, { ns, others })
}
