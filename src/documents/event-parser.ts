/** An event of a stream of server-sent events. */
export interface StreamEvent {
  /** `message` if the stream names none. */
  readonly event: string
  readonly data: string
}

/** The maximum length of a line and of an event, in characters; those of the mock are far shorter. */
const MAX_LENGTH = 1024 * 1024

/**
 * Reads server-sent events, in the form of the HTML standard, from bytes that arrive in pieces. A piece may
 * end anywhere, also within a character or between CR and LF. Comments, which are heartbeats, yield nothing.
 */
export class EventParser {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #event = ''
  #data: string[] = []
  #length = 0

  /**
   * The events that are complete with this piece.
   *
   * @throws RangeError if a line or an event is longer than a mebibyte.
   */
  read(piece: Uint8Array): StreamEvent[] {
    const text = this.#rest + this.#decoder.decode(piece, { stream: true })
    // A CR at the end may be followed by its LF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length
    const lines = text.slice(0, end).split(/\r\n|\r|\n/)
    const [incomplete = ''] = lines.splice(-1)
    this.#rest = incomplete + text.slice(end)
    if (this.#rest.length > MAX_LENGTH) throw new RangeError('an event is too long')
    return lines.flatMap((line) => this.#readLine(line))
  }

  #readLine(line: string): StreamEvent[] {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#event = value
    if (name === 'data') this.#addData(value)
    return []
  }

  #addData(value: string): void {
    this.#length += value.length + 1
    if (this.#length > MAX_LENGTH) throw new RangeError('an event is too long')
    this.#data.push(value)
  }

  #dispatch(): StreamEvent[] {
    const event = { event: this.#event || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0
    this.#event = ''
    this.#data = []
    this.#length = 0
    return isEmpty ? [] : [event]
  }
}
