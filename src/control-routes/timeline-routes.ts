import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { TimelineDocument, TimelineInput } from '../control/timeline-control.ts'
import type { RoutesOptions } from './routes-options.ts'

const tags = ['timeline']
const response = { 200: TimelineDocument }
const schemas = {
  list: { operationId: 'getTimeline', tags, summary: 'Show the timeline', response },
  put: {
    operationId: 'replaceTimeline',
    tags,
    summary: 'Replace the timeline by one that starts now',
    body: TimelineInput,
    response,
  },
}

/** The timeline of a scope. */
export const timelineRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/timeline', { schema: schemas.list }, (request) => controlOf(request).timeline.list())
  app.put('/timeline', { schema: schemas.put }, (request, reply) =>
    prepare(request, reply).timeline.put(request.body),
  )
}
