import { type Static, Type } from '@sinclair/typebox'
import type { ControlContext } from '../control-parts/control-context.ts'
import { count, countFrom1 } from '../control-parts/control-kinds.ts'
import { JOB_STATUSES } from '../jobs/job-state.ts'

/** The numbers of what was read from fixtures. */
const FixtureNumbers = Type.Object({
  files: count('Fixture files and documents.'),
  jobs: count('Jobs.'),
  rules: count('Rules.'),
  faults: count('Faults.'),
  tables: count('Tables.'),
  timeline: count('Timeline entries.'),
})

/** What the mock holds, in numbers only: no more access is needed than for its health. */
export const HealthDetails = Type.Object({
  client_port: Type.Optional(
    countFrom1('The port of clients, if the control API has another one; else omitted.'),
  ),
  uptime_ms: count('How long the server has run, in real time.'),
  version: Type.String({ description: 'The version of the mock.' }),
  node: Type.String({ description: 'The version of Node.js.' }),
  fixtures: FixtureNumbers,
  scopes: count('The number of scopes.'),
  jobs: Type.Object({
    RUNNING: count('Running jobs of all scopes.'),
    DONE: count('Jobs that ended as DONE.'),
    ERROR: count('Jobs that ended as ERROR.'),
    CANCELLED: count('Jobs that were cancelled.'),
  }),
})

export type HealthDetails = Static<typeof HealthDetails>

/** Describes the content of a mock. */
export function describeHealth({
  scopes,
  loaded,
}: Pick<ControlContext, 'scopes' | 'loaded'>): Pick<HealthDetails, 'fixtures' | 'scopes' | 'jobs'> {
  const jobs = { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 }
  const all = scopes.list()
  for (const scope of all) {
    const numbers = scope.jobs.countByStatus()
    for (const status of JOB_STATUSES) jobs[status] += numbers[status]
  }
  const fixtures = {
    files: loaded.sources.reduce((sum, { files }) => sum + files.length, 0),
    jobs: loaded.seeds.length,
    rules: loaded.rules.length,
    faults: loaded.faults.length,
    tables: loaded.tables.length,
    timeline: loaded.timeline.length,
  }
  return { fixtures, scopes: all.length, jobs }
}
