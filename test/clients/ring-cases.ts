import type { ClusterState } from '../../src/scope/cluster-move.ts'
import type { Case, Step } from './case-file.ts'

/** An outage of a cluster, and how often a call arrives there before a client leaves it. */
interface Outage {
  readonly state: ClusterState
  readonly python: number
  readonly java: number
}

/** The table of docs/clients.md, with the version of Java that is in the registry. */
const OUTAGES: readonly Outage[] = [
  { state: 'draining', python: 1, java: 1 },
  { state: 'stopping', python: 1, java: 1 },
  { state: 'offline', python: 6, java: 1 },
  { state: 'proxy_down', python: 6, java: 1 },
  { state: 'down', python: 6, java: 1 },
]

/** Those that a client knows by a phrase inside the message, which each encoding reads by itself. */
const BY_PHRASE: readonly ClusterState[] = ['draining', 'stopping', 'offline']

/** Python looks for the first cluster every 5 s. */
const HOME_LIMIT_MS = 15_000
const ALL_DOWN_LIMIT_MS = 30_000

const ENDPOINT = '/alter/table'
const REQUEST = { table_name: 'orders', action: 'ttl', value: '7', options: {} }
const FROM_FIRST = { table_name: 'orders' }
const FROM_SECOND = { table_name: 'from the second' }
const CALL = { do: 'call', endpoint: ENDPOINT, request: REQUEST } as const
const CALL_FIRST: Step = { ...CALL, expect: FROM_FIRST }
const CALL_SECOND: Step = { ...CALL, expect: FROM_SECOND }
const COME_HOME: Step = { ...CALL_FIRST, within_ms: HOME_LIMIT_MS }
const CONNECT: Step = { do: 'connect' }
const CONNECT_WITH_BOTH: Step = { do: 'connect', server: ['open', 'second'] }

/** Makes the second cluster answer differently. */
const MARK_SECOND: Step = {
  do: 'control',
  method: 'POST',
  path: '/rules',
  body: { when: { endpoint: ENDPOINT, cluster: 'b' }, then: { response: FROM_SECOND } },
  status: 201,
}

const TAG = 'nightly'
/** The reasons of the mock for not finding a job. */
const ELSEWHERE = 'its home is the cluster a, and this is b'
const LOST = 'the cluster a, its home, has lost it'
/** The fixtures have no job of its endpoint. */
const CREATE: Step = {
  do: 'create_job',
  endpoint: '/clear/table',
  encoding: 'json',
  request: { table_name: 'orders', authorization: '', options: {} },
  tag: TAG,
  save: { job: 'job_id' },
}

const FOUND: Case = {
  id: 'ring-found',
  title: 'ring: the first URL is enough to know the second cluster',
  steps: [
    CONNECT,
    {
      do: 'urls',
      expect: { urls: [{ $contains: '//127.0.0.1:' }, { $contains: '~b' }] },
    },
  ],
}

const JOB_TAGGED: Case = {
  id: 'ring-job',
  title: 'ring: down in mid-job: the next cluster has the job by its tag, not by its id',
  steps: [
    CONNECT,
    CREATE,
    { do: 'get_job', job: '$job', expect: { job_status: 'RUNNING' } },
    move('a', 'down'),
    { do: 'get_job', job: '$job', fails: ELSEWHERE },
    arrived({ endpoint: '/get/job', cluster: 'b' }, 1),
    { do: 'poll', tag: TAG, until: 'DONE', expect: { result: FROM_FIRST } },
    arrived({ endpoint: '/create/job' }, 1),
  ],
}

/** Python 7.2.3.13, `_FailbackPollerService`; Java 7.1.10.5 has nothing like it. */
const JOB_AT_HOME: Case = {
  id: 'ring-job-home',
  title: 'ring: a job created before the outage is found by its id after it',
  steps: [
    MARK_SECOND,
    CONNECT,
    CREATE,
    move('a', 'down'),
    CALL_SECOND,
    { do: 'get_job', job: '$job', fails: ELSEWHERE },
    move('a', 'up'),
    COME_HOME,
    { do: 'poll', job: '$job', until: 'DONE' },
  ],
}

const JOB_LOST: Case = {
  id: 'ring-job-lost',
  title: 'ring: a job that the first cluster loses in an outage is gone there, also by its tag',
  steps: [
    MARK_SECOND,
    CONNECT,
    CREATE,
    move('a', 'down', { jobs: 'lose' }),
    CALL_SECOND,
    { do: 'get_job', tag: TAG, expect: { job_status: 'RUNNING' } },
    move('a', 'up'),
    COME_HOME,
    { do: 'get_job', tag: TAG, fails: LOST },
    { do: 'get_job', job: '$job', fails: LOST },
  ],
}

/** Java 7.1.10.5 does not look for the first cluster again (`GPUdbBase.switchURL`). */
const STAYS: Case = {
  id: 'ring-stays',
  title: 'ring: the client stays on the second cluster until that is down',
  steps: [
    MARK_SECOND,
    CONNECT,
    move('a', 'down'),
    CALL_SECOND,
    move('a', 'up'),
    CALL_SECOND,
    move('b', 'down'),
    CALL_FIRST,
  ],
}

const EXPLICIT: Case = {
  id: 'ring-explicit',
  title: 'ring: the second cluster is called by its own URL while the first is down',
  steps: [
    MARK_SECOND,
    move('a', 'down'),
    { do: 'connect', server: 'second' },
    CALL_SECOND,
    arrived({ endpoint: ENDPOINT, cluster: 'b' }, 1),
  ],
}

/** The cases of the Python client. Those of all encodings are in BINARY only. */
export function pythonRing(encoding: string): Case[] {
  const perOutage = OUTAGES.map(({ state, python }) => leaves(state, python))
  if (encoding === 'JSON') {
    const ids = BY_PHRASE.map((state) => idOf('ring', state))
    return [FOUND, ...perOutage.filter(({ id }) => ids.includes(id))]
  }
  if (encoding !== 'BINARY') return []
  const states = OUTAGES.map(({ state }) => state)
  return [
    FOUND,
    ...perOutage,
    ...states.map(starts),
    ...states.map(comesHome),
    STARTS_AND_COMES_HOME,
    ...states.map(endsWithOneError),
    JOB_TAGGED,
    JOB_AT_HOME,
    JOB_LOST,
  ]
}

/** The cases of the Java client. */
export function javaRing(encoding: string): Case[] {
  if (encoding !== 'BINARY') return []
  const states = OUTAGES.map(({ state }) => state)
  return [
    FOUND,
    ...OUTAGES.map(({ state, java }) => leaves(state, java)),
    ...states.map(starts),
    ...states.map(endsWithOneError),
    STAYS,
    JOB_TAGGED,
  ]
}

/** The cases of a client that knows one URL. */
export function nodeRing(): Case[] {
  return [EXPLICIT]
}

/** A client that is connected to the first cluster goes to the next one. */
function leaves(state: ClusterState, arrives: number): Case {
  return {
    id: idOf('ring', state),
    title: `ring: the first cluster is ${state}: the call goes to the next`,
    steps: [
      MARK_SECOND,
      CONNECT,
      CALL_FIRST,
      move('a', state),
      CALL_SECOND,
      arrived({ endpoint: ENDPOINT, cluster: 'a' }, 1 + arrives),
      arrived({ endpoint: ENDPOINT, cluster: 'b' }, 1),
    ],
  }
}

/** A client connects while the first cluster cannot be used. */
function starts(state: ClusterState): Case {
  return {
    id: idOf('ring-start', state),
    title: `ring: the first cluster is ${state} at the start: calls go to the next`,
    steps: [
      MARK_SECOND,
      move('a', state),
      CONNECT_WITH_BOTH,
      CALL_SECOND,
      arrived({ endpoint: ENDPOINT, cluster: 'b' }, 1),
    ],
  }
}

function comesHome(state: ClusterState): Case {
  return {
    id: idOf('ring-home', state),
    title: `ring: the client comes home within 15 s after the first cluster was ${state}`,
    steps: [
      MARK_SECOND,
      CONNECT,
      move('a', state),
      CALL_SECOND,
      move('a', 'up'),
      COME_HOME,
      arrived({ endpoint: '/execute/sql', cluster: 'a' }, 1),
    ],
  }
}

const STARTS_AND_COMES_HOME: Case = {
  id: 'ring-start-home',
  title: 'ring: a client that connected during an outage comes home within 15 s',
  steps: [
    MARK_SECOND,
    move('a', 'down'),
    CONNECT_WITH_BOTH,
    CALL_SECOND,
    move('a', 'up'),
    COME_HOME,
  ],
}

function endsWithOneError(state: ClusterState): Case {
  return {
    id: idOf('ring-all', state),
    title: `ring: all clusters are ${state}: one error within 30 s, and the next call after it works`,
    steps: [
      CONNECT,
      move('a', state),
      move('b', state),
      { ...CALL, fails: 'no clusters available', within_ms: ALL_DOWN_LIMIT_MS },
      move('a', 'up'),
      move('b', 'up'),
      CALL_FIRST,
    ],
  }
}

function idOf(kind: string, state: ClusterState): string {
  return `${kind}-${state.replace('_', '-')}`
}

function move(cluster: 'a' | 'b', state: ClusterState, more?: { readonly jobs: 'lose' }): Step {
  const body = { state, ...more }
  return { do: 'control', method: 'PATCH', path: `/clusters/${cluster}`, body }
}

function arrived(when: Readonly<Record<string, string>>, exactly: number): Step {
  const body = { when, times: { exactly } }
  return { do: 'control', method: 'POST', path: '/requests/verify', body }
}
