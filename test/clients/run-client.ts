import type { Case, CaseName } from './case-file.ts'
import type { Client, Row, Verdict } from './client.ts'
import type { Prepared } from './prepare-client.ts'
import type { Ending } from './process-group.ts'
import { type ProcessOptions, runPlain, runRing } from './run-process.ts'

/** The options for running a client. */
export interface RunOptions extends Omit<ProcessOptions, 'encoding'> {
  /** The cases of a client that has none of its own. */
  readonly cases: readonly Case[]
}

/** The cases of a client in one encoding. */
interface EncodingCases {
  readonly plain: readonly CaseName[]
  /** Those that need a ring. */
  readonly ring: readonly CaseName[]
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
        ? await runEncoding(client, cases, { ...options, encoding }).catch((error) =>
            all(cases, { verdict: 'FAIL', detail: String(error) }),
          )
        : all(cases, judgeUnprepared(prepared))
    rows.push(...results.map((result) => ({ client: client.name, encoding, ...result })))
  }
  return rows
}

/** The cases of a client in an encoding. */
function casesOf(
  { cases, moreCases, ringCases }: Client,
  encoding: string,
  shared: readonly Case[],
): EncodingCases {
  return {
    plain: cases ?? [...shared, ...(moreCases?.(encoding) ?? [])],
    ring: ringCases?.(encoding) ?? [],
  }
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
  { plain, ring }: EncodingCases,
  options: ProcessOptions,
): Promise<Result[]> {
  // Both at once: the cases of a ring wait for clients that look every five seconds.
  const runs = await Promise.all([
    runPlain(client, plain, options).then((run) => ({ cases: plain, ...run })),
    ...(ring.length === 0
      ? []
      : [runRing(client, ring, options).then((run) => ({ cases: ring, ...run }))]),
  ])
  const problems = runs.flatMap((run) => run.problems)
  const verdict = problems.length > 0 ? 'FAIL' : 'pass'
  return [
    ...runs.flatMap(({ cases, ended }) => judge(cases, ended)),
    { name: ENDING, verdict, detail: problems.join('\n') },
  ]
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

function all({ plain, ring }: EncodingCases, outcome: Pick<Row, 'verdict' | 'detail'>): Result[] {
  return [...[...plain, ...ring].map(({ id }) => id), ENDING].map((name) => ({ name, ...outcome }))
}
