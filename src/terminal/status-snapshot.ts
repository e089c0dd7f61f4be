import type { ClockDocument } from '../control/clock-control.ts'
import type { BriefRequestDocument } from '../control/recorded-request.ts'
import type { ScopeDocument } from '../control/scope-control.ts'
import type { BriefJobDocument } from '../control-parts/job-document.ts'
import { fieldOf } from '../documents/field-of.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient } from './control-client.ts'
import { listNewestRequests } from './newest-requests.ts'

/** How many requests the status shows, and how many of those that were unmatched. */
const SHOWN_REQUESTS = 5

/** What a mock does at one moment, as `status --json` prints it. */
export interface StatusDocument {
  /** The URL of the control API, without `/__mock`. */
  readonly url: string
  /** The URL for clients of the scope. */
  readonly client_url: string
  readonly version: string
  /** All scopes of the mock. */
  readonly scopes: readonly ScopeDocument[]
  /** The scope that the rest is about. */
  readonly scope: string
  /** Null if the scope does not exist; all lists are then empty. */
  readonly clock: ClockDocument | null
  /** The number of jobs by their status. */
  readonly jobs: Readonly<Record<BriefJobDocument['status'], number>>
  /** The last requests, the oldest first. */
  readonly requests: readonly BriefRequestDocument[]
  /** The last unmatched requests, the oldest first. */
  readonly unmatched: readonly BriefRequestDocument[]
}

/** The parts of a status that are read first, and again last: they show whether the others fit. */
type Frame = Pick<StatusDocument, 'scopes' | 'clock'>

/** The parts that are read in between. */
type Content = Pick<StatusDocument, 'requests' | 'unmatched'>

/** How often a status is read at most, while it changes as it is read. */
const MAX_ATTEMPTS = 3

const NO_CONTENT: Content = { requests: [], unmatched: [] }

const NO_JOBS: StatusDocument['jobs'] = { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 }

/**
 * Reads the status of a scope, which takes several calls: again if the scope changes meanwhile, so that
 * its parts fit together. If it changes each time, the requests of the last attempt may be older than its counts.
 *
 * @throws ControlFailure if the mock does not answer.
 */
export async function takeSnapshot(client: ControlClient): Promise<StatusDocument> {
  const { url, scope } = client
  const { version, client_port: port } = await client.health()
  const mock = { url, client_url: clientUrl(client, port), version }
  let after = await readFrame(client)
  let before: Frame
  let content: Content
  let attempts = 0
  do {
    before = after
    content = await unlessMissing(readContent(client, before), NO_CONTENT)
    after = await readFrame(client)
    attempts += 1
  } while (attempts < MAX_ATTEMPTS && stampOf(before, scope) !== stampOf(after, scope))
  const jobs = findScope(after, scope)?.jobs_by_status ?? NO_JOBS
  return { ...mock, ...after, scope, jobs, ...(after.clock === null ? NO_CONTENT : content) }
}

/** The URL of a scope for clients; their port is given if the control API has another one. */
function clientUrl(
  { url, scope }: Pick<ControlClient, 'url' | 'scope'>,
  port: number | undefined,
): string {
  const client = new URL(url)
  if (port !== undefined) client.port = String(port)
  const base = `${client.origin}${client.pathname.replace(/\/$/, '')}`
  return scope === 'default' ? base : `${base}/~${scope}`
}

async function readFrame(client: ControlClient): Promise<Frame> {
  const { scopes } = await client.scopes()
  return { scopes, clock: await unlessMissing(client.clock(), null) }
}

/** What a call resolves with; the second value if there is no such scope. */
async function unlessMissing<Value, Missing>(
  call: Promise<Value>,
  missing: Missing,
): Promise<Value | Missing> {
  try {
    return await call
  } catch (error) {
    if (fieldOf(error, 'problem') !== 'SCOPE_NOT_FOUND') throw error
    return missing
  }
}

async function readContent(client: ControlClient, frame: Frame): Promise<Content> {
  const choice = { limit: SHOWN_REQUESTS, brief: true }
  const { requests } = await listNewestRequests(client, choice)
  const { requests: unmatched } = findScope(frame, client.scope)?.unmatched
    ? await listNewestRequests(client, { ...choice, unmatched: true })
    : { requests: [] }
  return { requests, unmatched }
}

function findScope({ scopes }: Frame, scope: string): ScopeDocument | undefined {
  return scopes.find(({ name }) => name === scope)
}

/** A text that is the same while a scope does not change, although its time passes. */
function stampOf(frame: Frame, scope: string): string {
  const { clock } = frame
  const runs = clock?.mode === 'real' || clock?.mode === 'scaled'
  return writeJson([{ ...findScope(frame, scope) }, runs ? { ...clock, now_ms: 0 } : clock])
}
