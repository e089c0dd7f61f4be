import { textBytes } from '../jobs/content-bytes.ts'
import type { Headers, JournalEntry, Outcome, Received } from './journal-entry.ts'
import { copyText, cutHeaders, cutNearest, cutText, SharedTexts } from './journal-texts.ts'

/** About what an entry takes in memory besides its body, its headers and its texts, in bytes. */
const ENTRY_BYTES = 300

/** About what a header takes besides its name and value. */
const HEADER_BYTES = 16

/** How many parts of a kind are compared with those of a request. */
const MAX_RECENT = 8

/** Larger parts are not shared: those of requests that were dropped would stay. */
const MAX_SHARED_BYTES = 2000

/** Parts of a request, and an estimate of what they take in memory. */
interface Sized<Part> {
  readonly part: Part
  readonly bytes: number
}

/** What a journal keeps of an entry besides its times and its body. */
export interface JournalParts {
  readonly received: Received
  readonly outcome: Outcome
  /** An estimate of what an entry with them takes in memory, without its body. */
  readonly bytes: number
}

/**
 * The parts of the requests of a journal: long texts are cut, and what equals a part of a recent request
 * is one object with it. Most requests differ from one shortly before in their times only.
 */
export class RecentParts {
  readonly #texts = new SharedTexts()
  #received = new Recent<Received>(isReceivedOf)
  #outcomes = new Recent<Outcome>(isOutcomeOf)
  /** The headers that were cut last, and what is kept of them. */
  #longHeaders: Headers = {}
  #cutHeaders: Headers = {}
  #jobId: bigint | undefined
  #last: JournalParts | undefined

  /** The parts of an entry. Long texts in the entry are cut too, as a log line shows them. */
  of(entry: JournalEntry): JournalParts {
    const received = this.#received.find(entry) ?? this.#received.add(this.#receive(entry))
    const outcome = this.#outcomes.find(entry) ?? this.#outcomes.add(this.#note(entry))
    const last = this.#last
    if (last?.received === received.part && last.outcome === outcome.part) return last
    const bytes = ENTRY_BYTES + received.bytes + outcome.bytes
    this.#last = { received: received.part, outcome: outcome.part, bytes }
    return this.#last
  }

  clear(): void {
    this.#texts.clear()
    this.#received = new Recent(isReceivedOf)
    this.#outcomes = new Recent(isOutcomeOf)
    this.#longHeaders = {}
    this.#cutHeaders = {}
    this.#jobId = undefined
    this.#last = undefined
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

function areSame(left: Headers, right: Headers): boolean {
  for (const name in left) if (left[name] !== right[name]) return false
  for (const name in right) if (left[name] === undefined) return false
  return true
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
    outcome.decoded === entry.decoded
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
  for (const name in headers) {
    const value = headers[name] ?? ''
    const length = typeof value === 'string' ? value.length : value.join().length
    bytes += HEADER_BYTES + name.length + length
  }
  return bytes
}
