/** An event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/**
 * Reads server-sent events from text that arrives in pieces, which may end anywhere, also within a
 * line or between CR and LF. Comments, which are heartbeats, yield nothing.
 */
export class EventParser {
  #rest = ''
  #event = ''
  #data: string[] = []

  /** The events that are complete with this piece. */
  read(piece: string): StreamEvent[] {
    const text = this.#rest + piece
    // A CR at the end may be followed by its LF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length
    const lines = text.slice(0, end).split(/\r\n|\r|\n/)
    const [incomplete = ''] = lines.splice(-1)
    this.#rest = incomplete + text.slice(end)
    return lines.flatMap((line) => this.#readLine(line))
  }

  #readLine(line: string): StreamEvent[] {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#event = value
    if (name === 'data') this.#data.push(value)
    return []
  }

  #dispatch(): StreamEvent[] {
    const event = { event: this.#event || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0
    this.#event = ''
    this.#data = []
    return isEmpty ? [] : [event]
  }
}
