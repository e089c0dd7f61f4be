import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { ControlContext } from '../control/control-context.ts'
import { count } from '../control/control-kinds.ts'
import { isReportCheck, Report, ReportQuery } from '../control/report.ts'
import { ScopeDocument, toScopeDocument } from '../control/scope-document.ts'
import { openScope } from './open-scope.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

/** What the routes of whole scopes need. */
export interface ScopeRoutesOptions extends RoutesOptions {
  readonly context: ControlContext
}

const limit = count('How many there may be.')
const ScopeList = Type.Object({ scopes: Type.Array(ScopeDocument), limit })
const tags = ['scopes']
const params = Type.Object({ name: Type.String({ description: 'The name of a scope.' }) })
const made = { 200: ScopeDocument, 201: ScopeDocument }
const report = { querystring: ReportQuery, response: { 200: Report } }
const schemas = {
  reset: { tags, summary: 'Put the scope back to how it was at first', response: NOTHING },
  reload: { tags, summary: 'Read the fixture files again, for all scopes', response: NOTHING },
  report: { tags, summary: 'Show what may be forgotten or wrong', ...report },
  list: { tags, summary: 'List scopes', response: { 200: ScopeList } },
  put: { tags, summary: 'Make a scope where it is not there', params, response: made },
  remove: { tags, summary: 'Take a scope away', params, response: NOTHING },
}

/** Whole scopes: how they start, which there are, and what to look at when a test is over. */
export const scopeRoutes: FastifyPluginAsyncTypebox<ScopeRoutesOptions> = async (
  app,
  { controlOf, context },
) => {
  const { scopes } = context
  app.post('/reset', { schema: schemas.reset }, (request, reply) => {
    controlOf(request).reset()
    return answerNothing(reply)
  })
  app.post('/reload', { schema: schemas.reload }, (_request, reply) => {
    context.reload()
    return answerNothing(reply)
  })
  app.get('/report', { schema: schemas.report }, (request) => {
    const { fail, checks } = request.query
    const wanted = checks?.split(',').filter(isReportCheck)
    const control = controlOf(request)
    return fail === 'true' ? control.assertClean(wanted) : control.report(wanted)
  })
  app.get('/scopes', { schema: schemas.list }, () => ({
    scopes: scopes.list().map(toScopeDocument),
    limit: scopes.maxScopes,
  }))
  app.put('/scopes/:name', { schema: schemas.put }, (request, reply) => {
    const { name } = request.params
    reply.code(scopes.find(name) ? 200 : 201)
    return toScopeDocument(openScope(context, { name, reply }))
  })
  app.delete('/scopes/:name', { schema: schemas.remove }, (request, reply) => {
    scopes.remove(request.params.name)
    return answerNothing(reply)
  })
}
