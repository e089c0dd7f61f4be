import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startControlled } from '../support/control.ts'
import { type HttpAnswer, sendHttp } from '../support/http.ts'
import type { TestServerOptions } from '../support/server.ts'

const SCRIPT = 'console.log("ü")\n'
const STYLE = 'body { color: red }\n'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

const SCRIPT_NAME = `page-${hashOf(SCRIPT)}.js`
const STYLE_NAME = `page-${hashOf(STYLE)}.css`

/** Starts a server with files of a page; returns what sends a GET, or another method. */
async function startPage(t: Test, options: TestServerOptions = {}) {
  const pageFolder = t.testdir({ 'page.js': SCRIPT, 'page.css': STYLE })
  const { port } = await startControlled(t, { pageFolder, ...options })
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    sendHttp(port, { path, headers, method })
  return { ask, pageFolder }
}

function codeOf({ body }: HttpAnswer): unknown {
  return JSON.parse(body.toString()).code
}

t.test('GET /__mock/ is a document without inline script, with a policy', async (t) => {
  const { ask } = await startPage(t)
  const { status, headers, body } = await ask('/__mock/')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.equal(headers['content-security-policy'], POLICY)
  t.equal(headers['cache-control'], 'no-store')
  t.equal(headers['x-content-type-options'], 'nosniff')
  t.equal(headers['referrer-policy'], 'no-referrer')
  const text = body.toString()
  t.ok(text.startsWith('<!doctype html>\n<html lang="en" data-page="on" data-token="none">\n'))
  t.ok(text.includes(`<link rel="stylesheet" href="${STYLE_NAME}">`))
  t.ok(text.includes(`<script type="module" src="${SCRIPT_NAME}"></script>`))
  t.ok(text.includes('<body><div id="app"></div></body>'))
  t.notMatch(text, /(?:src|href)="(?!page-|data:,)/, 'all its URLs are relative')
  const head = await ask('/__mock/', {}, 'HEAD')
  t.strictSame([head.status, head.body.length], [200, 0])
  t.equal(head.headers['content-length'], String(body.length))
})

t.test('the files of the page are named by their content, and kept for good', async (t) => {
  const { ask, pageFolder } = await startPage(t)
  for (const [name, type, text] of [
    [SCRIPT_NAME, 'text/javascript; charset=utf-8', SCRIPT],
    [STYLE_NAME, 'text/css; charset=utf-8', STYLE],
  ] as const) {
    const { status, headers, body } = await ask(`/__mock/${name}`)
    t.strictSame([status, body.toString()], [200, text])
    t.equal(headers['content-type'], type)
    t.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.equal(headers['referrer-policy'], 'no-referrer')
    t.equal(headers['content-security-policy'], undefined)
    const head = await ask(`/__mock/${name}`, {}, 'HEAD')
    t.strictSame([head.status, head.body.length], [200, 0])
  }
  writeFileSync(join(pageFolder, 'page.js'), 'changed')
  t.equal((await ask(`/__mock/${SCRIPT_NAME}`)).body.toString(), SCRIPT, 'it is read once')
  const old = await ask('/__mock/page-0123456789abcdef.js')
  t.strictSame([old.status, codeOf(old)], [404, 'NOT_FOUND'])
  t.equal(old.headers['cache-control'], undefined, 'a missing file is not kept')
  for (const name of ['page.js', 'page-.js', 'page-x.txt', 'page-/x.js', 'page-..%2Fpage.js']) {
    t.equal((await ask(`/__mock/${name}`)).status, 404, name)
  }
})

t.test('without its slash, the page is a redirect that works below any prefix', async (t) => {
  const { ask } = await startPage(t, { basePaths: ['/proxy/gpudb'] })
  for (const prefix of ['', '/~suite-a', '/gpudb-0', '/proxy/gpudb', '/proxy/gpudb/~suite-a']) {
    const { status, headers, body } = await ask(`${prefix}/__mock`)
    t.strictSame([status, headers.location, body.length], [308, '__mock/', 0], prefix)
    const url = new URL(String(headers.location), `http://proxy.example/outer${prefix}/__mock`)
    t.equal(url.pathname, `/outer${prefix}/__mock/`)
    for (const path of ['/__mock/', '//__mock//', `/__mock/${SCRIPT_NAME}`]) {
      t.equal((await ask(prefix + path)).status, 200, prefix + path)
    }
  }
  t.equal((await ask('/__mock?a=b#c')).headers.location, '__mock/?a=b#c')
  t.equal((await ask('/__mock/?a=b')).status, 200)
  t.equal((await ask('/__mock', {}, 'HEAD')).status, 308)
})

t.test('the page takes GET and HEAD, and creates no scope', async (t) => {
  const pageFolder = t.testdir({ 'page.js': SCRIPT, 'page.css': STYLE })
  const server = await startControlled(t, { pageFolder })
  for (const path of ['', '/', `/${SCRIPT_NAME}`]) {
    const refused = await server.control(`POST ${path}`, undefined, 'suite-a')
    t.match(refused, { status: 405, headers: { allow: 'GET, HEAD' } }, path)
    t.equal((await server.control(`OPTIONS ${path}`)).status, 405, path)
  }
  await sendHttp(server.port, { path: '/~suite-a/__mock/' })
  t.equal(server.mock.scopes.peek('suite-a'), undefined)
})

t.test(
  'page says whether it has buttons, and which port clients use if it is another one; off is no page, but the events stay',
  async (t) => {
    const reading = await startPage(t, { page: 'read-only' })
    t.match((await reading.ask('/__mock/')).body.toString(), 'data-page="read-only"')
    const apart = await startPage(t, { clientPort: 9191 })
    t.match((await apart.ask('/__mock/')).body.toString(), 'data-client-port="9191"')
    const off = await startPage(t, { page: 'off' })
    for (const path of ['/__mock', '/__mock/', `/__mock/${SCRIPT_NAME}`]) {
      const answer = await off.ask(path)
      t.strictSame([answer.status, codeOf(answer)], [404, 'NOT_FOUND'], path)
    }
    for (const path of ['/__mock/events', '/__mock/health']) {
      t.equal((await off.ask(path, {}, 'HEAD')).status, 200, path)
    }
  },
)

t.test('the page and its files need no token, and say that all else does', async (t) => {
  const { ask } = await startPage(t, { access: { users: [], tokens: ['secret'] } })
  t.match((await ask('/__mock/')).body.toString(), 'data-token="required"')
  for (const name of ['', `/${SCRIPT_NAME}`, `/${STYLE_NAME}`]) {
    t.ok((await ask(`/__mock${name}`)).status < 400, name)
  }
  for (const name of ['/', '/page-x.js', '/events', '/clock', '/page', '/x']) {
    const isOpen = name === '/' || name === '/page-x.js'
    t.equal((await ask(`/~a/__mock${name}`)).status === 401, !isOpen, name)
  }
  const off = await startPage(t, { page: 'off', access: { users: [], tokens: ['secret'] } })
  t.equal((await off.ask('/__mock/')).status, 401)
})

t.test('a link of another site opens the page, but no other site loads a part of it', async (t) => {
  const { ask } = await startPage(t)
  const cross = { 'sec-fetch-site': 'cross-site' }
  for (const path of ['/__mock', '/__mock/']) {
    t.ok((await ask(path, { ...cross, 'sec-fetch-dest': 'document' })).status < 400, path)
    t.equal((await ask(path, { ...cross, 'sec-fetch-dest': 'iframe' })).status, 403, path)
  }
  for (const [path, dest] of [
    [`/__mock/${SCRIPT_NAME}`, 'script'],
    [`/__mock/${STYLE_NAME}`, 'style'],
    ['/__mock/events', 'empty'],
  ] as const) {
    t.equal((await ask(path, { ...cross, 'sec-fetch-dest': dest })).status, 403, path)
    t.equal((await ask(path, { origin: 'http://other.example' })).status, 403, path)
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': dest }
    t.equal((await ask(path, own, 'HEAD')).status, 200, path)
  }
})

t.test('a page that was not built is a problem, until it is built', async (t) => {
  const pageFolder = join(t.testdir({}), 'page')
  const { ask } = await startPage(t, { pageFolder })
  for (const path of ['/__mock/', `/__mock/${SCRIPT_NAME}`]) {
    const { status, body, headers } = await ask(path)
    t.equal(status, 503)
    t.equal(headers['content-type'], 'application/problem+json')
    const { code, detail } = JSON.parse(body.toString())
    t.equal(code, 'PAGE_NOT_BUILT')
    t.equal(detail, 'Cannot show the page: its files are missing, run npm run bundle')
  }
  mkdirSync(pageFolder)
  writeFileSync(join(pageFolder, 'page.js'), SCRIPT)
  writeFileSync(join(pageFolder, 'page.css'), STYLE)
  t.equal((await ask('/__mock/')).status, 200)
})

t.test('on a port of its own, the control API has the page; other paths do not', async (t) => {
  const { ask } = await startPage(t, { serves: 'control' })
  t.equal((await ask('/__mock/')).status, 200)
  t.equal((await ask('/~suite-a/__mock')).status, 308)
  for (const path of ['/', '/get/job', '/~suite-a']) {
    const answer = await ask(path)
    t.strictSame([answer.status, codeOf(answer)], [404, 'NOT_FOUND'], path)
  }
  const calls = await startPage(t, { serves: 'calls' })
  t.equal((await calls.ask('/__mock/')).status, 404)
})
