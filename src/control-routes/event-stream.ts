import { Readable } from 'node:stream'
import type { TimeSource } from '../clock/time-source.ts'
import type { EventFeed } from '../control/event-feed.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { writeJson } from '../documents/write-json.ts'

/** The maximum number of open streams. */
export const MAX_STREAMS = 32

/** The shortest time between two events of a stream, in ms of real time. */
const PAUSE_MS = 250

/** The time between two heartbeats of a stream, in ms of real time. */
const HEARTBEAT_MS = 15_000

/** The heartbeat that a client misses at last, as it has taken nothing for a minute. */
const MAX_MISSED = 5

/** A comment: it shows both sides that the connection is there. */
const HEARTBEAT = ': \n\n'

/** What a stream needs. */
export interface EventStreamOptions {
  readonly feed: EventFeed
  /** Real time, for pauses and heartbeats. */
  readonly time: TimeSource
}

/**
 * The events of a feed as server-sent events, for one client. Nothing is written until what was
 * written before has been taken, so a client that does not read costs nothing but its place: after a
 * minute it is cut off, for others to have it.
 */
export class EventStream extends Readable {
  readonly #feed: EventFeed
  readonly #time: TimeSource
  /** Whether the client has taken everything. */
  #isWanted = false
  #isPausing = false
  /** How many heartbeats came since the client last took something. */
  #missed = 0
  #stopListening = stopNothing
  #stopPause = stopNothing
  #stopHeart = stopNothing

  constructor({ feed, time }: EventStreamOptions) {
    // Without a buffer of its own: each event is made when it is wanted.
    super({ highWaterMark: 0 })
    this.#feed = feed
    this.#time = time
    this.#beat()
  }

  override _read(): void {
    this.#isWanted = true
    this.#missed = 0
    this.#advance()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stop()
    callback(error)
  }

  /** Ends the stream: the client sees the end of its answer; one that does not read is cut off. */
  end(): void {
    const isRead = this.#isWanted
    this.#stop()
    if (isRead) this.push(null)
    else this.destroy()
  }

  /** Writes the next event if it is time for one; listens if nothing has changed. */
  #advance(): void {
    if (!this.#isWanted || this.#isPausing) return
    this.#stopListening()
    this.#stopListening = stopNothing
    const next = this.#feed.next()
    if (next === undefined) {
      this.#stopListening = this.#feed.listen(() => this.#advance())
      return
    }
    this.#pause()
    this.#write(`event: ${next.event}\ndata: ${writeJson(next.data)}\n\n`)
  }

  #pause(): void {
    this.#isPausing = true
    this.#stopPause = this.#time.startTimer(PAUSE_MS, () => {
      this.#isPausing = false
      this.#advance()
    })
  }

  #beat(): void {
    this.#stopHeart = this.#time.startTimer(HEARTBEAT_MS, () => {
      if (this.#isWanted) this.#write(HEARTBEAT)
      else this.#missed += 1
      if (this.#missed < MAX_MISSED) this.#beat()
      else this.destroy()
    })
  }

  #write(text: string): void {
    this.#isWanted = false
    this.push(text)
  }

  #stop(): void {
    this.#isWanted = false
    this.#stopListening()
    this.#stopPause()
    this.#stopHeart()
  }
}

function stopNothing(): void {}

/** The open streams of a server. */
export class EventStreams {
  readonly #time: TimeSource
  readonly #open = new Set<EventStream>()

  constructor(time: TimeSource) {
    this.#time = time
  }

  /** Throws ControlError if there are too many. */
  open(feed: EventFeed): EventStream {
    if (this.#open.size >= MAX_STREAMS) {
      const reason = `there are ${MAX_STREAMS} of at most ${MAX_STREAMS}, close another one`
      throw new ControlError('TOO_MANY_STREAMS', `Cannot open a stream of events: ${reason}`)
    }
    const stream = new EventStream({ feed, time: this.#time })
    this.#open.add(stream)
    return stream.once('close', () => this.#open.delete(stream))
  }

  /** Ends all streams: the server is stopping. */
  close(): void {
    for (const stream of this.#open) stream.end()
  }
}
