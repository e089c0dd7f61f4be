import type { Column, RowsResult } from '../jobs/result.ts'
import type { DataEndpoint } from './data-endpoint.ts'

const SELECT_INTEGER = /^\s*select\s+([+-]?\d{1,19})\s*;?\s*$/i

/** The column of `SELECT 1`. */
const INTEGER: readonly Column[] = [{ name: 'EXPR_0', type: 'long', item: 'long', nullable: false }]

/**
 * Answers `SELECT <integer>` with that integer: Python, Java and C++ 7.2.3 send such a statement to
 * see whether a cluster is back. Other statements are a matter of rules: the mock has no SQL.
 */
export const executeSql: DataEndpoint = {
  path: '/execute/sql',
  inJobs: false,
  answer: ({ statement }) => selectInteger(statement),
}

/** The result of `SELECT <integer>`; undefined for any other statement. */
export function selectInteger(statement: unknown): RowsResult | undefined {
  const [, digits] = typeof statement === 'string' ? (SELECT_INTEGER.exec(statement) ?? []) : []
  const integer = digits === undefined ? undefined : BigInt(digits)
  if (integer === undefined || BigInt.asIntN(64, integer) !== integer) return undefined
  return {
    kind: 'rows',
    set: { columns: INTEGER, rows: [[integer]], hasTemplates: false },
    fields: {},
  }
}
