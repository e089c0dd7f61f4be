import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { PollDocument, PollVerify } from '../control/poll-control.ts'
import { BriefRequestDocument, RequestDocument } from '../control/recorded-request.ts'
import { RequestCount, RequestTally, RequestVerify } from '../control/request-control.ts'
import { RequestFilter, TO_LIST_REQUESTS } from '../control/request-filter.ts'
import { RequestWait } from '../control/wait-for-requests.ts'
import { count } from '../control-parts/control-kinds.ts'
import { pageQuery, readQuery, toPage } from './read-input.ts'
import { answerNothing, NOTHING, type RoutesOptions, whileConnected } from './routes-options.ts'

const requests = Type.Array(RequestDocument)
const RequestPage = Type.Object({
  requests: Type.Array(Type.Union([RequestDocument, BriefRequestDocument])),
  total: count('The number of requests that match.'),
  dropped: count('Requests that the journal no longer holds.'),
})
const RequestsFound = Type.Object({ count: count('The number of requests.'), requests })
const tags = ['requests']
const response = { 200: RequestTally }
const schemas = {
  list: {
    operationId: 'listRequests',
    tags,
    summary: 'List requests',
    querystring: pageQuery(RequestFilter),
    response: { 200: RequestPage },
  },
  clear: { operationId: 'clearRequests', tags, summary: 'Remove all requests', response: NOTHING },
  unmatched: {
    operationId: 'listUnmatchedRequests',
    tags,
    summary: 'List requests that neither a rule nor the endpoint itself answered',
    response: { 200: Type.Object({ requests }) },
  },
  count: {
    operationId: 'countRequests',
    tags,
    summary: 'Count requests',
    body: RequestCount,
    response,
  },
  verify: {
    operationId: 'verifyRequests',
    tags,
    summary: 'Assert how many requests came',
    body: RequestVerify,
    response,
  },
  wait: {
    operationId: 'waitForRequests',
    tags,
    summary: 'Wait for requests',
    body: RequestWait,
    response: { 200: RequestsFound },
  },
  verifyPolls: {
    operationId: 'verifyPolls',
    tags,
    summary: 'Assert how clients polled a job',
    body: PollVerify,
    response: { 200: PollDocument },
  },
}

/** The requests that a scope received, and assertions about them. */
export const requestRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf },
) => {
  app.get('/requests', { schema: schemas.list }, (request) => {
    const filter = readQuery(RequestFilter, request.query)
    return controlOf(request).requests.list(toPage(filter, TO_LIST_REQUESTS))
  })
  app.delete('/requests', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).requests.clear()
    return answerNothing(reply)
  })
  app.get('/requests/unmatched', { schema: schemas.unmatched }, (request) => ({
    requests: controlOf(request).requests.unmatched(),
  }))
  app.post('/requests/count', { schema: schemas.count }, (request) =>
    controlOf(request).requests.countInTurns(request.body),
  )
  app.post('/requests/verify', { schema: schemas.verify }, (request) =>
    controlOf(request).requests.verifyInTurns(request.body),
  )
  app.post('/requests/wait', { schema: schemas.wait }, (request, reply) =>
    controlOf(request).requests.wait(whileConnected(request.body, reply)),
  )
  app.post('/polls/verify', { schema: schemas.verifyPolls }, (request) =>
    controlOf(request).polls.verify(request.body),
  )
}
