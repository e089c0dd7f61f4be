import t from 'tap'
import { ApiError, type Reader } from '../../src/page-state/api.ts'
import type { JobRow } from '../../src/page-state/documents.ts'
import { Lifecycles } from '../../src/page-state/lifecycles.ts'
import { isSeen, staleLists } from '../../src/page-state/lists.ts'
import { LiveList } from '../../src/page-state/live-list.ts'

/** A list whose fetches end when the test says. */
function manualList() {
  const fetches: { resolve: (text: string) => void; reject: (error: unknown) => void }[] = []
  let nowMs = 0
  const rests: { readonly ms: number; readonly end: () => void }[] = []
  const list = new LiveList<string>(
    () => new Promise((resolve, reject) => fetches.push({ resolve, reject })),
    {
      now: () => nowMs,
      wait: (ms) => new Promise((end) => (ms > 0 ? rests.push({ ms, end }) : end())),
    },
  )
  const answer = async (text: string) => {
    fetches.at(-1)?.resolve(text)
    await settled()
  }
  const fail = async (error: unknown) => {
    fetches.at(-1)?.reject(error)
    await settled()
  }
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { list, fetches, answer, fail, rests, pass }
}

/** Lets all promises that can go on go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

t.test('a list is fetched when it comes on screen', async (t) => {
  const { list, fetches, answer } = manualList()
  list.invalidate()
  t.equal(fetches.length, 0)
  list.setShown(true)
  t.equal(fetches.length, 1)
  await answer('first')
  t.equal(list.document.value, 'first')
  t.notOk(list.isStale.value)
  list.setShown(true)
  t.equal(fetches.length, 1, 'nothing has changed')
})

t.test('changes during a fetch cause one more, however many they are', async (t) => {
  const { list, fetches, answer } = manualList()
  list.setShown(true)
  for (let change = 0; change < 5; change++) list.invalidate()
  t.equal(fetches.length, 1)
  await answer('first')
  t.equal(fetches.length, 2)
  await answer('second')
  t.equal(fetches.length, 2)
  t.equal(list.document.value, 'second')
})

t.test(
  'a list rests for three times the duration of its fetch, at most five seconds',
  async (t) => {
    const { list, fetches, answer, rests, pass } = manualList()
    list.setShown(true)
    pass(100)
    await answer('first')
    t.equal(list.document.value, 'first', 'the document does not wait for the rest')
    for (let change = 0; change < 5; change++) list.invalidate()
    await settled()
    t.equal(fetches.length, 1, 'nothing is fetched during the rest')
    rests[0]?.end()
    await settled()
    t.equal(fetches.length, 2)
    pass(2000)
    await answer('second')
    rests[1]?.end()
    await settled()
    t.equal(fetches.length, 2, 'nothing has changed')
    list.invalidate()
    t.equal(fetches.length, 3)
    t.strictSame(
      rests.map(({ ms }) => ms),
      [300, 5000],
    )
  },
)

t.test('another document is fetched at once, and the one in flight is dropped', async (t) => {
  const { list, fetches, answer, fail, rests, pass } = manualList()
  list.renew()
  t.equal(fetches.length, 0, 'nothing is on screen')
  list.setShown(true)
  list.renew()
  pass(100)
  await answer('the former')
  t.equal(list.document.value, undefined)
  t.equal(fetches.length, 2, 'without a rest')
  pass(100)
  await answer('wanted')
  t.equal(list.document.value, 'wanted')
  list.renew()
  await settled()
  t.equal(fetches.length, 3, 'the rest is over')
  list.renew()
  await fail(new ApiError('JOB_NOT_FOUND', 'the former'))
  t.equal(list.document.value, 'wanted')
  t.equal(list.error.value, undefined)
  t.equal(fetches.length, 4)
  t.strictSame(
    rests.map(({ ms }) => ms),
    [300, 300],
  )
})

t.test('an answer from before a list was cleared is dropped', async (t) => {
  const { list, fetches, answer, pass } = manualList()
  list.setShown(true)
  pass(100)
  list.clear()
  await answer('of the former scope')
  t.equal(list.document.value, undefined)
  t.equal(fetches.length, 1, 'a mock whose scopes are reset often is spared')
  t.ok(list.isStale.value)
})

t.test('a list off the screen is fetched when it is next shown', async (t) => {
  const { list, fetches, answer } = manualList()
  list.setShown(true)
  await answer('first')
  list.setShown(false)
  list.invalidate()
  t.equal(fetches.length, 1)
  t.ok(list.isStale.value)
  list.setShown(true)
  t.equal(fetches.length, 2)
})

t.test('a list that is only marked is not fetched before it is asked for', async (t) => {
  const { list, fetches, answer } = manualList()
  list.setShown(true)
  await answer('first')
  list.markStale()
  t.equal(fetches.length, 1)
  list.invalidate()
  t.equal(fetches.length, 2)
})

t.test('a failed fetch keeps the document and says why', async (t) => {
  const { list, answer, fail } = manualList()
  list.setShown(true)
  await answer('first')
  list.invalidate()
  await fail(new ApiError('UNREACHABLE', 'no'))
  t.equal(list.document.value, 'first')
  t.equal(list.error.value?.message, 'no')
  list.invalidate()
  await fail(new RangeError('a defect'))
  t.equal(list.error.value?.message, 'RangeError: a defect')
  list.invalidate()
  await answer('second')
  t.equal(list.error.value, undefined)
})

t.test('a list of what is gone is empty', async (t) => {
  const { list, fetches, answer, fail } = manualList()
  list.setShown(true)
  await answer('first')
  list.invalidate()
  await fail(new ApiError('SCOPE_NOT_FOUND', 'gone'))
  t.equal(list.document.value, undefined)
  list.clear()
  t.equal(list.error.value, undefined)
  t.equal(fetches.length, 3)
})

t.test('requests make stale what counts them', async (t) => {
  const stale = (changes: Parameters<typeof staleLists>[0]) => [...staleLists(changes)].sort()
  t.strictSame(stale({}), [])
  t.strictSame(stale({ requests: [1, 2] }), ['details', 'faults', 'jobs', 'requests', 'rules'])
  t.strictSame(stale({ jobs: true }), ['clusters', 'details', 'jobs'])
  t.strictSame(stale({ tables: true, scopes: true }), ['details', 'scopes', 'tables'])
  const clock = { mode: 'frozen', now_ms: 1, next_change_at_ms: null, poll_advance_ms: 1 } as const
  t.strictSame(stale({ clock }), ['details', 'jobs'])
})

t.test('one list is on screen by its tab, some always are', async (t) => {
  const isVisible = true
  t.ok(isSeen('jobs', { tab: 'report', isVisible }))
  t.ok(isSeen('rules', { tab: 'rules', isVisible }))
  t.notOk(isSeen('rules', { tab: 'requests', isVisible }))
  t.notOk(isSeen('rules', { tab: 'rules', isVisible: false }), 'the page is hidden')
  t.ok(isSeen('scopes', { tab: 'rules', isVisible: false }), 'its title shows unmatched requests')
})

function job(parts: Partial<JobRow> = {}): JobRow {
  return {
    job_id: 42,
    tag: '',
    endpoint: '/alter/table',
    encoding: 'json',
    status: 'RUNNING',
    progress: 0,
    step: 0,
    polls: 0,
    created_at_ms: 1000,
    changed_at_ms: 1000,
    next_change_at_ms: 3000,
    user: '',
    source_ip: '',
    cluster: 'a',
    error: '',
    ...parts,
  }
}

/** Reads documents of jobs from a table, and records the paths. */
function reader(lifecycles: Record<string, unknown>) {
  const paths: string[] = []
  const api: Reader = {
    get: async <Document>(path: string): Promise<Document> => {
      paths.push(path)
      const lifecycle = lifecycles[path]
      if (lifecycle === undefined) throw new ApiError('JOB_NOT_FOUND', 'gone')
      return JSON.parse(JSON.stringify({ lifecycle }))
    },
  }
  return { api, paths }
}

const LIFECYCLE = {
  steps: [
    { after: 2000, progress: 40 },
    { after: 5000, progress: 80 },
  ],
}

t.test('the lifecycle of a job that changes by time is fetched once', async (t) => {
  const { api, paths } = reader({ 'jobs/42': LIFECYCLE })
  const lifecycles = new Lifecycles(api)
  const jobs = [job(), job({ job_id: 43, next_change_at_ms: null })]
  lifecycles.want(jobs)
  lifecycles.want(jobs)
  await settled()
  lifecycles.want(jobs)
  await settled()
  t.strictSame(paths, ['jobs/42'])
  t.strictSame(lifecycles.find(job()), LIFECYCLE)
  const next = job({ step: 1, changed_at_ms: 3000, next_change_at_ms: 8000 })
  t.strictSame(lifecycles.find(next), LIFECYCLE, 'it goes on in the next step')
  const cancelled = job({ next_change_at_ms: 2500 })
  t.strictSame(lifecycles.find(cancelled), LIFECYCLE, 'a cancellation comes earlier')
})

t.test('a job that no longer follows its lifecycle has another one', async (t) => {
  const { api, paths } = reader({ 'jobs/42': LIFECYCLE })
  const lifecycles = new Lifecycles(api)
  lifecycles.want([job()])
  await settled()
  const patched = job({ changed_at_ms: 2000, next_change_at_ms: 9000 })
  t.equal(lifecycles.find(patched), undefined)
  lifecycles.want([patched])
  lifecycles.want([patched])
  await settled()
  t.strictSame(paths, ['jobs/42', 'jobs/42'], 'not for ever')
  t.equal(lifecycles.find(job({ created_at_ms: 5 })), undefined, 'another job with the id')
  t.equal(lifecycles.find(job({ next_change_at_ms: null })), undefined, 'a hold')
})

t.test('a job that is gone is forgotten', async (t) => {
  const { api, paths } = reader({})
  const lifecycles = new Lifecycles(api)
  lifecycles.want([job()])
  await settled()
  t.equal(lifecycles.find(job()), undefined)
  lifecycles.want([])
  lifecycles.want([job()])
  await settled()
  t.equal(paths.length, 2)
})
