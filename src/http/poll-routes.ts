import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { PollDocument, PollVerify } from '../control/poll-control.ts'
import type { RoutesOptions } from './routes-options.ts'

const verify = {
  tags: ['requests'],
  summary: 'Make sure of how a job was polled',
  body: PollVerify,
  response: { 200: PollDocument },
}

/** How clients polled the jobs of a scope. */
export const pollRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (app, { controlOf }) => {
  app.post('/polls/verify', { schema: verify }, (request) =>
    controlOf(request).polls.verify(request.body),
  )
}
