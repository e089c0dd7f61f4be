import { textBytes } from '../jobs/content-bytes.ts'
import type { Headers, JournalEntry, NearestRule } from './journal-entry.ts'

/** The longest text that a journal keeps whole, in characters. */
export const MAX_TEXT_LENGTH = 2000

/** How many different texts are shared; then sharing begins anew. */
const MAX_SHARED = 1000

/** About what an entry takes in memory besides its body, its headers and its texts, in bytes. */
const ENTRY_BYTES = 400

/** About what a header takes besides its name and value. */
const HEADER_BYTES = 16

/**
 * The texts, headers and job ids of a journal. Long texts are cut; equal texts, and the headers and
 * ids of requests in a row, are one object. No text is a part of another one, which it would keep in
 * memory.
 */
export class JournalTexts {
  readonly #shared = new Map<string, string>()
  #received: Headers = {}
  #headers: Headers = {}
  #headerBytes = 0
  #jobId: bigint | undefined

  /** Replaces the texts of an entry by those to keep, and sets what it takes in memory. */
  keep(entry: JournalEntry): void {
    entry.endpoint = this.#share(entry.endpoint)
    entry.user = this.#share(entry.user)
    entry.cluster = this.#share(entry.cluster)
    entry.sourceIp = this.#share(entry.sourceIp)
    // Never cut: it is decoded again.
    if (entry.query !== '') entry.query = copy(entry.query)
    entry.error = cut(entry.error)
    if (entry.rule !== undefined) entry.rule = cut(entry.rule)
    if (entry.faults.length > 0) entry.faults = entry.faults.map(cut)
    if (entry.nearest !== undefined) entry.nearest = cutNearest(entry.nearest)
    this.#keepJobId(entry)
    this.#keepHeaders(entry)
    entry.bytes = ENTRY_BYTES + this.#headerBytes + entry.body.length + textsBytes(entry)
  }

  clear(): void {
    this.#shared.clear()
    this.#received = {}
    this.#headers = {}
    this.#headerBytes = 0
    this.#jobId = undefined
  }

  #share(text: string): string {
    if (text === '') return ''
    const known = this.#shared.get(text)
    if (known !== undefined) return known
    const kept = text.length > MAX_TEXT_LENGTH ? cut(text) : copy(text)
    if (this.#shared.size >= MAX_SHARED) this.#shared.clear()
    // A text that was cut is not shared: the key would keep all of it.
    if (kept.length === text.length) this.#shared.set(kept, kept)
    return kept
  }

  /** A job makes its id anew each time: equal ids in a row become one object. */
  #keepJobId(entry: JournalEntry): void {
    if (entry.jobId === this.#jobId) entry.jobId = this.#jobId
    else this.#jobId = entry.jobId
  }

  #keepHeaders(entry: JournalEntry): void {
    if (!areSame(entry.headers, this.#received)) {
      this.#received = entry.headers
      this.#headers = cutHeaders(entry.headers)
      this.#headerBytes = headersBytes(this.#headers)
    }
    entry.headers = this.#headers
  }
}

/** The start of a URL whose end was cut off: without its `@`, a password does not look like one. */
const UNFINISHED_URL = /:\/\/[^\s/]*$/

/** A text of at most the maximum length; a longer one ends with a mark that has its length. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text
  const start = text.slice(0, MAX_TEXT_LENGTH).replace(UNFINISHED_URL, '://')
  return copy(`${start}… (${text.length} characters)`)
}

/** A text of its own, where V8 would keep a reference to the text that it is a part of. */
function copy(text: string): string {
  return Buffer.from(text).toString()
}

function cutHeaders(headers: Headers): Headers {
  const isLong = Object.values(headers).some((value) => (value?.length ?? 0) > MAX_TEXT_LENGTH)
  if (!isLong) return headers
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? cut(value) : value]
  })
  return Object.fromEntries(entries)
}

function cutNearest({ rule, reason }: NearestRule): NearestRule {
  return { rule: cut(rule), reason: cut(reason) }
}

function textsBytes(entry: JournalEntry): number {
  const { endpoint, query, user, sourceIp, cluster, error, rule = '', nearest } = entry
  let bytes = endpoint.length + query.length + user.length + sourceIp.length + cluster.length
  for (const fault of entry.faults) bytes += textBytes(fault)
  if (nearest) bytes += textBytes(nearest.rule) + textBytes(nearest.reason)
  // Most entries have neither.
  return error === '' && rule === '' ? bytes : bytes + textBytes(error) + textBytes(rule)
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

function areSame(left: Headers, right: Headers): boolean {
  for (const name in left) if (left[name] !== right[name]) return false
  for (const name in right) if (left[name] === undefined) return false
  return true
}
