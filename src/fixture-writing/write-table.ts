import type { FixtureTable } from '../fixture-format/fixture-format.ts'
import type { RowSet } from '../jobs/result.ts'
import { writeRowSet } from './write-row-set.ts'

/** Writes a table as a fixture. */
export function writeTable(name: string, set: RowSet): Required<Omit<FixtureTable, 'rows_file'>> {
  return { name, ...writeRowSet(set) }
}
