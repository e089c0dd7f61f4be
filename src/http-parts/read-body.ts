import type { IncomingMessage, ServerResponse } from 'node:http'
import type { onRequestHookHandler } from 'fastify'
import { type InFlight, SMALL_BYTES } from '../connections/in-flight.ts'
import { RequestError } from '../connections/request-error.ts'

/** The settings of a reader. */
export interface BodyReaderOptions {
  readonly inFlight: InFlight
  /** The maximum size of a body in bytes. */
  readonly maxBytes: number
}

/** Receives a body; an error means that it will never be complete. */
type Done = (error: Error | null, body?: Buffer | RequestError) => void

const NO_BYTES = Buffer.alloc(0)

/** The longest Content-Length, in digits, that is small for sure. */
const SMALL_DIGITS = String(SMALL_BYTES).length - 1

/** Reads the bodies of requests; large ones wait until there is room in the memory for bodies. */
export class BodyReader {
  readonly #inFlight: InFlight
  readonly #maxBytes: number
  readonly #chunked = new WeakMap<IncomingMessage, ServerResponse>()

  constructor({ inFlight, maxBytes }: BodyReaderOptions) {
    this.#inFlight = inFlight
    this.#maxBytes = maxBytes
  }

  /** A hook that lets a request with a large body wait for room. It follows the other checks. */
  readonly admit: onRequestHookHandler = ({ raw: request }, { raw: response }, done) => {
    const length = request.headers['content-length']
    if (length === undefined) {
      if (request.headers['transfer-encoding']) this.#chunked.set(request, response)
      return done()
    }
    const bytes = length.length > SMALL_DIGITS ? Number(length) : 0
    // One over the limit is refused without being kept.
    if (bytes <= SMALL_BYTES || bytes > this.#maxBytes) return done()
    const leave = (error: Error) => {
      this.#inFlight.withdraw(response)
      response.shouldKeepAlive = false
      done(brokenOff(error))
    }
    request.once('error', leave)
    const start = () => {
      request.off('error', leave)
      done()
    }
    this.#inFlight.admit(response, { bytes, start })
  }

  /**
   * Reads a body. It is a RequestError instead if it is over the limit: an error of the route keeps
   * the connection, whose rest of the body Node skips.
   */
  readonly read = (request: { raw: IncomingMessage }, payload: IncomingMessage, done: Done) => {
    const length = Number(payload.headers['content-length'] ?? 0)
    if (length > this.#maxBytes) return done(null, tooLarge())
    const response = this.#chunked.get(request.raw)
    const reading = new Reading({ payload, length, maxBytes: this.#maxBytes, done })
    if (response === undefined) return
    const inFlight = this.#inFlight
    reading.onLarge = (start) => inFlight.admit(response, { bytes: this.#maxBytes, start })
    reading.onEnd = (bytes) => inFlight.resize(response, bytes)
  }
}

/** Why a body is not complete: a timeout, broken chunks, or the client is gone. */
function brokenOff(error: Error): RequestError {
  if (error instanceof RequestError) return error
  const message = 'Cannot read the body: the client closed the connection'
  return new RequestError(400, message, { cause: error })
}

function tooLarge(): RequestError {
  return new RequestError(413, 'Cannot read the body: it is over the limit, raise body-limit')
}

interface ReadingOptions {
  readonly payload: IncomingMessage
  /** From Content-Length; 0 if it is not known. */
  readonly length: number
  readonly maxBytes: number
  readonly done: Done
}

/** The size of the first buffer for a body of unknown length. */
const FIRST_BYTES = 1024

/**
 * One body that is being read, into one buffer: a list of chunks would cost a client one byte for
 * each, and the mock a hundred.
 */
class Reading {
  /* c8 ignore start -- replaced for each body of unknown length; only such a body grows */
  /** Called once, when a body of unknown length is no longer small. */
  onLarge: (start: () => void) => void = (start) => start()
  onEnd: (bytes: number) => void = () => undefined
  /* c8 ignore stop */
  readonly #options: ReadingOptions
  #buffer: Buffer = NO_BYTES
  #received = 0

  constructor(options: ReadingOptions) {
    const { payload } = options
    this.#options = options
    payload.on('data', this.#onData)
    payload.on('end', this.#onEnd)
    payload.on('error', this.#onError)
  }

  readonly #onData = (chunk: Buffer): void => {
    const before = this.#received
    const total = before + chunk.length
    if (total > this.#options.maxBytes) {
      this.#finish(null, tooLarge())
      return
    }
    this.#received = total
    const { length } = this.#options
    // Node's parser copies each chunk into memory of its own.
    if (total === length && before === 0) this.#buffer = chunk
    else this.#append(chunk, before)
    if (length === 0 && before <= SMALL_BYTES && total > SMALL_BYTES) this.#wait()
  }

  #append(chunk: Buffer, at: number): void {
    if (at + chunk.length > this.#buffer.length) this.#grow(at + chunk.length)
    chunk.copy(this.#buffer, at)
  }

  #grow(least: number): void {
    const { length, maxBytes } = this.#options
    const guess = Math.max(least, FIRST_BYTES, this.#buffer.length * 2)
    const grown = Buffer.allocUnsafe(length === 0 ? Math.min(guess, maxBytes) : length)
    this.#buffer.copy(grown)
    this.#buffer = grown
  }

  #wait(): void {
    const { payload } = this.#options
    payload.pause()
    this.onLarge(() => payload.resume())
  }

  readonly #onEnd = (): void => {
    const bytes = this.#received
    if (this.#options.length === 0 && bytes > SMALL_BYTES) this.onEnd(bytes)
    const isFull = bytes === this.#buffer.length
    this.#finish(null, isFull ? this.#buffer : Buffer.from(this.#buffer.subarray(0, bytes)))
  }

  readonly #onError = (error: Error): void => {
    this.#finish(brokenOff(error))
  }

  #finish(error: Error | null, body?: Buffer | RequestError): void {
    const { payload, done } = this.#options
    payload.off('data', this.#onData)
    payload.off('end', this.#onEnd)
    payload.off('error', this.#onError)
    this.#buffer = NO_BYTES
    done(error, body)
  }
}
