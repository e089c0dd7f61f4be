import type { DataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { selectInteger } from '../gpudb-parts/select-integer.ts'

/**
 * Answers `SELECT <integer>` with that integer: Python, Java and C++ 7.2.3 send such a statement to
 * see whether a cluster is back. Other statements are a matter of rules: the mock has no SQL.
 */
export const executeSql: DataEndpoint = {
  path: '/execute/sql',
  inJobs: false,
  answer: ({ statement }) => selectInteger(statement),
}
