import Fastify from 'fastify'
import t from 'tap'
import { RequestSource } from '../../src/http/request-source.ts'
import type { CallSource } from '../../src/wire/gpudb-call.ts'
import { sendBytes } from '../support/socket.ts'

/** Has one request sent as it is, and gives what its source tells, and the port. */
async function sourceOf(
  t: { teardown(handler: () => unknown): void },
  { head, scope }: { readonly head: string; readonly scope?: string },
): Promise<CallSource & { readonly port: number }> {
  const app = Fastify()
  t.teardown(() => app.close())
  const seen: CallSource[] = []
  app.get('/', async (request) => {
    const { user, sourceIp, url } = new RequestSource(request, scope)
    seen.push({ user, sourceIp, url })
  })
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  await sendBytes(port, `${head}\r\nConnection: close\r\n\r\n`)
  const [source] = seen
  if (source === undefined) throw new Error('The request did not arrive')
  return { ...source, port }
}

const GET = 'GET / HTTP/1.1\r\nHost: mock.example:9191'

t.test('RequestSource tells the user, the address and the URL of a request', async (t) => {
  const head = `${GET}\r\nAuthorization: Basic ${Buffer.from('ann:secret').toString('base64')}`
  const { user, sourceIp, url } = await sourceOf(t, { head })
  t.strictSame(
    { user, sourceIp, url },
    { user: 'ann', sourceIp: '127.0.0.1', url: 'http://mock.example:9191' },
  )
})

t.test('RequestSource tells of no user where the header names none', async (t) => {
  t.equal((await sourceOf(t, { head: GET })).user, '')
  t.equal((await sourceOf(t, { head: `${GET}\r\nAuthorization: Bearer token` })).user, '')
})

t.test('RequestSource has the scope in the URL', async (t) => {
  const { url } = await sourceOf(t, { head: GET, scope: 'suite-a' })
  t.equal(url, 'http://mock.example:9191/~suite-a')
})

t.test('RequestSource of a request without Host takes the address it came to', async (t) => {
  const { url, port } = await sourceOf(t, { head: 'GET / HTTP/1.0', scope: 'suite-a' })
  t.equal(url, `http://127.0.0.1:${port}/~suite-a`)
})
