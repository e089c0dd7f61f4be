import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { JobDocument } from '../control/job-document.ts'
import { RuleDocument } from '../control/rule-control.ts'
import { FixtureDocument } from '../fixtures/fixture-format.ts'
import type { RoutesOptions } from './routes-options.ts'

const Loaded = Type.Object({ jobs: Type.Array(JobDocument), rules: Type.Array(RuleDocument) })
const tags = ['fixtures']
const schemas = {
  save: { tags, summary: 'Show the scope as a fixture', response: { 200: FixtureDocument } },
  load: {
    tags,
    summary: 'Bring jobs and rules into the scope',
    body: FixtureDocument,
    response: { 201: Loaded },
  },
}

/** Fixtures that a test brings into a scope, and a scope as a fixture. */
export const fixtureRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf },
) => {
  app.get('/fixtures', { schema: schemas.save }, (request) => controlOf(request).fixtures.save())
  app.post('/fixtures', { schema: schemas.load }, (request, reply) => {
    reply.code(201)
    return controlOf(request).fixtures.load(request.body)
  })
}
