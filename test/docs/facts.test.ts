import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { MAX_SCALE } from '../../src/clock/clock.ts'
import { isDuration } from '../../src/clock/duration.ts'
import { ConfigOptions, OPTION_NAMES } from '../../src/config-options.ts'
import { OWN_ENDPOINTS } from '../../src/gpudb/own-endpoints.ts'
import { isJobTag } from '../../src/jobs/job.ts'
import { isScopeName } from '../../src/scope/scope.ts'
import { startControlled } from '../support/control.ts'
import { loadText } from '../support/fixture-text.ts'
import { catalogue, createTestMock, seedJob } from '../support/server.ts'

const ROOT = new URL('../../', import.meta.url)

/** The pages for users, by path. All white space is one space, so that a phrase may wrap. */
const PAGES = new Map(
  ['README.md', ...readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`)].map(
    (name) => [name, readFileSync(new URL(name, ROOT), 'utf8').replace(/\s+/g, ' ')],
  ),
)

/** The groups of a phrase on a page. Throws unless the page contains the phrase exactly once. */
function said(name: string, phrase: RegExp): string[] {
  const found = Array.from((PAGES.get(name) ?? '').matchAll(phrase), ([, ...groups]) => groups)
  if (found.length !== 1) throw new Error(`${name} has ${phrase} ${found.length} times`)
  return found.flat()
}

/** As `said`, with the groups as numbers. */
function saidNumbers(name: string, phrase: RegExp): number[] {
  return said(name, phrase).map(Number)
}

t.test('the pages state the defaults of options correctly', async (t) => {
  const seen = Array.from(PAGES.values()).flatMap((page) =>
    Array.from(page.matchAll(/`--([a-z-]+)`[^()`]{0,20} \(`?(\w+(?: MiB)?)`?\)/g)),
  )
  t.ok(seen.length > 0, 'pages name defaults')
  for (const [phrase, name, text = ''] of seen) {
    const option = OPTION_NAMES.find((known) => known === name)
    const mebibytes = /^(\d+) MiB$/.exec(text)?.[1]
    const value = mebibytes === undefined ? text : String(Number(mebibytes) * 1024 * 1024)
    t.equal(value, String(option && ConfigOptions.properties[option].default), phrase)
  }
})

t.test('the README states the number of endpoints, and lists those with behaviour', async (t) => {
  t.strictSame(saidNumbers('README.md', /(\d+) endpoints of GPUdb/g), [catalogue.endpoints.length])
  const [list = ''] = said('README.md', /behaviour of their own: (.*?)\. /g)
  const named = Array.from(list.matchAll(/`([^`]+)`/g), ([, endpoint]) => endpoint)
  t.strictSame(named.sort(), [...OWN_ENDPOINTS].sort())
})

t.test('the README states the oldest version of Node that works', async (t) => {
  const { engines } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
  const [version] = said('README.md', /Node (\d+\.\d+) works, unsupported/g)
  t.equal(engines.node, `>=${version}`)
})

t.test('docs/fixtures.md states the maximum size of a file', async (t) => {
  const [mebibytes = 0] = saidNumbers('docs/fixtures.md', /(\d+) MiB/g)
  const largest = '{}'.padEnd(mebibytes * 1024 * 1024)
  t.strictSame(loadText(t, largest).problems, [])
  t.equal(loadText(t, `${largest} `).problems.length, 1)
})

t.test('docs/fixtures.md states the HTTP statuses that an error may have', async (t) => {
  const [least = 0, most = 0] = saidNumbers(
    'docs/fixtures.md',
    /`http_status` \|[^|]*?(\d+) to (\d+)/g,
  )
  const accepts = (http_status: number) => {
    const rule = { when: { endpoint: '/alter/table' }, then: { error: 'no', http_status } }
    return loadText(t, JSON.stringify({ rules: [rule] })).problems.length === 0
  }
  t.strictSame([least - 1, least, most, most + 1].map(accepts), [false, true, true, false])
})

t.test('docs/fixtures.md states the maximum progress of a running job', async (t) => {
  const [most] = saidNumbers('docs/fixtures.md', /running job [^.]*?(\d+) percent/g)
  const { scopes } = createTestMock({ seeds: [seedJob({ id: 7n })], defaultDurationMs: 1000 })
  const { clock, jobs } = scopes.open('default')
  clock.advance(999)
  t.equal(jobs.get({ id: 7n }).progress, most)
})

t.test('docs/time.md states the limits of clock factors and durations', async (t) => {
  t.strictSame(saidNumbers('docs/time.md', /`scaled` [^.]*? factor[^|]*?(\d{3,})/g), [MAX_SCALE])
  const [longest = ''] = said('docs/time.md', /`--retention (\w+)`/g)
  t.ok(isDuration(longest))
  t.notOk(isDuration(longest.replace(/\d+/, (hours) => String(Number(hours) + 1))))
})

t.test('docs/control.md states the number of items in a list', async (t) => {
  const [fallback = 0, most = 0] = saidNumbers(
    'docs/control.md',
    /`limit`[^.]*?\b(\d+)\b[^.]*?\b(\d+)\b[^.]*?`offset`/g,
  )
  const server = await startControlled(t)
  for (let made = 0; made <= fallback; made += 1) server.scope.jobs.add(seedJob())
  const { jobs } = await server.must('GET /jobs')
  t.equal(Object(jobs).length, fallback)
  t.equal((await server.control(`GET /jobs?limit=${most}`)).status, 200)
  t.equal((await server.control(`GET /jobs?limit=${most + 1}`)).status, 400)
})

t.test('docs/control.md states the maximum length of the name of a scope', async (t) => {
  const [longest = 0] = saidNumbers('docs/control.md', /name has 1 to (\d+)/g)
  t.strictSame(
    [longest, longest + 1].map((length) => isScopeName('x'.repeat(length))),
    [true, false],
  )
})

t.test('the README states the maximum length of a tag', async (t) => {
  const [longest = 0] = saidNumbers('README.md', /Tags have 1 to (\d+) characters/g)
  t.strictSame(
    [longest, longest + 1].map((length) => isJobTag('x'.repeat(length))),
    [true, false],
  )
})
