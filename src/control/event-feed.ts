import { type Static, Type } from '@sinclair/typebox'
import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { runSoon } from '../clock/time-source.ts'
import { count } from '../control-parts/control-kinds.ts'
import { choice } from '../documents/schema-kinds.ts'
import { earliest } from '../jobs/dated-events.ts'
import type { ChangeKind, Revisions } from '../scope/change-signal.ts'
import { assertScopeName, type PresentScope, type ScopeTable } from '../scope/scope-table.ts'
import { ClockDocument, toClockDocument } from './clock-control.ts'

const generation = () =>
  count('Identifies the last start of the scope: each creation and each reset has another one.')

/** The first event of a stream: the mock, and the scope as the stream finds it. */
export const HelloDocument = Type.Object(
  {
    instance: Type.String({ description: 'Identifies the process: another one has started anew.' }),
    version: Type.String({ description: 'The version of the mock.' }),
    scope: Type.String({ description: 'The name of the scope.' }),
    exists: Type.Boolean({ description: 'Whether there is a scope of this name.' }),
    generation: Type.Union([generation(), Type.Null()], {
      description: 'Identifies its last start, by creation or reset; null if it does not exist.',
    }),
    clock: Type.Union([ClockDocument, Type.Null()], {
      description: 'The clock of the scope; null if the scope does not exist.',
    }),
    last_request: count('The id of its last request; 0 before the first.'),
  },
  { title: 'Hello' },
)
export type HelloDocument = Static<typeof HelloDocument>

const changed = (description: string) => Type.Optional(Type.Literal(true, { description }))

/** A later event: what has changed since the event before. What is unchanged has no key. */
export const ChangesDocument = Type.Object(
  {
    scope: Type.Optional(
      choice(['created', 'reset', 'removed'], {
        description: 'The scope is another one now, or gone, removed or evicted.',
      }),
    ),
    generation: Type.Optional(generation()),
    requests: Type.Optional(
      Type.Tuple([Type.Integer(), Type.Integer()], {
        description:
          'The first and the last id of new requests. The first is 1 if all former ones were removed.',
      }),
    ),
    jobs: changed('Jobs were created, changed or removed.'),
    clock: Type.Optional(ClockDocument),
    rules: changed('Rules were added, replaced or removed.'),
    faults: changed('Faults were added, replaced, switched or removed.'),
    clusters: changed('Clusters have another state, or there are others.'),
    timeline: changed('Entries were added or removed, or the time of one has come.'),
    tables: changed('Tables, rows or schemas were added or removed.'),
    scopes: changed('There are other scopes, or other counts in the list of scopes.'),
  },
  { title: 'Changes' },
)
export type ChangesDocument = Static<typeof ChangesDocument>

/** An event with its name. */
export type FeedEvent =
  | { readonly event: 'hello'; readonly data: HelloDocument }
  | { readonly event: 'changes'; readonly data: ChangesDocument }

/** What a feed follows. */
export interface EventFeedOptions {
  /** Of the scope, which need not exist. */
  readonly name: string
  readonly scopes: ScopeTable
  /** Identifies the mock. */
  readonly instance: string
  readonly version: string
}

/** The kinds of changes that an event only names. */
const NAMED_KINDS = ['jobs', 'rules', 'faults', 'clusters', 'timeline', 'tables'] as const

/** The kinds of changes, in any scope, that may show in the list of scopes. */
const LISTED_KINDS = ['scopes', 'jobs', 'requests', 'rules', 'faults'] as const

/** What the last event has reported of a scope. */
interface Reported extends PresentScope {
  readonly clock: ClockDocument
  readonly revisions: Revisions
  readonly lastRequest: number
}

/**
 * The changes of the scope that has a name, whichever that is: it compares revisions with those of
 * its last event, so that any number of changes is one event. It neither creates a scope nor uses it:
 * it does not keep one from being evicted, and moves no clock.
 */
export class EventFeed {
  readonly #options: EventFeedOptions
  #hasBegun = false
  #reported: Reported | undefined
  #listed: Revisions

  /** Throws ScopeError if no scope can have the name, or the mock is closed. */
  constructor(options: EventFeedOptions) {
    const { scopes, name } = options
    scopes.assertRuns()
    assertScopeName(name)
    this.#options = options
    this.#listed = scopes.changes.revisions
  }

  /** The next event: `hello`, then what has changed; undefined if nothing has changed. */
  next(): FeedEvent | undefined {
    const before = this.#reported
    const { scopes } = this.#options
    const now = this.#look()
    this.#reported = now
    const listed = scopes.changes.revisions
    const isListed = hasChanged(LISTED_KINDS, [this.#listed, listed])
    this.#listed = listed
    if (!this.#hasBegun) return this.#hello(now)
    const data: ChangesDocument = {
      ...compare(before, now),
      ...(isListed ? { scopes: true } : {}),
    }
    return Object.keys(data).length === 0 ? undefined : { event: 'changes', data }
  }

  /**
   * Calls back when something may have changed, also by time alone, once or more often. Returns a
   * function that ends that.
   */
  listen(wake: () => void): () => void {
    const { scopes, name } = this.#options
    const stopListening = scopes.changes.listen(wake)
    const stopClock = watchNextChange(scopes.peek(name), wake)
    return () => {
      stopListening()
      stopClock()
    }
  }

  #hello(now: Reported | undefined): FeedEvent {
    this.#hasBegun = true
    const { name, instance, version } = this.#options
    const clock = now?.clock ?? null
    const last_request = now?.lastRequest ?? 0
    const scope = { scope: name, exists: now !== undefined, generation: now?.generation ?? null }
    return { event: 'hello', data: { instance, version, ...scope, clock, last_request } }
  }

  /** The present scope, after all that is due by now has happened. */
  #look(): Reported | undefined {
    const { scopes, name } = this.#options
    const present = scopes.peek(name)
    if (present === undefined) return undefined
    const { scope, birth, generation } = present
    const clock = toClockDocument(scope)
    const { revisions } = scope.changes
    const lastRequest = scope.journal.lastId
    return { scope, birth, generation, clock, revisions, lastRequest }
  }
}

/** What has changed of the scope itself. */
function compare(before: Reported | undefined, now: Reported | undefined): ChangesDocument {
  if (now === undefined) return before === undefined ? {} : { scope: 'removed' }
  if (before?.scope !== now.scope) return describeNew(before, now)
  const kinds = NAMED_KINDS.filter((kind) => hasChanged([kind], [before.revisions, now.revisions]))
  const requests = newRequests(before, now)
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(isClockMoved(before, now) ? { clock: now.clock } : {}),
    ...Object.fromEntries(kinds.map((kind) => [kind, true])),
  }
}

/** Another scope has the name: everything is new. */
function describeNew(before: Reported | undefined, now: Reported): ChangesDocument {
  const { birth, generation, clock, lastRequest } = now
  return {
    scope: before?.birth === birth ? 'reset' : 'created',
    generation,
    ...(lastRequest === 0 ? {} : { requests: [1, lastRequest] }),
    clock,
    ...Object.fromEntries(NAMED_KINDS.map((kind) => [kind, true])),
  }
}

/** The range of ids of which requests came, or have gone; undefined if neither. */
function newRequests(before: Reported, now: Reported): [number, number] | undefined {
  const came = now.lastRequest - before.lastRequest
  const changes = now.revisions.requests - before.revisions.requests
  if (changes === 0 || now.lastRequest === 0) return undefined
  // Each request is one change: any other one has removed those before.
  return [changes > came ? 1 : before.lastRequest + 1, now.lastRequest]
}

/** Whether the clock shows what a reader could not know: time passes by itself unless it stands. */
function isClockMoved(before: Reported, now: Reported): boolean {
  if (hasChanged(['clock'], [before.revisions, now.revisions])) return true
  const isSame = (key: keyof ClockDocument) => before.clock[key] === now.clock[key]
  if (!isSame('next_change_at_ms')) return true
  return !now.scope.clock.runs && !isSame('now_ms')
}

function hasChanged(
  kinds: readonly ChangeKind[],
  [before, now]: readonly [Revisions, Revisions],
): boolean {
  return kinds.some((kind) => before[kind] !== now[kind])
}

/** Calls back when time alone changes something next. Returns a function that ends that. */
function watchNextChange(present: PresentScope | undefined, wake: () => void): () => void {
  const jobs = present?.scope.jobs
  // The clock does not show when a job is removed, but the list of jobs does.
  const nextAtMs = earliest(jobs?.nextChangeAtMs(), jobs?.nextExpiryAtMs())
  const atMs = nextAtMs ?? Number.POSITIVE_INFINITY
  if (present === undefined || atMs > MAX_TIME_MS) return () => {}
  // The clock is in the middle of its move when it calls back.
  return present.scope.clock.watch(atMs, () => runSoon(wake))
}
