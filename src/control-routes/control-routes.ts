import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify'
import { RealTime, type TimeSource } from '../clock/time-source.ts'
import { type InFlight, NO_ROOM, SMALL_BYTES } from '../connections/in-flight.ts'
import { EventFeed } from '../control/event-feed.ts'
import { ScopeControl } from '../control/scope-control.ts'
import { writeJson } from '../documents/write-json.ts'
import { noticeLog } from '../http-parts/logging.ts'
import { assertCluster, openScope } from '../http-parts/open-scope.ts'
import type { BodyReader } from '../http-parts/read-body.ts'
import { type RequestPath, readRequestPath } from '../http-parts/request-path.ts'
import { secondsSince } from '../http-parts/request-time.ts'
import { requireHost } from '../http-parts/require-host.ts'
import type { Scope } from '../scope/scope.ts'
import { DEFAULT_SCOPE } from '../scope/scope-name.ts'
import { clockRoutes } from './clock-routes.ts'
import { clusterRoutes } from './cluster-routes.ts'
import { requireOrigin } from './control-origin.ts'
import { eventRoutes } from './event-routes.ts'
import { EventStreams } from './event-stream.ts'
import { faultRoutes } from './fault-routes.ts'
import { fixtureRoutes } from './fixture-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { type PageMode, pageRoutes } from './page-routes.ts'
import { httpProblem, PROBLEM_TYPE, type Problem, toProblem } from './problem.ts'
import { readBody } from './read-input.ts'
import { requestRoutes } from './request-routes.ts'
import { RouteList } from './route-list.ts'
import type { RoutedRequest, RoutesOptions } from './routes-options.ts'
import { ruleRoutes } from './rule-routes.ts'
import { describeOnly } from './schema-compilers.ts'
import { scopeRoutes } from './scope-routes.ts'
import { sendProblem, stringifyProblem } from './send-problem.ts'
import { type ServerRoutesOptions, serverRoutes } from './server-routes.ts'
import { tableRoutes } from './table-routes.ts'
import { timelineRoutes } from './timeline-routes.ts'

/** The options of the control API. */
export interface ControlRoutesOptions extends Omit<ServerRoutesOptions, 'describe'> {
  /** Accepts or rejects a request; undefined accepts all. */
  readonly authorize?: onRequestHookHandler | undefined
  /** Other origins whose pages may call. */
  readonly origins: readonly string[]
  /** See GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  readonly log: FastifyBaseLogger
  readonly bodies: BodyReader
  readonly inFlight: InFlight
  /** Real time, for the pauses of event streams. */
  readonly realTime: TimeSource
  readonly page: PageMode
  /** The folder of the live page's files. Undefined: that of the bundle. */
  readonly pageFolder?: string | undefined
}

/**
 * The control API of the scope that the URL of a request names, by default of the default scope.
 * Bodies are JSON, whatever their Content-Type, unless a route takes YAML; an error is a problem document.
 */
export const controlRoutes: FastifyPluginAsyncTypebox<ControlRoutesOptions> = async (
  app,
  options,
) => {
  const { context, log, version, authorize, origins, basePaths, bodies, page } = options
  const streams = new EventStreams(options.realTime)
  app.addHook('preClose', (done) => {
    streams.close()
    done()
  })
  app.addHook('onRequest', requireHost)
  app.addHook('onRequest', requireOrigin(origins))
  if (authorize) app.addHook('onRequest', authorize)
  app.addHook('onRequest', bodies.admit)
  useJson(app, options)

  const routes = new RouteList()
  app.addHook('onRoute', (route) => routes.add(route))
  const refuse = (request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(reply, unknownRoute(request, { routes, reply, basePaths }))
  app.setErrorHandler((error, request, reply) => {
    // Fastify requires a Content-Type of a QUERY before it looks for a route.
    if (request.method === 'QUERY') return refuse(request, reply)
    const problem = toProblem(error)
    if (problem.code === 'UNEXPECTED') log.warn({ err: error }, problem.detail)
    return sendProblem(reply, problem)
  })
  const reload = () => context.reload(noticeLog(log))
  const { uptimeMs, clientPort, renderMetrics } = options
  const server = { context, version, uptimeMs, clientPort, renderMetrics }
  await controlResources(app, { ...server, basePaths, reload, streams })
  if (page !== 'off') {
    const { pageFolder: folder } = options
    await pageRoutes(app, { mode: page, needsToken: authorize !== undefined, clientPort, folder })
  }
  app.all('/*', refuse)
  // For the methods that Fastify has no routes for.
  app.setNotFoundHandler(refuse)
}

/** The routes, without what every request of the control API passes. */
const controlResources: FastifyPluginAsyncTypebox<ResourcesOptions> = async (app, options) => {
  const { context, version, basePaths, reload, streams } = options
  const { uptimeMs, clientPort, renderMetrics } = options
  const pathOf = ({ originalUrl }: RoutedRequest) => readRequestPath(originalUrl, basePaths)
  const assertUsable = () => context.scopes.assertRuns()
  const control = (path: RequestPath, findScope: (name: string) => Scope) => {
    const { scope: name = DEFAULT_SCOPE } = path
    const find = () => {
      const scope = findScope(name)
      assertCluster(scope, path)
      return scope
    }
    return new ScopeControl({ name, find, assertUsable }, context)
  }
  const controlOf: RoutesOptions['controlOf'] = (request) =>
    control(pathOf(request), (name) => context.scopes.get(name))
  const prepare: RoutesOptions['prepare'] = (request, reply) =>
    control(pathOf(request), (name) => openScope(context, { name, reply }))
  let described: Promise<string> | undefined
  // Kept: to render it takes longer than any call.
  const describe = () => {
    described ??= describeControl({ context, version }).then((document) => writeJson(document))
    return described
  }
  // Called, not registered: a plugin of its own costs a millisecond of the start, and they share all hooks.
  await serverRoutes(app, {
    ...{ context, version, describe },
    ...{ uptimeMs, clientPort, renderMetrics },
  })
  const scoped = { controlOf, prepare }
  await scopeRoutes(app, { ...scoped, context, reload })
  await fixtureRoutes(app, scoped)
  await clockRoutes(app, scoped)
  await jobRoutes(app, scoped)
  await ruleRoutes(app, scoped)
  await faultRoutes(app, scoped)
  await clusterRoutes(app, scoped)
  await timelineRoutes(app, scoped)
  await tableRoutes(app, scoped)
  await requestRoutes(app, scoped)
  const { scopes, instance } = context
  const feedOf = (request: RoutedRequest) => {
    const { scope: name = DEFAULT_SCOPE } = pathOf(request)
    return new EventFeed({ name, scopes, instance, version })
  }
  await eventRoutes(app, { feedOf, streams })
}

interface ResourcesOptions
  extends Omit<ServerRoutesOptions, 'describe'>,
    Pick<ControlRoutesOptions, 'basePaths'> {
  /** Reads the fixture files again, and logs what changed. */
  readonly reload: () => void
  readonly streams: EventStreams
}

/** What routes call that are only described. */
/* c8 ignore start -- a document calls no route */
const UNCALLED = {
  reload: () => {},
  uptimeMs: () => 0,
  renderMetrics: async () => '',
}
/* c8 ignore stop */

/** The OpenAPI document of all routes of the control API. */
export async function describeControl(
  options: Pick<ControlRoutesOptions, 'context' | 'version'>,
): Promise<object> {
  // Loaded on request: most runs never need it.
  const { renderOpenapi } = await import('./render-openapi.ts')
  const routes: FastifyPluginAsyncTypebox = async (app) => {
    describeOnly(app)
    const streams = new EventStreams(new RealTime())
    await controlResources(app, { ...options, ...UNCALLED, basePaths: [], streams })
  }
  return renderOpenapi(routes, options)
}

/** Reads and writes JSON with exact longs. */
function useJson(
  app: FastifyInstance,
  { bodies, inFlight }: Pick<ControlRoutesOptions, 'bodies' | 'inFlight'>,
): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', bodies.read)
  app.addHook('preValidation', async (request) => {
    request.body = readBody(request)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-time-secs', secondsSince(request.arrivedAtMs))
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : 0
    const isLarge = typeof payload === 'string' && bytes > SMALL_BYTES
    if (isLarge && !inFlight.hasRoom({ bytes, delayMs: 0 })) return refuseAnswer(reply)
    inFlight.answered(reply.raw, bytes)
    if (!isLarge) return payload
    inFlight.sending(reply.raw)
    // A large text would stay in the heap until it is sent.
    return Buffer.from(payload)
  })
  describeOnly(app)
}

/** What replaces a large answer for which there is no room. */
function refuseAnswer(reply: FastifyReply): string {
  const problem = httpProblem(429, NO_ROOM)
  reply.code(problem.status).type(PROBLEM_TYPE)
  return stringifyProblem(problem)
}

/** What distinguishes unknown paths from wrong methods. */
interface Unknown {
  readonly routes: RouteList
  readonly reply: FastifyReply
  readonly basePaths: readonly string[]
}

/** The problem of a path that is no route (404), or does not take the method (405). */
function unknownRoute(
  { method, url, originalUrl }: FastifyRequest,
  { routes, reply, basePaths }: Unknown,
): Problem {
  const [path = ''] = url.split('?', 1)
  const asked = readRequestPath(originalUrl, basePaths)
  if (!asked.isControl) {
    return httpProblem(404, `Cannot find ${asked.path}: this port has the control API only`)
  }
  const methods = routes.methodsOf(path)
  if (methods.length === 0) return httpProblem(404, `Cannot find ${path}: there is no such route`)
  const allowed = methods.join(', ')
  reply.header('allow', allowed)
  return httpProblem(405, `Cannot ${method} ${path}: it takes ${allowed}`)
}
