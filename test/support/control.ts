import { parse, stringify } from 'lossless-json'
import { type JsonValue, parseJsonNumber } from '../../src/documents/json-value.ts'
import { DEFAULT_SCOPE } from '../../src/scope/scope-name.ts'
import { type HttpAnswer, sendHttp } from './http.ts'
import { nextTurn } from './next-turn.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

/** An answer of the control API; a long is a bigint if a number cannot hold it. */
export interface ControlAnswer {
  readonly status: number
  readonly headers: HttpAnswer['headers']
  /** The parsed body; null if it is empty. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A server and its control API. */
export interface Controlled extends TestServer {
  /** Calls a route, such as `GET /clock`, in a scope (the default one if omitted). */
  control(route: string, body?: unknown, scope?: string): Promise<ControlAnswer>
  /** As control, but the call must succeed; returns the body. */
  must(route: string, body?: unknown, scope?: string): Promise<ControlAnswer['body']>
  /** Resolves when a scope (the default one if omitted) has a waiter. */
  waitedIn(scope?: string): Promise<void>
}

/** Starts a server that a test controls; it is closed at the end of the test. */
export async function startControlled(
  t: { teardown(handler: () => unknown): void },
  options: TestServerOptions = {},
): Promise<Controlled> {
  const server = await startTestServer(options)
  t.teardown(server.close)
  const control = async (route: string, body?: unknown, scope?: string) => {
    const [method = '', path = ''] = route.split(' ')
    const base = scope === undefined ? '' : `/~${scope}`
    const text = typeof body === 'string' ? body : stringify(body)
    const answer = await sendHttp(server.port, {
      ...{ method, path: `${base}/__mock${path}` },
      ...(text === undefined
        ? {}
        : { body: text, headers: { 'content-length': Buffer.byteLength(text) } }),
    })
    return { status: answer.status, headers: answer.headers, body: readBody(answer) }
  }
  const must = async (route: string, body?: unknown, scope?: string) => {
    const answer = await control(route, body, scope)
    if (answer.status >= 300) throw new Error(`${route}: ${answer.status} ${answer.body['detail']}`)
    return answer.body
  }
  const waitedIn = async (scope = DEFAULT_SCOPE) => {
    // A request in flight needs some turns of the event loop.
    while (!server.mock.scopes.open(scope).isWaitedIn) await nextTurn()
  }
  return { ...server, control, must, waitedIn }
}

function readBody({ body }: HttpAnswer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {}
  return parse(body.toString('utf8'), undefined, parseJsonNumber) as Readonly<
    Record<string, JsonValue>
  >
}

/** A request of `/create/job` for a job that alters a table. */
export const ALTER_TABLE = {
  endpoint: '/alter/table',
  request_encoding: 'json',
  data_str: '{"table_name":"orders","action":"ttl","value":"120"}',
}

/** A request of `/create/job` for such a job with a tag. */
export function alterTable(tag: string): object {
  return { ...ALTER_TABLE, options: { job_tag: tag } }
}
