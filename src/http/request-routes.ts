import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { count } from '../control/control-kinds.ts'
import { RequestDocument } from '../control/recorded-request.ts'
import {
  RequestCount,
  RequestFilter,
  RequestTally,
  RequestVerify,
  RequestWait,
} from '../control/request-control.ts'
import { goneSignal } from './gone-signal.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const requests = Type.Array(RequestDocument)
const dropped = count('Requests that the journal no longer holds.')
const RequestPage = Type.Object({ requests, total: count('All of them.'), dropped })
const RequestsFound = Type.Object({ count: count('How many there are.'), requests })
const tags = ['requests']
const response = { 200: RequestTally }
const page = { 200: RequestPage }
const schemas = {
  list: { tags, summary: 'List requests', querystring: RequestFilter, response: page },
  clear: { tags, summary: 'Forget all requests', response: NOTHING },
  unmatched: {
    tags,
    summary: 'List requests that no rule answered, nor the endpoint itself',
    response: { 200: Type.Object({ requests }) },
  },
  count: { tags, summary: 'Count requests', body: RequestCount, response },
  verify: { tags, summary: 'Make sure how often it came', body: RequestVerify, response },
  wait: { tags, summary: 'Wait for requests', body: RequestWait, response: { 200: RequestsFound } },
}

/** The requests that a scope received, and what is to be true of them. */
export const requestRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf },
) => {
  app.get('/requests', { schema: schemas.list }, (request) =>
    controlOf(request).requests.list(request.query),
  )
  app.delete('/requests', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).requests.clear()
    return answerNothing(reply)
  })
  app.get('/requests/unmatched', { schema: schemas.unmatched }, (request) => ({
    requests: controlOf(request).requests.unmatched(),
  }))
  app.post('/requests/count', { schema: schemas.count }, (request) =>
    controlOf(request).requests.count(request.body),
  )
  app.post('/requests/verify', { schema: schemas.verify }, (request) =>
    controlOf(request).requests.verify(request.body),
  )
  app.post('/requests/wait', { schema: schemas.wait }, (request) =>
    controlOf(request).requests.wait(request.body, goneSignal(request)),
  )
}
