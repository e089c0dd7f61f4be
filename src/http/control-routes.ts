import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { stringify } from 'lossless-json'
import { ScopeControl } from '../control/scope-control.ts'
import { DEFAULT_SCOPE } from '../scope/scope.ts'
import { clockRoutes } from './clock-routes.ts'
import { fixtureRoutes } from './fixture-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { openScope } from './open-scope.ts'
import { httpProblem, PROBLEM_TYPE, type Problem, toProblem } from './problem.ts'
import { parseBody } from './read-input.ts'
import { readRequestPath } from './request-path.ts'
import { requestRoutes } from './request-routes.ts'
import { RouteList } from './route-list.ts'
import type { RoutedRequest, RoutesOptions } from './routes-options.ts'
import { ruleRoutes } from './rule-routes.ts'
import { scopeRoutes } from './scope-routes.ts'
import { type ServerRoutesOptions, serverRoutes } from './server-routes.ts'

/** The options of the control API. */
export interface ControlRoutesOptions extends Omit<ServerRoutesOptions, 'describe'> {
  /** Accepts or rejects a request; undefined accepts all. */
  readonly authorize?: onRequestHookHandler | undefined
  /** The largest request body in bytes. */
  readonly bodyLimit: number
  /** See GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
}

/**
 * The control API of the scope that the URL of a request names, by default of the default scope.
 * Bodies are JSON, whatever their Content-Type; an error is a problem document.
 */
export const controlRoutes: FastifyPluginAsyncTypebox<ControlRoutesOptions> = async (
  app,
  options,
) => {
  const { context, authorize, bodyLimit, version } = options
  const scopeName = ({ originalUrl }: RoutedRequest) =>
    readRequestPath(originalUrl, options.basePaths).scope ?? DEFAULT_SCOPE
  const controlOf: RoutesOptions['controlOf'] = (request) => {
    const name = scopeName(request)
    return new ScopeControl({ name, find: () => context.scopes.get(name) }, context)
  }
  const prepare: RoutesOptions['prepare'] = (request, reply) => {
    const name = scopeName(request)
    return new ScopeControl({ name, find: () => openScope(context, { name, reply }) }, context)
  }

  useProblemsAndJson(app, bodyLimit)
  if (authorize) app.addHook('onRequest', authorize)

  const routes = new RouteList()
  app.addHook('onRoute', (route) => routes.add(route))
  const describe = () => describeControl({ context, version })
  await app.register(serverRoutes, { context, version, describe })
  const scoped = { controlOf, prepare }
  await app.register(scopeRoutes, { ...scoped, context })
  await app.register(fixtureRoutes, scoped)
  await app.register(clockRoutes, scoped)
  await app.register(jobRoutes, scoped)
  await app.register(ruleRoutes, scoped)
  await app.register(requestRoutes, scoped)

  app.all('/*', (request, reply) => sendProblem(reply, unknownRoute(request, { routes, reply })))
}

/** The OpenAPI document of all routes of the control API. */
export async function describeControl(
  options: Pick<ControlRoutesOptions, 'context' | 'version'>,
): Promise<object> {
  // Loaded on request: most runs never need it.
  const { renderOpenapi } = await import('./render-openapi.ts')
  const routes = async (app: FastifyInstance) => {
    await app.register(controlRoutes, { ...options, basePaths: [], bodyLimit: 1 })
  }
  return renderOpenapi(routes, options)
}

/** Reads and writes JSON with exact longs, and answers errors with problem documents. */
function useProblemsAndJson(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers()
  const parse = async (_request: unknown, body: string) => parseBody(body)
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, parse)
  // The methods of the control API check their input, whichever way it comes.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => String(stringify(value)))
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    if (problem.code === 'UNEXPECTED') request.log.warn({ err: error }, problem.detail)
    return sendProblem(reply, problem)
  })
}

/** The problem of a path that is no route (404), or does not take the method (405). */
function unknownRoute(
  { method, url }: FastifyRequest,
  { routes, reply }: { readonly routes: RouteList; readonly reply: FastifyReply },
): Problem {
  const [path = ''] = url.split('?', 1)
  const methods = routes.methodsOf(path)
  if (methods.length === 0) return httpProblem(404, `Cannot find ${path}: there is no such route`)
  const allowed = methods.join(', ')
  reply.header('allow', allowed)
  return httpProblem(405, `Cannot ${method} ${path}: it takes ${allowed}`)
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(stringifyProblem).send(problem)
}

function stringifyProblem(problem: unknown): string {
  return String(stringify(problem))
}
