import type { GpudbHandler } from '../calls/gpudb-handler.ts'
import { plainAddress } from '../connections/client-address.ts'
import type { RawAnswer, RefusedRequest } from '../connections/failed-connections.ts'
import type { RequestError } from '../connections/request-error.ts'
import { PROBLEM_TYPE, toProblem } from '../control-routes/problem.ts'
import { CORS_HEADERS } from '../http-parts/cross-origin.ts'
import {
  methodsOf,
  queryOf,
  type RequestPath,
  readRequestPath,
} from '../http-parts/request-path.ts'
import { DEFAULT_SCOPE } from '../scope/scope-name.ts'
import type { ScopeTable } from '../scope/scope-table.ts'

/** What the answers to refused requests need. */
export interface RefusalsOptions {
  readonly handler: GpudbHandler
  readonly scopes: ScopeTable
  readonly basePaths: readonly string[]
  /** Whether a path is of the control API: on a port of one kind, all are of this kind. */
  readonly isControl: (path: RequestPath) => boolean
}

const NO_BYTES = Buffer.alloc(0)

/** The methods of the routes of the control API. */
const CONTROL_METHODS = 'DELETE, GET, HEAD, PATCH, POST, PUT'

/**
 * Returns what writes the answer to a request that no route sees: a problem document for a control
 * route, a wrapper for any other path. A call of a scope that exists is recorded there.
 */
export function createRefusals(
  options: RefusalsOptions,
): (request: RefusedRequest, error: RequestError) => RawAnswer {
  const { handler, scopes, basePaths, isControl } = options
  const wrap = (request: RefusedRequest, { path, error }: Refused): RawAnswer => {
    const { headers, method, address } = request
    const scope = method === 'POST' ? scopes.find(path.scope ?? DEFAULT_SCOPE) : undefined
    const call = {
      method,
      endpoint: path.path,
      headers,
      query: queryOf(request.target),
      body: NO_BYTES,
      elapsedMs: 0,
      recorded: () => undefined,
    }
    const answer = scope
      ? handler.refuse(error, {
          ...call,
          scope,
          sourceIp: plainAddress(address),
          cluster: path.cluster ?? scope.ring.first.name,
        })
      : handler.describe(error, headers)
    const { status, contentType, body } = answer
    return { status, headers: { ...CORS_HEADERS, 'content-type': contentType }, body }
  }
  return (request, error) => {
    const path = readRequestPath(request.target, basePaths)
    const forControl = isControl(path)
    const answer = forControl ? toAnswer(error) : wrap(request, { path, error })
    const allowed = forControl ? CONTROL_METHODS : methodsOf(path.path)
    const headers = {
      ...answer.headers,
      ...(error.statusCode === 405 ? { allow: allowed } : {}),
      'content-length': String(answer.body.length),
      'x-request-time-secs': '0.000000',
    }
    return { ...answer, headers, body: request.method === 'HEAD' ? NO_BYTES : answer.body }
  }
}

interface Refused {
  readonly path: RequestPath
  readonly error: RequestError
}

function toAnswer(error: RequestError): RawAnswer {
  const body = Buffer.from(JSON.stringify(toProblem(error)))
  return { status: error.statusCode, headers: { 'content-type': PROBLEM_TYPE }, body }
}
