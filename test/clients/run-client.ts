import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Case, CaseName } from './case-file.ts'
import type { Client, Row, Verdict } from './client.ts'
import { describeEnding, type Prepared } from './prepare-client.ts'
import { type Ending, runCommand } from './process-group.ts'
import type { Mock } from './start-mock.ts'

/** The options for running a client. */
export interface RunOptions {
  /** The cases of a client that has none of its own. */
  readonly cases: readonly Case[]
  /** Starts a mock with additional flags. */
  readonly startMock: (flags: readonly string[]) => Promise<Mock>
  /** The folder for the context files of the runs. */
  readonly folder: string
  /** The time limit of one encoding, in ms. */
  readonly limitMs?: number
}

/** The options for running a client in one encoding. */
interface EncodingOptions extends Omit<RunOptions, 'cases'> {
  readonly cases: readonly CaseName[]
}

/** A row without the client and the encoding. */
type Result = Omit<Row, 'client' | 'encoding'>

/** The report of a client on a case. */
interface Report {
  readonly name: string
  readonly ok: boolean
  /** The ability that the client lacks; empty if it lacks none. */
  readonly skipped: string
  readonly detail: string
}

const RUN_LIMIT_MS = 240_000
const FIXTURES = 'test/clients/fixtures'
const USER = 'tester'
const PASSWORD = 'correct'

/** The name of the row for the end of the run: client and mocks must exit cleanly. */
export const ENDING = 'ends-cleanly'

/** Runs a client in all its encodings. Never rejects. */
export async function runClient(prepared: Prepared, options: RunOptions): Promise<Row[]> {
  const { client } = prepared
  const rows: Row[] = []
  for (const encoding of client.encodings) {
    const cases = casesOf(client, encoding, options.cases)
    const results =
      'version' in prepared
        ? await runEncoding(client, encoding, { ...options, cases }).catch((error) =>
            all(cases, { verdict: 'FAIL', detail: String(error) }),
          )
        : all(cases, judgeUnprepared(prepared))
    rows.push(...results.map((result) => ({ client: client.name, encoding, ...result })))
  }
  return rows
}

/** The cases of a client in an encoding. */
function casesOf(
  { cases, moreCases }: Client,
  encoding: string,
  shared: readonly Case[],
): readonly CaseName[] {
  return cases ?? [...shared, ...(moreCases?.(encoding) ?? [])]
}

function judgeUnprepared(
  prepared: Exclude<Prepared, { version: string }>,
): Pick<Row, 'verdict' | 'detail'> {
  return 'missing' in prepared
    ? { verdict: 'not run', detail: prepared.missing }
    : { verdict: 'FAIL', detail: prepared.broken }
}

async function runEncoding(
  client: Client,
  encoding: string,
  { cases, startMock, folder, limitMs = RUN_LIMIT_MS }: EncodingOptions,
): Promise<Result[]> {
  const { fixtures = FIXTURES } = client
  // The page of the browser prepares its cases with the control API.
  const page = `http://127.0.0.1:${await freePort()}`
  const flags = ['--fixtures', fixtures, '--control-origin', page]
  const open = await startMock(flags)
  const guarded = await startMock([...flags, '--user', `${USER}:${PASSWORD}`])
  const backup = await startMock(flags)
  const servers = {
    open: open.url,
    guarded: guarded.url,
    // Clients distinguish clusters by host name.
    backup: backup.url.replace('//127.0.0.1', '//localhost'),
  }
  const context = `${folder}/${client.name}-${encoding}.json`
  mkdirSync(folder, { recursive: true })
  writeFileSync(context, JSON.stringify({ cases, servers, page, user: USER, password: PASSWORD }))
  const ended = await runCommand([...client.run, encoding, context], { limitMs })
  const stopped = [await open.stop(), await guarded.stop(), await backup.stop()]
  const problems = [
    ...(ended.ok ? [] : [describeEnding(client.run, ended)]),
    ...stopped.filter(({ ok }) => !ok).map((one) => describeEnding(['mock-gpudb'], one)),
  ]
  const verdict = problems.length > 0 ? 'FAIL' : 'pass'
  return [...judge(cases, ended), { name: ENDING, verdict, detail: problems.join('\n') }]
}

/** A port of the loopback that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** A row for every case, and a failure for every report of an unknown case. */
function judge(cases: readonly CaseName[], { stdout, reason, lastOutput }: Ending): Result[] {
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

function all(cases: readonly CaseName[], outcome: Pick<Row, 'verdict' | 'detail'>): Result[] {
  return [...cases.map(({ id }) => id), ENDING].map((name) => ({ name, ...outcome }))
}
