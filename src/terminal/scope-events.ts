import type { TimeSource } from '../clock/time-source.ts'
import type { ChangesDocument, HelloDocument } from '../control/event-feed.ts'
import { EventParser, type StreamEvent } from '../documents/event-parser.ts'
import { parseExactJson } from '../documents/exact-json.ts'
import { type ControlClient, hasKeys } from './control-client.ts'
import { ControlFailure } from './control-failure.ts'

/** An event of a scope. */
export type ScopeEvent =
  | { readonly kind: 'hello'; readonly hello: HelloDocument }
  | { readonly kind: 'changes'; readonly changes: ChangesDocument }

/** How to follow a scope. */
export interface FollowOptions {
  /** Ends the events when it is aborted. */
  readonly signal: AbortSignal
  readonly time: TimeSource
  /** Takes lines about lost connections. */
  readonly report: (line: string) => void
}

/** How long to wait before the next attempt to connect, in ms. */
const RETRY_MS = 1000

/** How long a stream may be silent, in ms: the mock sends a comment every 15 s. */
const SILENCE_MS = 45_000

/**
 * The events of a scope, until the signal is aborted. A lost connection is made again, and reported; each
 * connection begins with a hello.
 *
 * @throws ControlFailure if the first connection fails, or the mock rejects the token.
 */
export async function* followScope(
  client: ControlClient,
  options: FollowOptions,
): AsyncGenerator<ScopeEvent, void, undefined> {
  const connection = new Connection(client, options)
  while (!options.signal.aborted) {
    yield* connection.events()
    if (!options.signal.aborted) await pause(RETRY_MS, options)
  }
}

/** The connection to a mock, which can be lost and made again. */
class Connection {
  readonly #client: ControlClient
  readonly #options: FollowOptions
  /** The process that the last hello came from. */
  #instance: string | undefined
  #isLost = false

  constructor(client: ControlClient, options: FollowOptions) {
    this.#client = client
    this.#options = options
  }

  /** The events until the connection is lost. */
  async *events(): AsyncGenerator<ScopeEvent, void, undefined> {
    try {
      for await (const event of readStream(this.#client, this.#options)) {
        if (event.kind === 'hello') this.#begin(event.hello)
        yield event
      }
    } catch (error) {
      if (this.#ends(error)) throw error
    }
    const { signal, report } = this.#options
    if (!this.#isLost && !signal.aborted) {
      report(`lost the connection to ${this.#client.url}, connecting again`)
    }
    this.#isLost = true
  }

  #begin({ instance }: HelloDocument): void {
    const isOther = instance !== this.#instance
    const restarted = isOther ? ': the mock was started again' : ''
    if (this.#isLost) this.#options.report(`connected to ${this.#client.url} again${restarted}`)
    this.#isLost = false
    this.#instance = instance
  }

  /** Whether there is no point in another attempt to connect. */
  #ends(error: unknown): boolean {
    if (this.#options.signal.aborted) return false
    return this.#instance === undefined || isFinal(error)
  }
}

/** Whether another attempt to connect would fail in the same way. */
function isFinal(error: unknown): boolean {
  return error instanceof ControlFailure && error.code === 'UNAUTHORIZED'
}

/** The events of one connection. */
async function* readStream(
  client: ControlClient,
  { signal, time }: Pick<FollowOptions, 'signal' | 'time'>,
): AsyncGenerator<ScopeEvent, void, undefined> {
  const answer = await client.events(signal)
  const endSilence = () => void answer.destroy(new Error('the stream is silent'))
  const parser = new EventParser()
  for await (const chunk of limitSilence(answer, { time, endSilence })) {
    for (const event of parser.read(chunk)) yield* toScopeEvent(event)
  }
}

/** The keys of a hello that are read here. */
const HELLO_KEYS: readonly (keyof HelloDocument)[] = ['instance', 'generation', 'last_request']

/** Unknown events are of a later version, and ignored. */
function* toScopeEvent({ event, data }: StreamEvent): Generator<ScopeEvent, void, undefined> {
  if (event === 'hello') {
    const hello = parseExactJson(data)
    if (hasKeys<HelloDocument>(hello, HELLO_KEYS)) yield { kind: 'hello', hello }
  }
  if (event === 'changes') {
    const changes = parseExactJson(data)
    if (hasKeys<ChangesDocument>(changes, [])) yield { kind: 'changes', changes }
  }
}

/** The chunks of a stream. Calls back if the next one does not come in time. */
async function* limitSilence(
  chunks: AsyncIterable<Uint8Array>,
  { time, endSilence }: { readonly time: TimeSource; readonly endSilence: () => void },
): AsyncGenerator<Uint8Array, void, undefined> {
  let cancel = time.startTimer(SILENCE_MS, endSilence)
  try {
    for await (const chunk of chunks) {
      // A slow reader of the output is no silence of the mock.
      cancel()
      yield chunk
      cancel = time.startTimer(SILENCE_MS, endSilence)
    }
  } finally {
    cancel()
  }
}

/** Resolves after a time, or when the signal is aborted. */
function pause(
  ms: number,
  { signal, time }: Pick<FollowOptions, 'signal' | 'time'>,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = time.startTimer(ms, end)
    signal.addEventListener('abort', end)
  })
}
