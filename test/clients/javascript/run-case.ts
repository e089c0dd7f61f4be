import type { Case } from '../case-file.ts'
import { Session, type SessionContext } from './session.ts'

/** The context that the framework passes to a client. */
export interface Context extends SessionContext {
  readonly cases: readonly Case[]
}

/** The report of a case, a line of the output. */
export interface Report {
  readonly case: string
  readonly ok: boolean
  readonly skipped?: string
  readonly detail: string
}

const ABILITIES = new Set(['passwords'])

/** The reasons for `n/a`: abilities that a simple fetch client lacks. */
const LACKS = new Map([
  ['avro', 'it has no Avro, its payloads are JSON'],
  ['snappy', 'it has no snappy'],
  ['failover', 'it uses one URL'],
  ['rows', 'it does not decode rows'],
  ['tables', 'it has no class for tables'],
])

/** Runs one case. Never rejects. */
export async function runCase(one: Case, context: Context): Promise<Report> {
  const lacking = one.needs?.find((need) => !ABILITIES.has(need))
  if (lacking !== undefined) {
    return { case: one.id, ok: false, skipped: LACKS.get(lacking) ?? `no ${lacking}`, detail: '' }
  }
  const session = new Session(one, context)
  for (const [index, step] of one.steps.entries()) {
    try {
      await session.run(step)
    } catch (error) {
      return { case: one.id, ok: false, detail: `step ${index + 1}, ${step.do}: ${error}` }
    }
  }
  return { case: one.id, ok: true, detail: '' }
}
