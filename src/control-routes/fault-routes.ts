import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { FaultDocument, FaultPatch } from '../control/fault-control.ts'
import { FixtureFault } from '../fixture-format/fault-format.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const FaultList = Type.Object({ faults: Type.Array(FaultDocument) })
const tags = ['faults']
const params = Type.Object({ id: Type.String({ description: 'The id of a fault.' }) })
const response = { 200: FaultDocument }
const schemas = {
  list: {
    operationId: 'listFaults',
    tags,
    summary: 'List faults in the order they strike',
    response: { 200: FaultList },
  },
  add: {
    operationId: 'addFault',
    tags,
    summary: 'Add a fault before all others',
    body: FixtureFault,
    response: { 201: FaultDocument },
  },
  clear: { operationId: 'clearFaults', tags, summary: 'Remove all faults', response: NOTHING },
  show: { operationId: 'getFault', tags, summary: 'Show a fault', params, response },
  put: {
    operationId: 'replaceFault',
    tags,
    summary: 'Replace a fault',
    params,
    body: FixtureFault,
    response,
  },
  patch: {
    operationId: 'switchFault',
    tags,
    summary: 'Switch a fault on or off',
    params,
    body: FaultPatch,
    response,
  },
  remove: {
    operationId: 'removeFault',
    tags,
    summary: 'Remove a fault',
    params,
    response: NOTHING,
  },
}

/** The faults of a scope. */
export const faultRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/faults', { schema: schemas.list }, (request) => ({
    faults: controlOf(request).faults.list(),
  }))
  app.post('/faults', { schema: schemas.add }, (request, reply) => {
    const fault = prepare(request, reply).faults.add(request.body)
    reply.code(201)
    return fault
  })
  app.delete('/faults', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).faults.clear()
    return answerNothing(reply)
  })
  app.get('/faults/:id', { schema: schemas.show }, (request) =>
    controlOf(request).faults.get(request.params.id),
  )
  app.put('/faults/:id', { schema: schemas.put }, (request, reply) =>
    prepare(request, reply).faults.put(request.params.id, request.body),
  )
  app.patch('/faults/:id', { schema: schemas.patch }, (request, reply) =>
    prepare(request, reply).faults.patch(request.params.id, request.body),
  )
  app.delete('/faults/:id', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).faults.remove(request.params.id)
    return answerNothing(reply)
  })
}
