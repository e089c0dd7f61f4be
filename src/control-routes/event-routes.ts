import type { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { ChangesDocument, type EventFeed, HelloDocument } from '../control/event-feed.ts'
import type { EventStreams } from './event-stream.ts'
import type { RoutedRequest } from './routes-options.ts'

/** The options of the route of events. */
export interface EventRoutesOptions {
  /** A feed of the scope that a request's URL names. Throws ScopeError if the name is invalid. */
  readonly feedOf: (request: RoutedRequest) => EventFeed
  readonly streams: EventStreams
}

const MEDIA_TYPE = 'text/event-stream'

const HEADERS = {
  'cache-control': 'no-store',
  // No other request can follow: the end of the stream closes its connection.
  connection: 'close',
  // nginx passes each event on at once.
  'x-accel-buffering': 'no',
}

/** What the data of an event is, in the description; what is sent is the text of all events. */
const Event = Type.Unsafe<Readable | string>(Type.Union([HelloDocument, ChangesDocument]))

const schema = {
  operationId: 'followEvents',
  tags: ['events'],
  summary: 'Follow the changes of the scope as server-sent events',
  response: {
    200: {
      description: 'An event `hello`, then events `changes`: the data of each is one of these.',
      content: { [MEDIA_TYPE]: { schema: Event } },
    },
  },
}

/** The stream of events of a scope, which need not exist. */
export const eventRoutes: FastifyPluginAsyncTypebox<EventRoutesOptions> = async (
  app,
  { feedOf, streams },
) => {
  app.get('/events', { schema }, (request, reply) => {
    const feed = feedOf(request)
    const events = request.method === 'HEAD' ? '' : streams.open(feed)
    reply.type(MEDIA_TYPE).headers(HEADERS)
    return events
  })
}
