import type { IncomingHttpHeaders } from 'node:http'
import type { Client } from '../gpudb-parts/call.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import { findEncoding } from '../wire/encoding.ts'
import { readUser } from './credentials.ts'
import type { HttpAnswer } from './http-answer.ts'

/** A request that a scope received, whether or not it becomes a call. */
export interface ReceivedCall {
  readonly scope: Scope
  /** The HTTP method; an answer to HEAD leaves without its body. */
  readonly method: string
  /** The path of the endpoint; not checked yet. */
  readonly endpoint: string
  readonly headers: IncomingHttpHeaders
  /** What follows the `?` in the URL. */
  readonly query: string
  readonly body: Buffer
  readonly sourceIp: string
  /** The name of the cluster that is called; not checked yet. */
  readonly cluster: string
  /** The real time since it arrived, in ms. */
  readonly elapsedMs: number
  /** Called with the entry in the journal. */
  recorded(entry: JournalEntry): void
}

/** A call of a scope, before its body is decoded. */
export interface IncomingCall extends Client, ReceivedCall {
  /** Whether there is room for an answer until it is sent. */
  hasRoom(answer: HttpAnswer): boolean
}

/** A request and its entry in the journal. */
export interface ReceivedExchange {
  readonly call: ReceivedCall
  readonly entry: JournalEntry
}

/** A call and its entry in the journal. */
export interface CallExchange extends ReceivedExchange {
  readonly call: IncomingCall
}

/** The encoding of a request; JSON if that is unknown. */
export function encodingOf({ headers }: ReceivedCall): Encoding {
  return findEncoding(headers['content-type']) ?? 'json'
}

/** The entry of a request that has arrived. */
export function createEntry({
  scope,
  endpoint,
  headers,
  query,
  body,
  sourceIp,
  cluster,
}: ReceivedCall): JournalEntry {
  const facts = {
    atMs: scope.clock.now(),
    endpoint,
    headers,
    encoding: findEncoding(headers['content-type']),
    query,
    user: readUser(headers.authorization),
    sourceIp,
    cluster,
  }
  return new JournalEntry(facts, body)
}
