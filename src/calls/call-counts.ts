import { STATUS_CODES } from 'node:http'
import type { Catalogue } from '../avro/catalogue.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { DAMAGE_KINDS, type DamageKind } from '../rules/damage.ts'
import type { Strike } from '../rules/fault.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { DurationCounts } from './duration-counts.ts'
import type { ReceivedCall } from './received-call.ts'

/** What stands for all values that have no label of their own. */
const OTHER = 'other'

/** What stands for an encoding that the request does not name, or a status that did not leave. */
const NONE = 'none'

/** The kinds of what faults do: `delay`, and the kinds of damage. */
export const FAULT_KINDS = ['delay', ...DAMAGE_KINDS] as const

/** The number of scopes with counters of their own: names are chosen by clients. */
export const MAX_COUNTED_SCOPES = 1000

/** Stands for the scopes beyond that number; no scope can have this name. */
const OTHER_SCOPES = `(${OTHER})`

/** The number of requests of one endpoint, by encoding and then by status. */
type EndpointCounts = Readonly<Record<Encoding | typeof NONE, Map<number, number>>>

/** The number of requests with one set of labels. */
export interface CountedRequests {
  /** Empty if scopes are not told apart. */
  readonly scope: string
  /** A path of the catalogue, or `other`. */
  readonly endpoint: string
  readonly encoding: string
  /** A status of HTTP, `none` if none left, or `other`. */
  readonly status: string
  readonly count: number
}

/** The settings of the counters. */
export interface CallCountsOptions {
  readonly catalogue: Pick<Catalogue, 'findPath'>
  /** Whether requests are counted for each scope. */
  readonly byScope: boolean
}

/**
 * Counts the requests that scopes received, over the life of the server: a scope that is reset, removed
 * or evicted takes nothing away. To count one costs some look-ups and increments.
 */
export class CallCounts {
  readonly durations = new DurationCounts()
  readonly byScope: boolean
  readonly #catalogue: CallCountsOptions['catalogue']
  /** By scope, and then by endpoint. */
  readonly #requests = new Map<string, Map<string, EndpointCounts>>()
  readonly #faults = new Map<DamageKind | 'delay', number>()
  #unmatched = 0
  #undecodable = 0
  #ruleHits = 0

  constructor({ catalogue, byScope }: CallCountsOptions) {
    this.#catalogue = catalogue
    this.byScope = byScope
  }

  /** How many requests neither a rule nor a behaviour of the endpoint answered. */
  get unmatched(): number {
    return this.#unmatched
  }

  /** How many requests were not decoded: unreadable, unknown or refused before. Clusters that do not work read none. */
  get undecodable(): number {
    return this.#undecodable
  }

  /** How many requests a rule answered. */
  get ruleHits(): number {
    return this.#ruleHits
  }

  /** Counts an answered request by its call and its entry in the journal. */
  answered({ scope, endpoint }: ReceivedCall, entry: JournalEntry): void {
    const endpoints = this.#endpointsOf(this.byScope ? scope.name : '')
    const counts = endpoints.get(endpoint) ?? this.#newEndpoint(endpoints, endpoint)
    increment(counts[entry.encoding ?? NONE], entry.status)
    this.durations.observe(entry.durationMs)
    if (entry.unmatched) this.#unmatched += 1
    if (!entry.decoded && !entry.interrupted) this.#undecodable += 1
    if (entry.rule !== undefined) this.#ruleHits += 1
  }

  /** Counts what faults did to a request: it can be both delayed and damaged. */
  struck({ damage, delayMs }: Strike): void {
    if (damage) increment(this.#faults, damage.damage.kind)
    if (delayMs > 0 || damage === undefined) increment(this.#faults, 'delay')
  }

  /** How many requests faults delayed or damaged in one way. */
  faults(kind: DamageKind | 'delay'): number {
    return this.#faults.get(kind) ?? 0
  }

  /** The numbers of requests; several can have the same labels. */
  *requests(): Generator<CountedRequests, void, undefined> {
    for (const [scope, endpoints] of this.#requests) {
      for (const [endpoint, counts] of endpoints) {
        for (const [encoding, statuses] of Object.entries(counts)) {
          for (const [status, count] of statuses) {
            yield { scope, endpoint, encoding, status: nameStatus(status), count }
          }
        }
      }
    }
  }

  #endpointsOf(scope: string): Map<string, EndpointCounts> {
    const known = this.#requests.get(scope)
    if (known) return known
    if (this.#requests.size < MAX_COUNTED_SCOPES) return addTo(this.#requests, scope, new Map())
    return this.#requests.get(OTHER_SCOPES) ?? addTo(this.#requests, OTHER_SCOPES, new Map())
  }

  /** The counters of an endpoint whose path has none. */
  #newEndpoint(endpoints: Map<string, EndpointCounts>, endpoint: string): EndpointCounts {
    const path = this.#catalogue.findPath(endpoint) ?? OTHER
    const counts = { json: new Map(), binary: new Map(), snappy: new Map(), [NONE]: new Map() }
    return endpoints.get(path) ?? addTo(endpoints, path, counts)
  }
}

function addTo<Value>(map: Map<string, Value>, key: string, value: Value): Value {
  map.set(key, value)
  return value
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** A fault can answer with any number: only those that HTTP knows have a label of their own. */
function nameStatus(status: number): string {
  if (status === 0) return NONE
  return STATUS_CODES[status] === undefined ? OTHER : String(status)
}
