import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareServers, loaded, takeRounds } from './compare-servers.ts'
import { describeTurns, pooled } from './comparison.ts'
import type { Figure } from './figure.ts'
import { RUNNING_POLLS } from './get-job.ts'
import { fillJournal, repeating, requestBytes } from './load.ts'
import { EXAMPLE_FIXTURES, mockArguments, startMock, startServer } from './server-process.ts'
import { type Pace, PROCESSES } from './turns.ts'

/** The cost of a full journal for a poll, compared with a mock that keeps none. */
export async function measureJournal(pace: Pace): Promise<Figure[]> {
  const rounds = Math.ceil(pace.rounds / PROCESSES)
  const first = await measurePair({ ...pace, rounds })
  const all: (typeof first)[] = [first]
  while (all.length < PROCESSES) all.push(await measurePair({ ...pace, rounds }))
  const describe = (encoding: keyof typeof first) => {
    const [one = first[encoding], ...others] = all.map((pair) => pair[encoding])
    const name = `/get/job, ${encoding}, running, with a full journal`
    return describeTurns(name, pooled([one, ...others]))
  }
  return [describe('JSON'), describe('binary')]
}

async function measurePair(pace: Pace) {
  const journal = await startMock(EXAMPLE_FIXTURES)
  const none = await startMock(EXAMPLE_FIXTURES, '--journal-requests', '0')
  const polls = [RUNNING_POLLS.json, RUNNING_POLLS.binary] as const
  for (const mock of [journal, none]) await fillJournal(repeating(polls.map(requestBytes)), mock)
  const measure = (poll: (typeof polls)[number]) => {
    const next = repeating([requestBytes(poll)])
    const reference = { name: 'without a journal', side: loaded(none, next), atLeast: 0.95 }
    return takeRounds({ side: loaded(journal, next), references: [reference], pace })
  }
  const comparisons = { JSON: await measure(polls[0]), binary: await measure(polls[1]) }
  await Promise.all([journal.stop(), none.stop()])
  return comparisons
}

/** The cost of a log line for each poll, written to a file, compared with a mock that logs none. */
export async function measureLog(pace: Pace): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-log-'))
  const figures: Figure[] = []
  for (const format of ['console', 'json']) {
    const file = createWriteStream(join(folder, format))
    await once(file, 'open')
    figures.push(await measureFormat(format, { file, pace }))
    file.close()
  }
  rmSync(folder, { recursive: true })
  return figures
}

async function measureFormat(
  format: string,
  { file, pace }: { readonly file: WriteStream; readonly pace: Pace },
): Promise<Figure> {
  const info = ['--log-level', 'info', '--log-format', format]
  const logged = await startServer({
    args: mockArguments(EXAMPLE_FIXTURES, ...info),
    stderr: file,
  })
  const silent = await startMock(EXAMPLE_FIXTURES)
  const next = repeating([requestBytes(RUNNING_POLLS.json)])
  const figure = await compareServers({
    name: `/get/job, JSON, running, with the log level info in the format ${format}`,
    side: loaded(logged, next),
    references: [{ name: 'without log lines', side: loaded(silent, next), atLeast: 0.6 }],
    pace,
  })
  await Promise.all([logged.stop(), silent.stop()])
  return figure
}
