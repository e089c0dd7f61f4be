import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { count } from '../control/control-kinds.ts'
import { JobEnd, JobFilter, JobPatch, JobWait } from '../control/job-control.ts'
import { JobDocument } from '../control/job-document.ts'
import { FixtureJob } from '../fixtures/fixture-format.ts'
import { goneSignal } from './gone-signal.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const JobPage = Type.Object({ jobs: Type.Array(JobDocument), total: count('All of them.') })
const tags = ['jobs']
const params = Type.Object({ id: Type.String({ description: 'The id of a job, or tag:NAME.' }) })
const response = { 200: JobDocument }
const created = { 201: JobDocument }
const schemas = {
  list: { tags, summary: 'List jobs', querystring: JobFilter, response: { 200: JobPage } },
  create: { tags, summary: 'Create a job', body: FixtureJob, response: created },
  show: { tags, summary: 'Show a job; this is no poll', params, response },
  patch: { tags, summary: 'Change a running job', params, body: JobPatch, response },
  remove: { tags, summary: 'Forget a job', params, response: NOTHING },
  release: { tags, summary: 'Leave a hold', params, response },
  finish: { tags, summary: 'End a running job now', params, body: JobEnd, response },
  cancel: { tags, summary: 'Ask a job to stop', params, response },
  wait: { tags, summary: 'Wait for a status', params, querystring: JobWait, response },
}

/** The jobs of a scope. */
export const jobRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (app, { controlOf }) => {
  app.get('/jobs', { schema: schemas.list }, (request) =>
    controlOf(request).jobs.list(request.query),
  )
  app.post('/jobs', { schema: schemas.create }, (request, reply) => {
    reply.code(201)
    return controlOf(request).jobs.create(request.body)
  })
  app.get('/jobs/:id', { schema: schemas.show }, (request) =>
    controlOf(request).jobs.get(request.params.id),
  )
  app.patch('/jobs/:id', { schema: schemas.patch }, (request) =>
    controlOf(request).jobs.patch(request.params.id, request.body),
  )
  app.delete('/jobs/:id', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).jobs.remove(request.params.id)
    return answerNothing(reply)
  })
  app.post('/jobs/:id/release', { schema: schemas.release }, (request) =>
    controlOf(request).jobs.release(request.params.id),
  )
  app.post('/jobs/:id/finish', { schema: schemas.finish }, (request) =>
    controlOf(request).jobs.finish(request.params.id, request.body),
  )
  app.post('/jobs/:id/cancel', { schema: schemas.cancel }, (request) =>
    controlOf(request).jobs.cancel(request.params.id),
  )
  app.get('/jobs/:id/wait', { schema: schemas.wait }, (request) =>
    controlOf(request).jobs.wait(request.params.id, request.query, goneSignal(request)),
  )
}
