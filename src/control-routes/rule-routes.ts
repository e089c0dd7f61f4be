import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { RuleDocument } from '../control/rule-control.ts'
import { FixtureRule } from '../fixture-format/fixture-format.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const RuleList = Type.Object({ rules: Type.Array(RuleDocument) })
const tags = ['rules']
const params = Type.Object({ id: Type.String({ description: 'The id of a rule.' }) })
const response = { 200: RuleDocument }
const schemas = {
  list: {
    operationId: 'listRules',
    tags,
    summary: 'List rules in the order they are tried',
    response: { 200: RuleList },
  },
  add: {
    operationId: 'addRule',
    tags,
    summary: 'Add a rule before all others',
    body: FixtureRule,
    response: { 201: RuleDocument },
  },
  clear: { operationId: 'clearRules', tags, summary: 'Remove all rules', response: NOTHING },
  show: { operationId: 'getRule', tags, summary: 'Show a rule', params, response },
  put: {
    operationId: 'replaceRule',
    tags,
    summary: 'Replace a rule',
    params,
    body: FixtureRule,
    response,
  },
  remove: { operationId: 'removeRule', tags, summary: 'Remove a rule', params, response: NOTHING },
}

/** The rules of a scope. */
export const ruleRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/rules', { schema: schemas.list }, (request) => ({
    rules: controlOf(request).rules.list(),
  }))
  app.post('/rules', { schema: schemas.add }, (request, reply) => {
    const rule = prepare(request, reply).rules.add(request.body)
    reply.code(201)
    return rule
  })
  app.delete('/rules', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).rules.clear()
    return answerNothing(reply)
  })
  app.get('/rules/:id', { schema: schemas.show }, (request) =>
    controlOf(request).rules.get(request.params.id),
  )
  app.put('/rules/:id', { schema: schemas.put }, (request, reply) =>
    prepare(request, reply).rules.put(request.params.id, request.body),
  )
  app.delete('/rules/:id', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).rules.remove(request.params.id)
    return answerNothing(reply)
  })
}
