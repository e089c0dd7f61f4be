import type { Column, RowsResult } from '../jobs/result.ts'

const SELECT_INTEGER = /^\s*select\s+([+-]?\d{1,19})\s*;?\s*$/i

/** The column of `SELECT 1`. */
const INTEGER: readonly Column[] = [{ name: 'EXPR_0', type: 'long', item: 'long', nullable: false }]

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
