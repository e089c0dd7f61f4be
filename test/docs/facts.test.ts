import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { MAX_VALUES } from '../../src/avro/check-bytes.ts'
import { MAX_COUNTED_SCOPES } from '../../src/calls/call-counts.ts'
import { MAX_SCALE } from '../../src/clock/clock.ts'
import { isDuration } from '../../src/clock/duration.ts'
import { describeDefault } from '../../src/config-any-option.ts'
import { ConfigOptions, OPTION_NAMES } from '../../src/config-options.ts'
import { MAX_SHOWN_BYTES } from '../../src/control/describe-requests.ts'
import { MAX_LOOKED_AT } from '../../src/control/nearest-request.ts'
import { MAX_BRIEF_ERROR } from '../../src/control-parts/control-kinds.ts'
import { MAX_SHOWN_ROWS } from '../../src/control-parts/job-document.ts'
import { MAX_STREAMS } from '../../src/control-routes/event-stream.ts'
import { MAX_DAMAGE_BYTES } from '../../src/fixture-format/fault-format.ts'
import { MAX_TEMPLATE_CELLS } from '../../src/fixtures/read-result-rows.ts'
import { MAX_IDS } from '../../src/gpudb/admin-alter-jobs.ts'
import { OWN_ENDPOINTS } from '../../src/gpudb/own-endpoints.ts'
import { isJobTag } from '../../src/jobs/job.ts'
import { heapShare } from '../../src/process/heap-share.ts'
import { MAX_FAULTS } from '../../src/rules/fault-set.ts'
import { MAX_RULES } from '../../src/rules/rule-set.ts'
import { MAX_NAMES } from '../../src/scope/evicted-names.ts'
import { MAX_FORMER_NAME_LENGTH, MAX_FORMER_NAMES } from '../../src/scope/former-names.ts'
import { MAX_TEXT_LENGTH } from '../../src/scope/journal-texts.ts'
import { MAX_CLUSTERS } from '../../src/scope/ring.ts'
import { isScopeName } from '../../src/scope/scope-name.ts'
import { MAX_ENTRIES } from '../../src/scope/timeline.ts'
import { MAX_PAGE_ROWS } from '../../src/tables/page.ts'
import { MAX_COLUMNS } from '../../src/tables/read-columns.ts'
import { MAX_ROWS } from '../../src/tables/read-rows.ts'
import { MAX_TABLE_NAME } from '../../src/tables/table.ts'
import { MAX_SCOPE_ROWS, MAX_TABLE_ROWS, MAX_TABLES } from '../../src/tables/table-set.ts'
import { MAX_TYPES } from '../../src/tables/type-table.ts'
import { COMPRESSED_VALUES } from '../../src/wire/message.ts'
import { startControlled } from '../support/control.ts'
import { loadText } from '../support/fixture-text.ts'
import { catalogue, createTestMock, seedJob } from '../support/server.ts'

const ROOT = new URL('../../', import.meta.url)

/** The names of the pages in docs/, which has pictures too. */
function listPages(): string[] {
  return readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md'))
}

/** The pages for users, by path. All white space is one space, so that a phrase may wrap. */
const PAGES = new Map(
  ['README.md', ...listPages().map((name) => `docs/${name}`)].map((name) => [
    name,
    readFileSync(new URL(name, ROOT), 'utf8').replace(/\s+/g, ' '),
  ]),
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
  const isJsonOnly = (endpoint: string) => catalogue.get(endpoint).form !== undefined
  const records = catalogue.endpoints.filter((endpoint) => !isJsonOnly(endpoint))
  t.strictSame(saidNumbers('README.md', /(\d+) endpoints of GPUdb/g), [records.length])
  const [others = ''] = said('README.md', /JSON only: (.*?)\. /g)
  const jsonOnly = Array.from(others.matchAll(/`([^`]+)`/g), ([, endpoint]) => endpoint)
  t.strictSame(jsonOnly.sort(), catalogue.endpoints.filter(isJsonOnly))
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

t.test('docs/ring.md states the least and the maximum number of clusters', async (t) => {
  const [least = 0, most = 0] = saidNumbers('docs/ring.md', /has (\d+) to (\d+) clusters/g)
  const accepts = (count: number) => {
    const clusters = Array.from({ length: count }, (_, index) => ({ name: `c${index}` }))
    return loadText(t, JSON.stringify({ ring: { clusters } })).problems.length === 0
  }
  t.strictSame([least - 1, least, most, most + 1].map(accepts), [false, true, true, false])
})

/** The rows of docs/limits.md: what is limited, the default, the option. */
const LIMITS = Array.from(
  readFileSync(new URL('docs/limits.md', ROOT), 'utf8').matchAll(
    /^\| ([^|]+) \| ([^|]+) \|(?: `--([a-z-]+)`)? \| [^|]+ \|$/gm,
  ),
  ([, limit = '', fallback = '', option]) => ({ limit, fallback, option }),
)

/** Options that are limits by their names. */
const LIMITING = /^(max-|journal-|body-limit$|retention$)/

t.test('docs/limits.md has a row for each option that is a limit, with its default', async (t) => {
  const shown = LIMITS.flatMap(({ option = [] }) => option)
  for (const name of OPTION_NAMES.filter((name) => LIMITING.test(name))) {
    t.ok(shown.includes(name), name)
  }
  for (const { fallback, option } of LIMITS) {
    const name = OPTION_NAMES.find((known) => known === option)
    t.equal(name, option)
    if (name !== undefined) t.equal(toOptionText(fallback), describeDefault(name), name)
  }
})

/** A default as the page writes it, in the form of `--help`. */
function toOptionText(fallback: string): string {
  const mebibytes = /^(\d+) MiB$/.exec(fallback)?.[1]
  if (mebibytes !== undefined) return String(Number(mebibytes) * 1024 * 1024)
  return /^[\d,]+$/.test(fallback) ? fallback.replaceAll(',', '') : fallback
}

t.test('docs/limits.md states the fixed limits of the code', async (t) => {
  const numberOf = (limit: RegExp) => {
    const rows = LIMITS.filter((row) => limit.test(row.limit))
    t.equal(rows.length, 1, String(limit))
    return Number(/^[\d,]+/.exec(rows[0]?.fallback ?? '')?.[0].replaceAll(',', ''))
  }
  t.equal(numberOf(/^values in a message,/), MAX_VALUES)
  t.equal(numberOf(/^values in a compressed message$/), COMPRESSED_VALUES)
  t.equal(numberOf(/^ids in a call/), MAX_IDS)
  t.equal(numberOf(/^characters of an endpoint, a user/), MAX_TEXT_LENGTH)
  t.equal(numberOf(/^characters of an error in a brief list/), MAX_BRIEF_ERROR)
  t.equal(numberOf(/^decoded bytes of the requests/) * 1024 * 1024, MAX_SHOWN_BYTES)
  t.equal(numberOf(/^requests that are compared/), MAX_LOOKED_AT)
  t.equal(numberOf(/^remembered names of evicted/), MAX_NAMES)
  t.equal(numberOf(/^remembered names of removed/), MAX_FORMER_NAMES)
  t.equal(numberOf(/^characters of such a name/), MAX_FORMER_NAME_LENGTH)
  t.equal(numberOf(/^scopes with counters/), MAX_COUNTED_SCOPES)
  t.equal(numberOf(/^rules of a scope$/), MAX_RULES)
  t.equal(numberOf(/^faults of a scope$/), MAX_FAULTS)
  t.equal(numberOf(/^bytes of garbage/), MAX_DAMAGE_BYTES)
  t.equal(numberOf(/^clusters of a scope$/), MAX_CLUSTERS)
  t.equal(numberOf(/^streams of /), MAX_STREAMS)
  t.equal(numberOf(/^entries of a timeline$/), MAX_ENTRIES)
  t.equal(numberOf(/^columns of a result$/), MAX_COLUMNS)
  t.equal(numberOf(/^rows of a result$/), MAX_ROWS)
  t.equal(numberOf(/^rows of a response$/), MAX_PAGE_ROWS)
  t.equal(numberOf(/^cells of the rows of a rule with templates/), MAX_TEMPLATE_CELLS)
  t.equal(numberOf(/^rows of a result that the control API/), MAX_SHOWN_ROWS)
  t.equal(numberOf(/^tables of a scope/), MAX_TABLES)
  t.equal(numberOf(/^rows of a table/), MAX_TABLE_ROWS)
  t.equal(numberOf(/^rows of all tables/), MAX_SCOPE_ROWS)
  t.equal(numberOf(/^columns of a table$/), MAX_COLUMNS)
  t.equal(numberOf(/^characters of the name of a table/), MAX_TABLE_NAME)
  t.equal(numberOf(/^types that a scope keeps/), MAX_TYPES)
  const [least = 0] = saidNumbers('docs/limits.md', /at least (\d+) MiB/g)
  t.equal(heapShare(8, 0), least * 1024 * 1024)
})
