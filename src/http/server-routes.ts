import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { ControlContext } from '../control/control-context.ts'
import { ControlError } from '../control/control-error.ts'

/** The options of the routes of the server itself. */
export interface ServerRoutesOptions {
  readonly context: ControlContext
  readonly version: string
  /** Returns the OpenAPI document of all routes as JSON. */
  readonly describe: () => Promise<string>
}

const State = Type.Object({ status: Type.String() })
const Version = Type.Object({ name: Type.String(), version: Type.String() })
const Document = Type.Object({}, { additionalProperties: true })
const tags = ['server']
const response = { 200: State }
const schemas = {
  health: { operationId: 'getHealth', tags, summary: 'Whether the server runs', response },
  ready: {
    operationId: 'getReadiness',
    tags,
    response,
    summary: 'Whether fixtures are loaded and calls are answered',
  },
  version: {
    operationId: 'getVersion',
    tags,
    summary: 'The version of the mock',
    response: { 200: Version },
  },
  openapi: {
    operationId: 'getOpenapi',
    tags,
    summary: 'This API as OpenAPI 3.1',
    response: { 200: Document },
  },
}

/** The server itself: these routes need no scope. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRoutesOptions> = async (
  app,
  { context, version, describe },
) => {
  app.get('/health', { schema: schemas.health }, () => ({ status: 'ok' }))
  app.get('/ready', { schema: schemas.ready }, () => {
    if (!context.scopes.isClosed) return { status: 'ready' }
    throw new ControlError('NOT_READY', 'The server is not ready: it is stopping')
  })
  app.get('/version', { schema: schemas.version }, () => ({ name: 'mock-gpudb', version }))
  app.get('/openapi.json', { schema: schemas.openapi }, async (_request, reply) => {
    return reply
      .type('application/json; charset=utf-8')
      .serializer(String)
      .send(await describe())
  })
}
