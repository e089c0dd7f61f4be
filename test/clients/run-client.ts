import { CASES, type Client } from './client.ts'
import { type Ending, runCommand } from './process-group.ts'
import type { Mock } from './start-mock.ts'

/** What came of one case of one client in one encoding. */
export interface Row {
  readonly client: string
  readonly encoding: string
  readonly name: string
  readonly verdict: 'pass' | 'FAIL' | 'not run'
  /** Why it is no pass; empty where there is nothing to say. */
  readonly detail: string
}

/** One row of a run, before it is known whose it is. */
type Result = Omit<Row, 'client' | 'encoding'>

/** What a client is run with. */
export interface RunOptions {
  /** Starts a mock with more flags than those that every mock has. */
  readonly startMock: (flags: readonly string[]) => Promise<Mock>
  /** How long one encoding may take. */
  readonly limitMs?: number
}

/** A case as a client reports it. */
interface Report {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

const PROBE_LIMIT_MS = 30_000
const INSTALL_LIMIT_MS = 240_000
const RUN_LIMIT_MS = 60_000
const USER = 'tester'
const PASSWORD = 'correct'

/** The row of what surrounds the cases: that client and mocks end as they should. */
const ENDING = 'ends cleanly'

/** Installs a client and runs it in all its encodings. Never rejects. */
export async function runClient(client: Client, options: RunOptions): Promise<Row[]> {
  const probed = await runCommand(client.probe, { limitMs: PROBE_LIMIT_MS })
  if (!probed.ok) return rowsOf(client, all('not run', tell(client.probe, probed)))
  for (const command of client.install) {
    const installed = await runCommand(command, { limitMs: INSTALL_LIMIT_MS })
    if (!installed.ok) return rowsOf(client, all('FAIL', tell(command, installed)))
  }
  const rows: Row[] = []
  for (const encoding of client.encodings) {
    const run = { ...client, encodings: [encoding] }
    const results = await runEncoding(client, encoding, options).catch((error) =>
      all('FAIL', String(error)),
    )
    rows.push(...rowsOf(run, results))
  }
  return rows
}

async function runEncoding(
  client: Client,
  encoding: string,
  { startMock, limitMs = RUN_LIMIT_MS }: RunOptions,
): Promise<Result[]> {
  const open = await startMock([])
  const guarded = await startMock(['--user', `${USER}:${PASSWORD}`])
  const guardedUrl = guarded.url.replace('://', `://${USER}:${PASSWORD}@`)
  const command = [...client.run, encoding, open.url, guardedUrl] as const
  const ended = await runCommand(command, { limitMs })
  const problems = [
    ...(ended.ok ? [] : [tell(client.run, ended)]),
    ...[await open.stop(), await guarded.stop()]
      .filter(({ ok }) => !ok)
      .map((stopped) => tell(['mock-gpudb'], stopped)),
  ]
  return [
    ...judge(ended),
    { name: ENDING, verdict: problems.length > 0 ? 'FAIL' : 'pass', detail: problems.join('\n') },
  ]
}

/** A verdict for every case, and a failure for every report that is none of them. */
function judge({ stdout, reason, lastOutput }: Ending): Result[] {
  const reports = stdout.split('\n').flatMap(readReport)
  const known = CASES.map((name): Result => {
    const [report, second] = reports.filter((one) => one.name === name)
    if (report === undefined) {
      return { name, verdict: 'FAIL', detail: `not reported: ${reason}\n${lastOutput}` }
    }
    if (second) return { name, verdict: 'FAIL', detail: 'reported twice' }
    return { name, verdict: report.ok ? 'pass' : 'FAIL', detail: report.detail }
  })
  const unknown = reports.filter(({ name }) => !CASES.includes(name))
  return [
    ...known,
    ...unknown.map(({ name }): Result => ({ name, verdict: 'FAIL', detail: 'no such case' })),
  ]
}

function readReport(line: string): Report[] {
  try {
    const { case: name, ok, detail = '' } = Object(JSON.parse(line))
    return typeof name === 'string' ? [{ name, ok: ok === true, detail: String(detail) }] : []
  } catch {
    return []
  }
}

function rowsOf(client: Pick<Client, 'name' | 'encodings'>, results: readonly Result[]): Row[] {
  return client.encodings.flatMap((encoding) =>
    results.map((result) => ({ client: client.name, encoding, ...result })),
  )
}

function all(verdict: Row['verdict'], detail: string): Result[] {
  return [...CASES, ENDING].map((name) => ({ name, verdict, detail }))
}

function tell(command: readonly string[], { reason, lastOutput }: Ending): string {
  return `${command.join(' ')}: ${reason}\n${lastOutput}`.trimEnd()
}
