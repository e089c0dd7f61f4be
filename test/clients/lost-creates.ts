import { failsOver, type Outcome, reported, resent } from './outcome.ts'

/** Damage to answers to `/create/job`, and how many jobs the clients create by it. */
export interface LostCreate {
  /** The end of the id of the case. */
  readonly id: string
  readonly title: string
  readonly fault: unknown
  /** How many answers are damaged; by default, all. */
  readonly times?: number
  readonly tag?: string
  readonly python: CreateOutcome
  readonly java: CreateOutcome
}

/** The outcome of a creation whose answer does not reach the client. */
export interface CreateOutcome extends Outcome {
  /** How many jobs there are then. */
  readonly jobs: number
}

/** The second creation finds the tag of the first one. */
const TAG_TAKEN = { arrives: 2, fails: ['the tag lost'], jobs: 1 }

/** Lost answers. Each call that arrives creates a job, also if its answer is lost. */
export const LOST_CREATES: readonly LostCreate[] = [
  {
    id: 'cut',
    title: 'half of the body arrives',
    fault: { cut: { after: '50%' } },
    python: { ...reported('IncompleteRead'), jobs: 1 },
    java: { ...failsOver('Premature end of Content-Length'), jobs: 1 },
  },
  {
    id: 'closed',
    title: 'the connection is closed',
    fault: 'close',
    python: { ...resent('RemoteDisconnected'), jobs: 6 },
    java: { ...resent('NoHttpResponseException'), jobs: 6 },
  },
  {
    id: 'closed-once',
    title: 'the connection is closed once',
    fault: 'close',
    times: 1,
    python: { arrives: 2, jobs: 2 },
    java: { arrives: 2, jobs: 2 },
  },
  {
    id: 'tagged',
    title: 'the connection is closed once, and the job has a tag',
    fault: 'close',
    times: 1,
    tag: 'lost',
    python: TAG_TAKEN,
    java: TAG_TAKEN,
  },
]
