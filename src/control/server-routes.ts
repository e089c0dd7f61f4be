import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { ControlContext } from './control-context.ts'
import { ControlError } from './control-error.ts'

/** What the routes of the server itself need. */
export interface ServerRoutesOptions {
  readonly context: ControlContext
  readonly version: string
}

const tags = ['server']
const State = Type.Object({ status: Type.String() })

/** The server itself, whatever the scope. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRoutesOptions> = async (
  app,
  { context, version },
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
        response: { 200: State },
      },
    },
    () => {
      if (context.scopes.isClosed) {
        throw new ControlError('NOT_READY', 'The server is not ready: it is stopping')
      }
      return { status: 'ready' }
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
    async () => {
      // Loaded when somebody asks: most never do.
      const { renderOpenapi } = await import('./render-openapi.ts')
      return renderOpenapi({ context, version })
    },
  )
}
