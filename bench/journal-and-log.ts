import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareServers, loaded } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { RUNNING_POLLS } from './get-job.ts'
import { fillJournal, repeating, requestBytes } from './load.ts'
import { EXAMPLE_FIXTURES, mockArguments, startMock, startServer } from './server-process.ts'
import type { Pace } from './turns.ts'

/** The cost of a full journal for a poll, compared with a mock that keeps none. */
export async function measureJournal(pace: Pace): Promise<Figure[]> {
  const journal = await startMock(EXAMPLE_FIXTURES)
  const none = await startMock(EXAMPLE_FIXTURES, '--journal-requests', '0')
  const polls = { JSON: RUNNING_POLLS.json, binary: RUNNING_POLLS.binary }
  const all = repeating(Object.values(polls).map(requestBytes))
  for (const mock of [journal, none]) await fillJournal(all, mock)
  const figures: Figure[] = []
  for (const [encoding, poll] of Object.entries(polls)) {
    const next = repeating([requestBytes(poll)])
    const figure = await compareServers({
      name: `/get/job, ${encoding}, running, with a full journal`,
      side: loaded(journal, next),
      references: [{ name: 'without a journal', side: loaded(none, next), atLeast: 0.95 }],
      pace,
    })
    figures.push(figure)
  }
  await Promise.all([journal.stop(), none.stop()])
  return figures
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
