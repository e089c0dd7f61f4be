import type { ClockDocument } from '../control/clock-control.ts'
import type { BriefJobDocument } from '../control/job-document.ts'
import type { BriefRequestDocument } from '../control/recorded-request.ts'
import type { ScopeDocument } from '../control/scope-control.ts'
import type { ControlClient } from './control-client.ts'
import { listNewestRequests } from './newest-requests.ts'

/** How many requests the status shows, and how many of those that were unmatched. */
const SHOWN_REQUESTS = 5

/** What a mock does at one moment, as `status --json` prints it. */
export interface StatusDocument {
  readonly url: string
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

/** Reads the status of a scope. Throws ControlFailure if the mock does not answer. */
export async function takeSnapshot(client: ControlClient): Promise<StatusDocument> {
  const { version } = await client.version()
  const { scopes } = await client.scopes()
  const mock = { url: client.url, version, scopes, scope: client.scope }
  try {
    const hasUnmatched = scopes.some(
      ({ name, unmatched }) => name === client.scope && unmatched > 0,
    )
    return { ...mock, ...(await readScope(client, { hasUnmatched })) }
  } catch (error) {
    if (Object(error).problem !== 'SCOPE_NOT_FOUND') throw error
    return { ...mock, ...NO_SCOPE }
  }
}

const NO_SCOPE = {
  clock: null,
  jobs: { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 },
  requests: [],
  unmatched: [],
} as const

async function readScope(
  client: ControlClient,
  { hasUnmatched }: { readonly hasUnmatched: boolean },
): Promise<Pick<StatusDocument, 'clock' | 'jobs' | 'requests' | 'unmatched'>> {
  const clock = await client.clock()
  const count = async (status: string) => (await client.jobs({ status, limit: 0 })).total
  const jobs = {
    RUNNING: await count('RUNNING'),
    DONE: await count('DONE'),
    ERROR: await count('ERROR'),
    CANCELLED: await count('CANCELLED'),
  }
  const choice = { limit: SHOWN_REQUESTS, brief: true }
  const { requests } = await listNewestRequests(client, choice)
  const { requests: unmatched } = hasUnmatched
    ? await listNewestRequests(client, { ...choice, unmatched: true })
    : { requests: [] }
  return { clock, jobs, requests, unmatched }
}
