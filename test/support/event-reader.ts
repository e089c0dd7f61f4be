import { once } from 'node:events'
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

/** An event that a stream brought. */
export interface ReadEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A client of `/__mock/events`. */
export interface EventReader {
  readonly headers: IncomingHttpHeaders
  /** All blocks that have arrived, comments too. */
  readonly blocks: readonly string[]
  /** Resolves with the next event; rejects if the stream ends before. */
  next(): Promise<ReadEvent>
  /** Resolves with whether the server ended the stream properly. */
  readonly ended: Promise<boolean>
  /** Closes the connection. */
  leave(): void
}

/** What a reader asks for. */
export interface EventRequest {
  readonly port: number
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Opens a stream; it must be answered with 200. */
export async function openEvents({
  port,
  path = '/__mock/events',
  headers = {},
}: EventRequest): Promise<EventReader> {
  const request = get({ host: '127.0.0.1', port, path, headers, agent: false })
  const [answer]: IncomingMessage[] = await once(request, 'response')
  if (answer?.statusCode !== 200) throw new Error(`${path} answered ${answer?.statusCode}`)
  const blocks: string[] = []
  const events: ReadEvent[] = []
  let unread = ''
  answer.setEncoding('utf8').on('data', (text) => {
    const parts = `${unread}${text}`.split('\n\n')
    unread = parts.pop() ?? ''
    blocks.push(...parts)
    events.push(...parts.filter((part) => !part.startsWith(':')).map(readEvent))
    answer.emit('progress')
  })
  const ended = new Promise<boolean>((resolve) => {
    answer.once('close', () => {
      answer.emit('progress')
      resolve(answer.complete)
    })
    answer.on('error', () => undefined)
  })
  const next = async (): Promise<ReadEvent> => {
    while (events.length === 0) {
      if (answer.closed) throw new Error('the stream has ended')
      await once(answer, 'progress')
    }
    const [event] = events.splice(0, 1)
    return event ?? next()
  }
  return { headers: answer.headers, blocks, next, ended, leave: () => void request.destroy() }
}

function readEvent(block: string): ReadEvent {
  const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
  if (event === undefined || data === undefined) throw new Error(`is no event: ${block}`)
  return { event, data: JSON.parse(data) }
}
