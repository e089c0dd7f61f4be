import { mkdirSync, writeFileSync } from 'node:fs'
import type { Case } from './case-file.ts'
import type { Client, Row, Verdict } from './client.ts'
import { type Prepared, tellEnding } from './prepare-client.ts'
import { type Ending, runCommand } from './process-group.ts'
import type { Mock } from './start-mock.ts'

/** What a client is run with. */
export interface RunOptions {
  readonly cases: readonly Case[]
  /** Starts a mock with more flags than those that every mock has. */
  readonly startMock: (flags: readonly string[]) => Promise<Mock>
  /** Where the contexts of the runs are written. */
  readonly folder: string
  /** How long one encoding may take. */
  readonly limitMs?: number
}

/** One row of a run, before it is known whose it is. */
type Result = Omit<Row, 'client' | 'encoding'>

/** A case as a client reports it. */
interface Report {
  readonly name: string
  readonly ok: boolean
  /** Why the client cannot do it; empty where it can. */
  readonly skipped: string
  readonly detail: string
}

const RUN_LIMIT_MS = 60_000
const USER = 'tester'
const PASSWORD = 'correct'

/** The row of what surrounds the cases: that client and mocks end as they should. */
export const ENDING = 'ends-cleanly'

/** Runs a client in all its encodings. Never rejects. */
export async function runClient(prepared: Prepared, options: RunOptions): Promise<Row[]> {
  const { client } = prepared
  const rows: Row[] = []
  for (const encoding of client.encodings) {
    const results =
      'missing' in prepared
        ? all(options.cases, { verdict: 'not run', detail: prepared.missing })
        : await runEncoding(client, encoding, options).catch((error) =>
            all(options.cases, { verdict: 'FAIL', detail: String(error) }),
          )
    rows.push(...results.map((result) => ({ client: client.name, encoding, ...result })))
  }
  return rows
}

async function runEncoding(
  client: Client,
  encoding: string,
  { cases, startMock, folder, limitMs = RUN_LIMIT_MS }: RunOptions,
): Promise<Result[]> {
  const open = await startMock([])
  const guarded = await startMock(['--user', `${USER}:${PASSWORD}`])
  const backup = await startMock([])
  const servers = {
    open: open.url,
    guarded: guarded.url,
    // Clients tell clusters apart by the names of their hosts.
    backup: backup.url.replace('//127.0.0.1', '//localhost'),
  }
  const context = `${folder}/${client.name}-${encoding}.json`
  mkdirSync(folder, { recursive: true })
  writeFileSync(context, JSON.stringify({ cases, servers, user: USER, password: PASSWORD }))
  const ended = await runCommand([...client.run, encoding, context], { limitMs })
  const stopped = [await open.stop(), await guarded.stop(), await backup.stop()]
  const problems = [
    ...(ended.ok ? [] : [tellEnding(client.run, ended)]),
    ...stopped.filter(({ ok }) => !ok).map((one) => tellEnding(['mock-gpudb'], one)),
  ]
  const verdict = problems.length > 0 ? 'FAIL' : 'pass'
  return [...judge(cases, ended), { name: ENDING, verdict, detail: problems.join('\n') }]
}

/** A verdict for every case, and a failure for every report that is none of them. */
function judge(cases: readonly Case[], { stdout, reason, lastOutput }: Ending): Result[] {
  const reports = stdout.split('\n').flatMap(readReport)
  const known = cases.map(({ id }): Result => {
    const [report, second] = reports.filter(({ name }) => name === id)
    if (report === undefined) {
      return { name: id, verdict: 'FAIL', detail: `not reported: ${reason}\n${lastOutput}` }
    }
    if (second) return { name: id, verdict: 'FAIL', detail: 'reported twice' }
    return { name: id, verdict: verdictOf(report), detail: report.skipped || report.detail }
  })
  const unknown = reports.filter(({ name }) => !cases.some(({ id }) => id === name))
  return [
    ...known,
    ...unknown.map(({ name }): Result => ({ name, verdict: 'FAIL', detail: 'no such case' })),
  ]
}

function verdictOf({ ok, skipped }: Report): Verdict {
  if (skipped !== '') return 'n/a'
  return ok ? 'pass' : 'FAIL'
}

function readReport(line: string): Report[] {
  try {
    const { case: name, ok, skipped = '', detail = '' } = Object(JSON.parse(line))
    if (typeof name !== 'string') return []
    return [{ name, ok: ok === true, skipped: String(skipped), detail: String(detail) }]
  } catch {
    return []
  }
}

function all(cases: readonly Case[], outcome: Pick<Row, 'verdict' | 'detail'>): Result[] {
  return [...cases.map(({ id }) => id), ENDING].map((name) => ({ name, ...outcome }))
}
