import t from 'tap'
import { ALL_JOBS, ALL_REQUESTS, jobsPath, requestsPath } from '../../src/page-state/filters.ts'
import { pageOf, readHash, readPlace, writeHash } from '../../src/page-state/page-place.ts'

const origin = 'http://localhost:9191'

t.test('readPlace() knows the scope and the URL of its clients', async (t) => {
  t.strictSame(readPlace({ origin, pathname: '/__mock/' }), {
    clientUrl: origin,
    controlUrl: `${origin}/__mock/`,
    scope: 'default',
  })
  t.strictSame(readPlace({ origin, pathname: '/proxy/~suite-a/__mock/' }), {
    clientUrl: `${origin}/proxy/~suite-a`,
    controlUrl: `${origin}/proxy/~suite-a/__mock/`,
    scope: 'suite-a',
  })
  t.strictSame(
    readPlace({ origin: 'http://localhost:9292', pathname: '/~a/__mock/' }, '9191'),
    {
      clientUrl: 'http://localhost:9191/~a',
      controlUrl: 'http://localhost:9292/~a/__mock/',
      scope: 'a',
    },
    'with a control port',
  )
  t.equal(
    readPlace({ origin: 'http://[::1]', pathname: '/__mock/' }, '9191').clientUrl,
    'http://[::1]:9191',
  )
  t.equal(readPlace({ origin, pathname: '/~suite-a~west/__mock/' }).scope, 'suite-a')
  t.equal(readPlace({ origin, pathname: '/elsewhere' }).scope, 'default')
})

t.test('pageOf() leads from scope to scope, below any prefix', async (t) => {
  const from = (pathname: string, scope: string) =>
    new URL(pageOf(readPlace({ origin, pathname }), scope), origin + pathname).pathname
  t.equal(from('/__mock/', 'a'), '/~a/__mock/')
  t.equal(from('/__mock/', 'default'), '/__mock/')
  t.equal(from('/x/~a/__mock/', 'default'), '/x/__mock/')
  t.equal(from('/x/~a/__mock/', 'b'), '/x/~b/__mock/')
  t.equal(from('/x/~a~west/__mock/', 'a'), '/x/~a/__mock/')
})

t.test('a hash keeps the list and the item', async (t) => {
  for (const hash of ['#jobs', '#jobs/42', '#requests/15', '#tables/a%2Fb%20c', '#report']) {
    const selection = readHash(hash)
    t.ok(selection)
    t.equal(selection && writeHash(selection), hash)
  }
  t.strictSame(readHash('#tables/a%2Fb'), { list: 'tables', key: 'a/b' })
  t.strictSame(readHash('#tables/100%'), { list: 'tables', key: '100%' })
  t.equal(writeHash({ list: 'tables', key: 'a\ud800b' }), '#tables/a%EF%BF%BDb', 'no error')
  t.equal(readHash(''), undefined)
  t.equal(readHash('#nothing/1'), undefined)
})

t.test('lists are fetched without bodies, the newest first', async (t) => {
  t.equal(jobsPath(ALL_JOBS), 'jobs?brief=true&order=newest&limit=30')
  t.equal(
    jobsPath({ status: 'DONE', offset: 100 }),
    'jobs?status=DONE&brief=true&order=newest&limit=30&offset=100',
  )
  t.equal(requestsPath(ALL_REQUESTS), 'requests?brief=true&order=newest&limit=30')
})

t.test('a part of an endpoint is enough to filter requests', async (t) => {
  const path = requestsPath({
    endpoint: 'get',
    user: 'a&b',
    fault: 'f',
    isUnmatched: true,
    offset: 0,
  })
  t.equal(
    path,
    'requests?endpoint=*get*&user=a%26b&fault=f&unmatched=true&brief=true&order=newest&limit=30',
  )
  t.match(requestsPath({ ...ALL_REQUESTS, endpoint: '/get/*' }), '?endpoint=%2Fget%2F*&')
})
