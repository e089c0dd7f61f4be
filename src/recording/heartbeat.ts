import type { ReadCall } from '../exchanges/read-call.ts'
import { readRowSet } from '../exchanges/read-row-set.ts'
import { selectInteger } from '../gpudb-parts/select-integer.ts'

/** Clients select the time in epoch milliseconds: no such statement is sent twice. */
const MIN_TIME = 1_000_000_000_000n

/** Whether a call selects an integer, which the mock answers without a rule. */
export function selectsInteger({ endpoint, request }: ReadCall): boolean {
  return endpoint === '/execute/sql' && selectInteger(request['statement']) !== undefined
}

/** Whether a call selects the time, to see whether the database is there, and got it. */
export function isHeartbeat({ endpoint, request, answer }: ReadCall): boolean {
  const [[time] = []] = selectInteger(request['statement'])?.set.rows ?? []
  if (endpoint !== '/execute/sql' || answer.kind === 'error' || answer.record === undefined)
    return false
  if (typeof time !== 'bigint' || time < MIN_TIME) return false
  const set = readRowSet(answer.record, { endpoint, note: () => undefined })
  const [[cell] = [], ...others] = set?.rows ?? []
  return others.length === 0 && String(cell) === String(time)
}
