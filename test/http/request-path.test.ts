import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { readRequestPath, routedUrl } from '../../src/http/request-path.ts'

function endpointOf(url: string, basePaths: readonly string[]): string {
  return readRequestPath(url, basePaths).path
}

t.test('readRequestPath() returns the endpoint of a URL', async (t) => {
  const cases: [string, string][] = [
    ['/get/job', '/get/job'],
    ['/get/job/', '/get/job'],
    ['//get/job', '/get/job'],
    ['///get//job//', '/get/job'],
    ['/get/job?a=b', '/get/job'],
    ['/get/job/?a=/b?c', '/get/job'],
    ['/', '/'],
    ['', '/'],
    ['//', '/'],
    ['/?a=b', '/'],
    ['/gpudb-0/get/job', '/get/job'],
    ['//gpudb-12//get/job', '/get/job'],
    ['/gpudb-0', '/'],
    ['/gpudb-0/', '/'],
    ['/gpudb-0?a=b', '/'],
    ['http://mock.example:9191/get/job?a=b', '/get/job'],
    ['HTTPS://[::1]:9191/gpudb-0/get/job', '/get/job'],
    ['http://mock.example', '/'],
  ]
  for (const [url, path] of cases) t.equal(endpointOf(url, []), path, url)
})

t.test('readRequestPath() accepts only /gpudb-<n> as a base path by default', async (t) => {
  for (const path of ['/gpudb-/get/job', '/gpudb-0x/get/job', '/gpudb/get/job', '/a/gpudb-0/b']) {
    t.equal(endpointOf(path, []), path)
  }
})

t.test('readRequestPath() removes a configured base path', async (t) => {
  const basePaths = ['/kinetica', '/a/b']
  const cases: [string, string][] = [
    ['/kinetica/get/job', '/get/job'],
    ['/kinetica', '/'],
    ['/kinetica/', '/'],
    ['/a/b/get/job', '/get/job'],
    ['/a/get/job', '/a/get/job'],
    ['/kinetica2/get/job', '/kinetica2/get/job'],
    ['/get/kinetica', '/get/kinetica'],
    ['/gpudb-0/get/job', '/get/job'],
    ['/kinetica/kinetica/get/job', '/kinetica/get/job'],
  ]
  for (const [url, path] of cases) t.equal(endpointOf(url, basePaths), path, url)
})

t.test('readRequestPath() resolves no dots and no escapes in an endpoint', async (t) => {
  for (const path of ['/../package', '/a/../get/job', '/%67et/job', '/get%2Fjob', '/get/job\\']) {
    t.equal(endpointOf(path, []), path)
  }
})

t.test('readRequestPath() reads the name of a scope; undefined at the root', async (t) => {
  const cases: [url: string, scope: string, endpoint: string][] = [
    ['/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/~suite-a/get/job/?a=/~b', 'suite-a', '/get/job'],
    ['//~suite-a//get/job', 'suite-a', '/get/job'],
    ['/%7Esuite-a/get/job', 'suite-a', '/get/job'],
    ['/%7esuite-a/get/job', 'suite-a', '/get/job'],
    ['/~suite-a', 'suite-a', '/'],
    ['/~suite-a/', 'suite-a', '/'],
    ['/%7Esuite-a?a=b', 'suite-a', '/'],
    ['/gpudb-0/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/kinetica/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/~a/~b/get/job', 'a', '/~b/get/job'],
    ['/~a/gpudb-0/get/job', 'a', '/gpudb-0/get/job'],
  ]
  for (const [url, scope, endpoint] of cases) {
    t.strictSame(
      readRequestPath(url, ['/kinetica']),
      { scope, isControl: false, path: endpoint },
      url,
    )
  }
  t.strictSame(readRequestPath('/get/job', []), { isControl: false, path: '/get/job' })
  t.strictSame(readRequestPath('/get/~a', []), { isControl: false, path: '/get/~a' })
})

t.test('calls and the control API have the same grammar of paths', async (t) => {
  const cases: [url: string, scope: string | undefined, path: string, routed: string][] = [
    ['/__mock/health', undefined, '/health', '/__mock/health'],
    ['//__mock//health/', undefined, '/health', '/__mock/health'],
    ['/__mock', undefined, '/', '/__mock/'],
    ['/__mock/?a=b', undefined, '/', '/__mock/?a=b'],
    ['/gpudb-0/__mock/health', undefined, '/health', '/__mock/health'],
    ['/gpudb-0/~s/__mock/clock', 's', '/clock', '/__mock/clock'],
    [
      '/kinetica/~s/%5F%5Fmock/jobs/tag:a%2Fb?x=/y',
      's',
      '/jobs/tag:a%2Fb',
      '/__mock/jobs/tag:a%2Fb?x=/y',
    ],
    ['/~A%41/__mock/report', 'AA', '/report', '/__mock/report'],
    ['http://h/~s/__mock/jobs', 's', '/jobs', '/__mock/jobs'],
  ]
  for (const [url, scope, path, routed] of cases) {
    const expected = { ...(scope === undefined ? {} : { scope }), isControl: true, path }
    t.strictSame(readRequestPath(url, ['/kinetica']), expected, url)
    t.equal(routedUrl(url, ['/kinetica']), routed, url)
  }
  for (const url of ['/get/job', '/get/__mock', '/__mocks', '/%zz', '/~a/%E0%A4/__mock']) {
    t.equal(routedUrl(url, []), '/', url)
  }
})

t.test('readRequestPath() does not check the name of a scope', async (t) => {
  const cases: [url: string, scope: string][] = [
    ['/~', ''],
    ['/~/get/job', ''],
    ['/~a%20b/get/job', 'a b'],
    ['/~a%zz/get/job', 'a%zz'],
    ['/~~a/get/job', '~a'],
    ['/~../get/job', '..'],
  ]
  for (const [url, scope] of cases) t.equal(readRequestPath(url, []).scope, scope, url)
})

t.test('readRequestPath() finds the scope and the endpoint in any URL', async (t) => {
  const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,63}$/)
  const parts = fc.record({
    base: fc.constantFrom('', '/kinetica', '/gpudb-3'),
    mark: fc.constantFrom('/~', '/%7E', '/%7e', '//~'),
    scope: name,
    endpoint: fc.constantFrom('/get/job', '/', '/alter/table'),
    query: fc.constantFrom('', '?', '?a=/~b'),
  })
  const property = fc.property(parts, ({ base, mark, scope, endpoint, query }) => {
    const path = readRequestPath(`${base}${mark}${scope}${endpoint}${query}`, ['/kinetica'])
    assert.deepEqual(path, { scope, isControl: false, path: endpoint })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})
