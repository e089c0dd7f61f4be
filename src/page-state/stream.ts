import { EventParser, type StreamEvent } from '../documents/event-parser.ts'

/** How a stream of events is followed. */
export interface Following {
  /** Opens the stream; rejects if the mock does not answer. */
  readonly open: () => Promise<ReadableStream<Uint8Array>>
  readonly onEvent: (event: StreamEvent) => void
  /** The stream has ended or did not open; `error` is undefined if the mock ended it. */
  readonly onEnd: (error: unknown) => void
  /** Waits before the next attempt, in milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** Whether to go on. */
  readonly isWanted: () => boolean
}

const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 8000

/** Follows a stream and opens it again whenever it ends, with growing pauses while it does not open. */
export async function follow(following: Following): Promise<void> {
  let failures = 0
  while (following.isWanted()) {
    try {
      const stream = await following.open()
      failures = 0
      await readEvents(stream, following.onEvent)
      following.onEnd(undefined)
    } catch (error) {
      following.onEnd(error)
    }
    await following.wait(Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS))
    failures += 1
  }
}

async function readEvents(
  stream: ReadableStream<Uint8Array>,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const parser = new EventParser()
  const reader = stream.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const event of parser.read(piece.value)) onEvent(event)
  }
}
