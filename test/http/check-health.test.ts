import { createServer } from 'node:http'
import t from 'tap'
import { checkHealth } from '../../src/http/check-health.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startTestServer } from '../support/server.ts'
import { refusesConnections } from '../support/socket.ts'

t.test('checkHealth() reports a server that answers as healthy', async (t) => {
  const { port, close } = await startTestServer({ access: { users: ['admin:secret'] } })
  t.teardown(close)
  const message = `http://127.0.0.1:${port} answers 200`
  // 0.0.0.0 means all addresses of the machine: the loopback is checked.
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    t.strictSame(await checkHealth({ host, port }), { healthy: true, message })
  }
})

t.test('checkHealth() reports a server with HTTPS as healthy', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const { port, close } = await startTestServer({ tls: { cert, key } })
  t.teardown(close)
  const message = `https://127.0.0.1:${port} answers 200`
  t.strictSame(await checkHealth({ host: '0.0.0.0', port, tls: {} }), { healthy: true, message })
})

t.test('checkHealth() reports a closed port as unhealthy', async (t) => {
  const { port, close } = await startTestServer()
  await close()
  await refusesConnections(port)
  const { healthy, message } = await checkHealth({ host: '127.0.0.1', port })
  t.equal(healthy, false)
  t.match(message, `http://127.0.0.1:${port} does not answer: `)
})

t.test('checkHealth() reports a status other than 200 as unhealthy', async (t) => {
  const other = createServer((_request, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  const message = `http://127.0.0.1:${port} answers 500`
  t.strictSame(await checkHealth({ host: '127.0.0.1', port }), { healthy: false, message })
})

t.test('checkHealth() reports a server that never answers as unhealthy', async (t) => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const { port } = Object(silent.address())
  const message = `http://127.0.0.1:${port} does not answer: no answer within 2000 ms`
  t.strictSame(await checkHealth({ host: '127.0.0.1', port }), { healthy: false, message })
})
