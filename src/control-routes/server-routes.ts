import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { describeHealth, HealthDetails } from '../control/describe-health.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ControlContext } from '../control-parts/control-context.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { readQuery } from './read-input.ts'

/** The options of the routes of the server itself. */
export interface ServerRoutesOptions {
  readonly context: ControlContext
  readonly version: string
  /** Returns the OpenAPI document of all routes as JSON. */
  readonly describe: () => Promise<string>
  /** Returns how long the server has run, in ms. */
  readonly uptimeMs: () => number
  /** The port of the endpoints, if the control API has one of its own. */
  readonly clientPort?: number | undefined
  /** Returns the metrics in the text format of Prometheus. */
  readonly renderMetrics: () => Promise<string>
}

/** The media type of the text format of Prometheus. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const State = Type.Object({ status: Type.String() })
const Health = Type.Object({ status: Type.String(), ...Type.Partial(HealthDetails).properties })
const HealthQuery = Type.Object(
  {
    verbose: Type.Optional(
      Type.Boolean({
        description: 'Whether to add what the mock is and holds, in numbers.',
        expected: 'true or false',
      }),
    ),
  },
  { additionalProperties: false },
)
const Version = Type.Object({ name: Type.String(), version: Type.String() })
const Document = Type.Object({}, { additionalProperties: true })
const tags = ['server']
const schemas = {
  health: {
    operationId: 'getHealth',
    tags,
    summary: 'Whether the server runs',
    querystring: HealthQuery,
    response: { 200: Health },
  },
  ready: {
    operationId: 'getReadiness',
    tags,
    response: { 200: State },
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
  metrics: {
    operationId: 'getMetrics',
    tags,
    summary: 'Metrics in the text format of Prometheus',
    response: {
      200: {
        description: 'The metrics of the mock and of its process.',
        content: { 'text/plain': { schema: Type.String() } },
      },
    },
  },
}

/** The server itself: these routes need no scope. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRoutesOptions> = async (
  app,
  { context, version, describe, uptimeMs, clientPort, renderMetrics },
) => {
  app.get('/health', { schema: schemas.health }, (request) => {
    const query = readQuery(HealthQuery, request.query)
    const { verbose = false } = checkInput(HealthQuery, query, { action: 'show the health' })
    const status = 'ok'
    if (!verbose) return { status }
    const server = { uptime_ms: Math.round(uptimeMs()), version, node: process.versions.node }
    const port = clientPort === undefined ? {} : { client_port: clientPort }
    return { status, ...port, ...server, ...describeHealth(context) }
  })
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
  app.get('/metrics', { schema: schemas.metrics }, async (_request, reply) => {
    reply.type(METRICS_TYPE).header('cache-control', 'no-store')
    return await renderMetrics()
  })
}
