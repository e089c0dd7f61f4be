import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The answer of a route: a document, or an answer that is none. */
export type FakeAnswer =
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly status?: number; readonly type?: string }
  | 'silence'
  | 'reset'
  | 'half'
  | 'endless'

/** A server that answers like the control API, as a test says. */
export interface FakeControl {
  readonly url: string
  readonly port: number
  /** The answers by path, such as `/__mock/clock`; the others are 404 without a problem. */
  readonly answers: Map<string, FakeAnswer>
  /** The requests until now, as path and query. */
  readonly asked: string[]
  /** The headers of the last request. */
  headers(): Readonly<Record<string, unknown>>
  /** Resolves with the stream of events that is opened next. */
  stream(): Promise<ServerResponse>
  /** Stops the server, and all of its connections. */
  stop(): Promise<void>
}

/** Starts a fake on a port, by default on a free one; it is stopped at the end of the test. */
export async function startFakeControl(
  t: { teardown(handler: () => unknown): void },
  { answers = {}, port = 0 }: { answers?: Record<string, FakeAnswer>; port?: number } = {},
): Promise<FakeControl> {
  const known = new Map(Object.entries(answers))
  const asked: string[] = []
  let headers: Readonly<Record<string, unknown>> = {}
  const server = createServer((request, response) => {
    const { url = '' } = request
    asked.push(url)
    headers = request.headers
    const [path = ''] = url.split('?')
    const answer = known.get(path)
    if (answer !== undefined) send(response, answer)
    else if (path.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      server.emit('stream', response)
    } else response.writeHead(404).end('none')
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  const stop = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  t.teardown(stop)
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    answers: known,
    asked,
    headers: () => headers,
    stream: async () => (await once(server, 'stream'))[0],
    stop,
  }
}

function send(response: ServerResponse, answer: FakeAnswer): void {
  if (answer === 'silence') return
  if (answer === 'reset') {
    response.destroy()
    return
  }
  if (answer === 'half' || answer === 'endless') {
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(1024 * 1024)
    const write = () => void response.write(chunk)
    write()
    if (answer === 'endless') response.on('drain', write)
    return
  }
  const isJson = 'json' in answer
  const type = isJson ? 'application/json' : (answer.type ?? 'text/html')
  response.writeHead(answer.status ?? 200, { 'content-type': type })
  response.end(isJson ? JSON.stringify(answer.json) : answer.text)
}

/** An event of a stream. */
export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
