import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { JobEnd, JobPatch } from '../control/job-control.ts'
import { JobFilter, TO_LIST_JOBS } from '../control/job-filter.ts'
import { JobWait } from '../control/wait-for-job.ts'
import { count } from '../control-parts/control-kinds.ts'
import { BriefJobDocument, JobDocument } from '../control-parts/job-document.ts'
import { FixtureJob } from '../fixture-format/fixture-format.ts'
import { pageQuery, readQuery, toPage } from './read-input.ts'
import { answerNothing, NOTHING, type RoutesOptions, whileConnected } from './routes-options.ts'

const JobPage = Type.Object({
  jobs: Type.Array(Type.Union([JobDocument, BriefJobDocument])),
  total: count('The number of jobs that match.'),
})
const tags = ['jobs']
const params = Type.Object({ id: Type.String({ description: 'The id of a job, or tag:NAME.' }) })
const response = { 200: JobDocument }
const schemas = {
  list: {
    operationId: 'listJobs',
    tags,
    summary: 'List jobs',
    querystring: pageQuery(JobFilter),
    response: { 200: JobPage },
  },
  create: {
    operationId: 'createJob',
    tags,
    summary: 'Create a job',
    body: FixtureJob,
    response: { 201: JobDocument },
  },
  show: { operationId: 'getJob', tags, summary: 'Show a job; this is no poll', params, response },
  patch: {
    operationId: 'patchJob',
    tags,
    summary: 'Change a running job',
    params,
    body: JobPatch,
    response,
  },
  remove: { operationId: 'removeJob', tags, summary: 'Remove a job', params, response: NOTHING },
  release: { operationId: 'releaseJob', tags, summary: 'End a hold', params, response },
  finish: {
    operationId: 'finishJob',
    tags,
    summary: 'End a running job now',
    params,
    body: JobEnd,
    response,
  },
  cancel: { operationId: 'cancelJob', tags, summary: 'Request a job to stop', params, response },
  wait: {
    operationId: 'waitForJob',
    tags,
    summary: 'Wait until a job has a status',
    params,
    querystring: JobWait,
    response,
  },
}

/** The jobs of a scope. */
export const jobRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/jobs', { schema: schemas.list }, (request) => {
    const filter = readQuery(JobFilter, request.query)
    return controlOf(request).jobs.list(toPage(filter, TO_LIST_JOBS))
  })
  app.post('/jobs', { schema: schemas.create }, (request, reply) => {
    const job = prepare(request, reply).jobs.create(request.body)
    reply.code(201)
    return job
  })
  app.get('/jobs/:id', { schema: schemas.show }, (request) =>
    controlOf(request).jobs.get(request.params.id),
  )
  app.patch('/jobs/:id', { schema: schemas.patch }, (request, reply) =>
    prepare(request, reply).jobs.patch(request.params.id, request.body),
  )
  app.delete('/jobs/:id', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).jobs.remove(request.params.id)
    return answerNothing(reply)
  })
  app.post('/jobs/:id/release', { schema: schemas.release }, (request, reply) =>
    prepare(request, reply).jobs.release(request.params.id),
  )
  app.post('/jobs/:id/finish', { schema: schemas.finish }, (request, reply) =>
    prepare(request, reply).jobs.finish(request.params.id, request.body),
  )
  app.post('/jobs/:id/cancel', { schema: schemas.cancel }, (request, reply) =>
    prepare(request, reply).jobs.cancel(request.params.id),
  )
  app.get('/jobs/:id/wait', { schema: schemas.wait }, (request, reply) => {
    const options = whileConnected(readQuery(JobWait, request.query), reply)
    return controlOf(request).jobs.wait(request.params.id, options)
  })
}
