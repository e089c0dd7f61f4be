import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { RuleDocument } from '../control/rule-control.ts'
import { FixtureRule } from '../fixtures/fixture-format.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const RuleList = Type.Object({ rules: Type.Array(RuleDocument) })
const tags = ['rules']
const params = Type.Object({ id: Type.String({ description: 'The id of a rule.' }) })
const response = { 200: RuleDocument }
const added = { 201: RuleDocument }
const schemas = {
  list: { tags, summary: 'List rules as they are asked', response: { 200: RuleList } },
  add: { tags, summary: 'Put a rule before all others', body: FixtureRule, response: added },
  clear: { tags, summary: 'Take all rules away', response: NOTHING },
  show: { tags, summary: 'Show a rule', params, response },
  put: { tags, summary: 'Put another in its place', params, body: FixtureRule, response },
  remove: { tags, summary: 'Take a rule away', params, response: NOTHING },
}

/** The rules of a scope. */
export const ruleRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (app, { controlOf }) => {
  app.get('/rules', { schema: schemas.list }, (request) => ({
    rules: controlOf(request).rules.list(),
  }))
  app.post('/rules', { schema: schemas.add }, (request, reply) => {
    reply.code(201)
    return controlOf(request).rules.add(request.body)
  })
  app.delete('/rules', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).rules.clear()
    return answerNothing(reply)
  })
  app.get('/rules/:id', { schema: schemas.show }, (request) =>
    controlOf(request).rules.get(request.params.id),
  )
  app.put('/rules/:id', { schema: schemas.put }, (request) =>
    controlOf(request).rules.put(request.params.id, request.body),
  )
  app.delete('/rules/:id', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).rules.remove(request.params.id)
    return answerNothing(reply)
  })
}
