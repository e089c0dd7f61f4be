import { textBytes } from '../jobs/content-bytes.ts'
import { ByteChunks, type BytesPlace, isAt } from './byte-chunks.ts'
import type { Headers, JournalEntry, Outcome, Received } from './journal-entry.ts'
import { copyText, cutHeaders, cutNearest, cutText, SharedTexts } from './journal-texts.ts'

/** About what an entry takes in memory besides its body, its headers and its texts, in bytes. */
const ENTRY_BYTES = 300

/** About what a header takes besides its name and value: clients have few, which most requests share. */
const HEADER_BYTES = 16

/** With more headers, V8 keeps a hash table. */
const FEW_HEADERS = 16

/** About what a header takes in that table, besides. */
const TABLE_BYTES = 90

/** About what a value in a list takes besides its characters. */
const ITEM_BYTES = 32

/** How many parts of a kind are compared with those of a request. */
const MAX_RECENT = 8

/** Larger parts are not shared: those of requests that were dropped would stay. */
const MAX_SHARED_BYTES = 2000

/** Parts of a request, and an estimate of what they take in memory. */
interface Sized<Part> {
  readonly part: Part
  readonly bytes: number
}

/** What a journal keeps of an entry besides its times. */
export interface JournalParts {
  readonly received: Received
  readonly outcome: Outcome
  readonly body: BytesPlace
  /** An estimate of what an entry with them takes in memory. */
  readonly bytes: number
}

/**
 * What the journals of all scopes keep of requests as they were received: long texts are cut, and what
 * equals that of a recent request is one object with it.
 */
export class ReceivedParts {
  readonly #texts = new SharedTexts()
  readonly #recent = new Recent<Received>(isReceivedOf)
  /** The headers that were cut last, and what is kept of them. */
  #longHeaders: Headers = {}
  #cutHeaders: Headers = {}

  /** The received part of an entry, whose long texts are cut too, as a log line shows them. */
  of(entry: JournalEntry): Sized<Received> {
    return this.#recent.find(entry) ?? this.#recent.add(this.#receive(entry))
  }

  #receive(entry: JournalEntry): Sized<Received> {
    entry.endpoint = this.#texts.share(entry.endpoint)
    entry.user = this.#texts.share(entry.user)
    entry.cluster = this.#texts.share(entry.cluster)
    entry.sourceIp = this.#texts.share(entry.sourceIp)
    entry.headers = this.#cut(entry.headers)
    // Never cut: it is decoded again.
    if (entry.query !== '') entry.query = copyText(entry.query)
    const { endpoint, headers, encoding, query, user, sourceIp, cluster } = entry
    const texts = endpoint.length + query.length + user.length + sourceIp.length + cluster.length
    const part = { endpoint, headers, encoding, query, user, sourceIp, cluster }
    return { part, bytes: texts + headersBytes(headers) }
  }

  /** Headers with the same long values, such as a token, become one object too. */
  #cut(headers: Headers): Headers {
    if (areSame(headers, this.#longHeaders)) return this.#cutHeaders
    const cut = cutHeaders(headers)
    if (cut === headers) return headers
    this.#longHeaders = headers
    this.#cutHeaders = cut
    return cut
  }
}

/**
 * The parts of the requests of a journal. Most requests differ from one shortly before in their times
 * only: what equals a part of a recent request is one object with it.
 */
export class RecentParts {
  readonly #received: ReceivedParts
  #chunks = new ByteChunks()
  #outcomes = new Recent<Outcome>(isOutcomeOf)
  #jobId: bigint | undefined
  #last: JournalParts | undefined

  constructor(received: ReceivedParts) {
    this.#received = received
  }

  /** The parts of an entry. Long texts in the entry are cut too, as a log line shows them. */
  keep(entry: JournalEntry): JournalParts {
    if (this.#last === undefined || !isWholly(this.#last, entry)) this.#last = this.#part(entry)
    this.#last.body.chunk.parts += 1
    return this.#last
  }

  /** Frees the body among the parts of an entry that is dropped. */
  free({ body }: JournalParts): void {
    const { chunk } = body
    this.#chunks.free(chunk)
    // A large body takes memory as long as it is known.
    if (chunk.parts === 0 && this.#last?.body.chunk === chunk) this.#last = undefined
  }

  /** Forgets all parts: the entries of them are dropped. */
  clear(): void {
    this.#chunks = new ByteChunks()
    this.#outcomes = new Recent(isOutcomeOf)
    this.#jobId = undefined
    this.#last = undefined
  }

  #part(entry: JournalEntry): JournalParts {
    const received = this.#received.of(entry)
    const outcome = this.#outcomes.find(entry) ?? this.#outcomes.add(this.#note(entry))
    const body = this.#chunks.keep(entry.body)
    const bytes = ENTRY_BYTES + received.bytes + outcome.bytes + body.length
    return { received: received.part, outcome: outcome.part, body, bytes }
  }

  #note(entry: JournalEntry): Sized<Outcome> {
    entry.error = cutText(entry.error)
    if (entry.rule !== undefined) entry.rule = cutText(entry.rule)
    if (entry.faults.length > 0) entry.faults = entry.faults.map(cutText)
    if (entry.nearest !== undefined) entry.nearest = cutNearest(entry.nearest)
    // A job makes its id anew each time: equal ids in a row become one object.
    if (entry.jobId !== this.#jobId) this.#jobId = entry.jobId
    const part = {
      delayMs: entry.delayMs,
      status: entry.status,
      sentBytes: entry.sentBytes,
      error: entry.error,
      decoded: entry.decoded,
      interrupted: entry.interrupted,
      rule: entry.rule,
      faults: entry.faults,
      unmatched: entry.unmatched,
      nearest: entry.nearest,
      askedEndpoint: entry.askedEndpoint,
      jobId: this.#jobId,
      jobEndpoint: entry.jobEndpoint,
      jobStatus: entry.jobStatus,
    }
    return { part, bytes: outcomeBytes(part) }
  }
}

/** The parts of one kind that recent requests had. */
class Recent<Part> {
  readonly #isOf: (part: Part, entry: JournalEntry) => boolean
  readonly #recent: Sized<Part>[] = []
  /** Where the last part was found or added. */
  #last = 0

  constructor(isOf: (part: Part, entry: JournalEntry) => boolean) {
    this.#isOf = isOf
  }

  /** The part that an entry shares with a recent one. */
  find(entry: JournalEntry): Sized<Part> | undefined {
    const last = this.#recent[this.#last]
    if (last === undefined || this.#isOf(last.part, entry)) return last
    const found = this.#recent.findIndex(({ part }) => this.#isOf(part, entry))
    if (found < 0) return undefined
    this.#last = found
    return this.#recent[found]
  }

  /** Adds a part unless it is large, in place of that which was added first. */
  add(sized: Sized<Part>): Sized<Part> {
    if (sized.bytes > MAX_SHARED_BYTES) return sized
    this.#last =
      this.#recent.length < MAX_RECENT ? this.#recent.length : (this.#last + 1) % MAX_RECENT
    this.#recent[this.#last] = sized
    return sized
  }
}

function isWholly({ received, outcome, body }: JournalParts, entry: JournalEntry): boolean {
  return isOutcomeOf(outcome, entry) && isReceivedOf(received, entry) && isAt(body, entry.body)
}

function isReceivedOf(received: Received, entry: JournalEntry): boolean {
  return (
    received.endpoint === entry.endpoint &&
    received.encoding === entry.encoding &&
    received.query === entry.query &&
    received.user === entry.user &&
    received.sourceIp === entry.sourceIp &&
    received.cluster === entry.cluster &&
    areSame(received.headers, entry.headers)
  )
}

/** By their number too: a header named `constructor` is missing in none of them. */
function areSame(left: Headers, right: Headers): boolean {
  let more = 0
  for (const name in left) {
    if (left[name] !== right[name]) return false
    more += 1
  }
  for (const _name in right) more -= 1
  return more === 0
}

function isOutcomeOf(outcome: Outcome, entry: JournalEntry): boolean {
  return (
    outcome.jobId === entry.jobId &&
    outcome.jobStatus === entry.jobStatus &&
    outcome.jobEndpoint === entry.jobEndpoint &&
    outcome.askedEndpoint === entry.askedEndpoint &&
    outcome.sentBytes === entry.sentBytes &&
    outcome.status === entry.status &&
    outcome.delayMs === entry.delayMs &&
    outcome.error === entry.error &&
    outcome.rule === entry.rule &&
    outcome.faults === entry.faults &&
    outcome.nearest === entry.nearest &&
    outcome.unmatched === entry.unmatched &&
    outcome.decoded === entry.decoded &&
    outcome.interrupted === entry.interrupted
  )
}

function outcomeBytes({ faults, nearest, error, rule = '' }: Outcome): number {
  let bytes = 0
  // Most outcomes have neither.
  if (error !== '' || rule !== '') bytes += textBytes(error) + textBytes(rule)
  for (const fault of faults) bytes += textBytes(fault)
  if (nearest) bytes += textBytes(nearest.rule) + textBytes(nearest.reason)
  return bytes
}

function headersBytes(headers: Headers): number {
  let bytes = 0
  let count = 0
  for (const name in headers) {
    const value = headers[name] ?? ''
    bytes += HEADER_BYTES + name.length
    bytes += typeof value === 'string' ? value.length : listBytes(value)
    count += 1
  }
  return count > FEW_HEADERS ? bytes + count * TABLE_BYTES : bytes
}

function listBytes(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + ITEM_BYTES + value.length, 0)
}
