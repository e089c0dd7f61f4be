import t from 'tap'
import { probeUpstream } from '../../src/record/probe-upstream.ts'
import { startRawUpstream } from '../support/recording-proxy.ts'
import { startTestServer } from '../support/server.ts'

const { signal } = new AbortController()

function probe(url: string): Promise<string | undefined> {
  return probeUpstream({ url: new URL(url), isInsecure: false }, { signal })
}

t.test('the probe accepts a GPUdb, also below a path', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  t.equal(await probe(mock.url), undefined)
  t.equal(await probe(`${mock.url}/gpudb-0/`), undefined)
})

const FOUND = [
  {
    answer: 'HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\nnot\there',
    found: 'answers GET / with 404 "not\\there" instead of "Kinetica is running!": is it Kinetica?',
  },
  {
    answer: `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(3000)}`,
    found: `answers GET / with 200 "${'x'.repeat(60)}…" instead of "Kinetica is running!": is it Kinetica?`,
  },
  {
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot',
    found: 'does not answer yet: it closed the connection; its clients will see that too',
  },
  {
    answer: '',
    found: 'does not answer yet: it closed the connection; its clients will see that too',
  },
]

for (const { answer, found } of FOUND) {
  t.test(`the probe reports: ${found.slice(0, 60)}`, async (t) => {
    const upstream = await startRawUpstream(t, (socket) => socket.end(answer))
    t.equal(await probe(upstream.url), `${upstream.url} ${found}`)
  })
}

t.test('the probe reports an upstream that refuses connections', async (t) => {
  t.equal(
    await probe('http://127.0.0.1:1'),
    'http://127.0.0.1:1 does not answer yet: connect ECONNREFUSED 127.0.0.1:1; its clients will see that too',
  )
  t.match(await probe('http://localhost:1'), /yet: (ECONNREFUSED|connect ECONNREFUSED \S+); /)
})

t.test('the probe ends when the proxy does, and after a time limit', async (t) => {
  const ending = new AbortController()
  const upstream = await startRawUpstream(t, () => ending.abort())
  const url = new URL(upstream.url)
  t.equal(await probeUpstream({ url, isInsecure: false }, ending), undefined)
  t.equal(
    await probeUpstream({ url, isInsecure: false }, { signal, timeLimitMs: 1 }),
    `${upstream.url} does not answer yet: no answer within 0.001 s; its clients will see that too`,
  )
})
