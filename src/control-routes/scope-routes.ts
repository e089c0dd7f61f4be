import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Report, ReportQuery, TO_REPORT } from '../control/report.ts'
import { ScopeDocument, toScopeDocument } from '../control/scope-control.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ControlContext } from '../control-parts/control-context.ts'
import { count } from '../control-parts/control-kinds.ts'
import { openScope } from '../http-parts/open-scope.ts'
import { readQuery } from './read-input.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

/** The options of the routes of whole scopes. */
export interface ScopeRoutesOptions extends RoutesOptions {
  readonly context: ControlContext
  /** Reads the fixture files again, and logs what changed. */
  readonly reload: () => void
}

const ScopeList = Type.Object({
  scopes: Type.Array(ScopeDocument),
  limit: count('The maximum number of scopes.'),
})
const tags = ['scopes']
const params = Type.Object({ name: Type.String({ description: 'The name of a scope.' }) })
const schemas = {
  reset: { operationId: 'resetScope', tags, summary: 'Start the scope again', response: NOTHING },
  reload: {
    operationId: 'reloadFixtures',
    tags,
    response: NOTHING,
    summary: 'Read the fixture files again, for all scopes',
  },
  report: {
    operationId: 'getReport',
    tags,
    summary: 'Show the findings at the end of a test',
    querystring: ReportQuery,
    response: { 200: Report },
  },
  list: {
    operationId: 'listScopes',
    tags,
    summary: 'List scopes',
    response: { 200: ScopeList },
  },
  put: {
    operationId: 'createScope',
    tags,
    summary: 'Create a scope if it is missing',
    params,
    response: { 200: ScopeDocument, 201: ScopeDocument },
  },
  remove: {
    operationId: 'removeScope',
    tags,
    summary: 'Remove a scope',
    params,
    response: NOTHING,
  },
}

/** Whole scopes: how they start, which there are, and their findings at the end of a test. */
export const scopeRoutes: FastifyPluginAsyncTypebox<ScopeRoutesOptions> = async (
  app,
  { controlOf, prepare, context, reload },
) => {
  const { scopes } = context
  app.post('/reset', { schema: schemas.reset }, (request, reply) => {
    prepare(request, reply).reset()
    return answerNothing(reply)
  })
  app.post('/reload', { schema: schemas.reload }, (_request, reply) => {
    reload()
    return answerNothing(reply)
  })
  app.get('/report', { schema: schemas.report }, (request) => {
    const query = readQuery(ReportQuery, request.query)
    const { fail, checks } = checkInput(ReportQuery, query, TO_REPORT)
    const control = controlOf(request)
    return fail ? control.assertClean(checks) : control.report(checks)
  })
  app.get('/scopes', { schema: schemas.list }, () => ({
    scopes: scopes.list().map(toScopeDocument),
    limit: scopes.maxScopes,
  }))
  app.put('/scopes/:name', { schema: schemas.put }, (request, reply) => {
    const { name } = request.params
    const status = scopes.find(name) ? 200 : 201
    const scope = openScope(context, { name, reply, creator: 'test' })
    reply.code(status)
    return toScopeDocument(scope)
  })
  app.delete('/scopes/:name', { schema: schemas.remove }, (request, reply) => {
    scopes.remove(request.params.name)
    return answerNothing(reply)
  })
}
