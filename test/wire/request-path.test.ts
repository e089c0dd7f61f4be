import t from 'tap'
import { readRequestPath } from '../../src/wire/request-path.ts'

function endpointOf(url: string, basePaths: readonly string[]): string {
  return readRequestPath(url, basePaths).endpoint
}

t.test('readRequestPath() gives the endpoint of a URL', async (t) => {
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
  ]
  for (const [url, path] of cases) t.equal(endpointOf(url, []), path, url)
})

t.test('readRequestPath() takes no other path for a base path of the vendor', async (t) => {
  for (const path of ['/gpudb-/get/job', '/gpudb-0x/get/job', '/gpudb/get/job', '/a/gpudb-0/b']) {
    t.equal(endpointOf(path, []), path)
  }
})

t.test('readRequestPath() drops the base path that it was told', async (t) => {
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

t.test('readRequestPath() resolves no dots and no escapes', async (t) => {
  for (const path of ['/../package', '/a/../get/job', '/%67et/job', '/get%2Fjob', '/get/job\\']) {
    t.equal(endpointOf(path, []), path)
  }
})
