import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { FaultDocument } from '../control/fault-control.ts'
import { RuleDocument } from '../control/rule-control.ts'
import { TableDocument } from '../control/table-control.ts'
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

/** Loads fixtures into a scope, and saves a scope as a fixture. */
export const fixtureRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/fixtures', { schema: schemas.save }, (request) => controlOf(request).fixtures.save())
  app.post('/fixtures', { schema: schemas.load }, (request, reply) => {
    const loaded = prepare(request, reply).fixtures.load(request.body)
    reply.code(201)
    return loaded
  })
}
