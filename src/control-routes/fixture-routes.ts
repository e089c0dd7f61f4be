import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { FaultDocument } from '../control/fault-control.ts'
import { RuleDocument } from '../control/rule-control.ts'
import { TableDocument } from '../control/table-control.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { JobDocument } from '../control-parts/job-document.ts'
import { FixtureDocument } from '../fixture-format/fixture-format.ts'
import { JSON_AND_YAML } from './read-input.ts'
import type { RoutesOptions } from './routes-options.ts'

const Loaded = Type.Object({
  jobs: Type.Array(JobDocument),
  rules: Type.Array(RuleDocument),
  faults: Type.Array(FaultDocument),
  tables: Type.Array(TableDocument),
})
const tags = ['fixtures']
const schemas = {
  save: {
    operationId: 'saveFixtures',
    tags,
    summary: 'Show the scope as a fixture',
    response: { 200: FixtureDocument },
  },
  load: {
    operationId: 'loadFixtures',
    tags,
    summary: 'Load jobs, rules, faults and tables into the scope',
    consumes: JSON_AND_YAML,
    body: FixtureDocument,
    response: { 201: Loaded },
  },
}

/**
 * The maximum number of jobs of a scope that is saved. No other request is answered meanwhile, which
 * takes a second or two then; the body of a larger document would be too large to be loaded again.
 */
export const MAX_SAVED_JOBS = 50_000

/** Loads fixtures into a scope, and saves a scope as a fixture. */
export const fixtureRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/fixtures', { schema: schemas.save }, (request) => {
    const { jobs, fixtures } = controlOf(request)
    const { total } = jobs.list({ limit: 0 })
    if (total <= MAX_SAVED_JOBS) return fixtures.save()
    const reason = `it has ${total} jobs of at most ${MAX_SAVED_JOBS}`
    const advice = 'save it in process, or list its jobs by GET /jobs'
    throw new ControlError('TOO_MANY_TO_SAVE', `Cannot save the scope: ${reason}; ${advice}`)
  })
  app.post('/fixtures', { schema: schemas.load }, (request, reply) => {
    const loaded = prepare(request, reply).fixtures.load(request.body)
    reply.code(201)
    return loaded
  })
}
