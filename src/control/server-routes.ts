import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { httpProblem, PROBLEM_TYPE, Problem } from './problem.ts'

/** What the routes of the server itself need. */
export interface ServerRoutesOptions {
  readonly version: string
  /** Whether the fixtures are loaded and the server does not stop. */
  readonly isReady: () => boolean
  /** The OpenAPI document of the control API. */
  readonly openapi: () => Promise<object>
}

const tags = ['server']
const State = Type.Object({ status: Type.String() })

/** The server itself, whatever the scope. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRoutesOptions> = async (
  app,
  { version, isReady, openapi },
) => {
  app.get(
    '/health',
    { schema: { tags, summary: 'Whether the server runs', response: { 200: State } } },
    () => ({ status: 'ok' }),
  )

  app.get(
    '/ready',
    {
      schema: {
        ...{ tags, summary: 'Whether the fixtures are loaded and calls are answered' },
        response: { 200: State, 503: Problem },
      },
    },
    (_request, reply) => {
      if (isReady()) return { status: 'ready' }
      reply.code(503).type(PROBLEM_TYPE)
      return httpProblem(503, 'The server is not ready: it is stopping')
    },
  )

  app.get(
    '/version',
    {
      schema: {
        ...{ tags, summary: 'The version of the mock' },
        response: { 200: Type.Object({ name: Type.String(), version: Type.String() }) },
      },
    },
    () => ({ name: 'mock-gpudb', version }),
  )

  app.get(
    '/openapi.json',
    {
      schema: {
        ...{ tags, summary: 'This API as OpenAPI 3.1' },
        response: { 200: Type.Object({}, { additionalProperties: true }) },
      },
    },
    () => openapi(),
  )
}
