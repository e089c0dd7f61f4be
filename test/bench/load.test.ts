import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { AnswerCounter } from '../../bench/answer-counter.ts'
import { counting, fillJournal, repeating, requestBytes, sendLoad } from '../../bench/load.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'

t.test('answers are counted, however they are cut into chunks', async (t) => {
  const bytes = Buffer.from(ANSWER.repeat(3))
  t.equal(new AnswerCounter().add(bytes), 3)
  const others = `${ANSWER.replace('200 OK', '201 Created')}HTTP/1.1 204 No Content\r\n\r\n`
  t.equal(new AnswerCounter().add(Buffer.from(others)), 2)
  for (let size = 1; size < bytes.length; size += 1) {
    const counter = new AnswerCounter()
    let answers = 0
    for (let start = 0; start < bytes.length; start += size) {
      answers += counter.add(bytes.subarray(start, start + size))
    }
    t.equal(answers, 3, `chunks of ${size} bytes`)
  }
})

t.test('an answer that is not a success, or without a length, is an error', async (t) => {
  const error = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0'
  t.throws(() => new AnswerCounter().add(Buffer.from(`${error}\r\n\r\n`)), {
    message: `The answer is ${error}`,
  })
  const endless = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked'
  t.throws(() => new AnswerCounter().add(Buffer.from(`${endless}\r\n\r\n`)), {
    message: `The answer is ${endless}`,
  })
})

const MESSAGE = { path: '/get/job', contentType: 'application/json', body: '{"job_id": 1}' }

t.test('a request has the length of its body in bytes', async (t) => {
  t.equal(
    requestBytes({ ...MESSAGE, body: '"é"' }).toString(),
    'POST /get/job HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n"é"',
  )
  const bytes = requestBytes({ ...MESSAGE, body: Buffer.from([0, 255]) })
  t.equal(bytes.subarray(-2).toString('hex'), '00ff')
})

const REQUESTS = ['a', 'b'].map((body) => Buffer.from(body))

t.test('requests are repeated in turn', async (t) => {
  const next = repeating(REQUESTS)
  t.strictSame([next(), next(), next()].map(String), ['a', 'b', 'a'])
})

t.test('a number of requests is made from their numbers', async (t) => {
  const next = counting(2, (number) => Buffer.from(`request ${number}`))
  t.strictSame([next(), next(), next()].map(String), ['request 0', 'request 1', 'undefined'])
})

/** Starts a server; it ends with the test. */
async function serve(t: Test, listener: RequestListener): Promise<{ readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}` }
}

t.test('each request is sent once and its answer is awaited', async (t) => {
  const bodies: string[] = []
  const server = await serve(t, async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString())
    response.end('done')
  })
  const next = counting(100, (number) => requestBytes({ ...MESSAGE, body: String(number) }))
  const { answered } = await sendLoad(next, server)
  t.equal(answered, 100)
  t.strictSame(
    bodies.map(Number).sort((left, right) => left - right),
    Array.from({ length: 100 }, (_, number) => number),
  )
})

t.test('a load without requests of its own ends with its time', async (t) => {
  const server = await serve(t, (_request, response) => response.end('done'))
  const { answered } = await sendLoad(repeating([requestBytes(MESSAGE)]), { ...server, ms: 20 })
  t.ok(answered > 0)
})

t.test('a journal is filled with as many requests as it holds', async (t) => {
  let received = 0
  const server = await serve(t, (_request, response) => {
    received += 1
    response.end('done')
  })
  await fillJournal(repeating([requestBytes(MESSAGE)]), server)
  t.equal(received, 10_000)
})

t.test('a load is rejected if an answer is not a success', async (t) => {
  const server = await serve(t, (_request, response) => response.writeHead(500).end('failed'))
  await t.rejects(sendLoad(repeating([requestBytes(MESSAGE)]), server), {
    message: `Cannot measure: a request to ${server.url} failed`,
    cause: { message: /^The answer is HTTP\/1\.1 500 / },
  })
})

t.test('a load is rejected if the server closes a connection', async (t) => {
  const server = await serve(t, (request) => request.socket.destroy())
  await t.rejects(sendLoad(repeating([requestBytes(MESSAGE)]), server), {
    message: `Cannot measure: a request to ${server.url} failed`,
    cause: { message: 'The server closed a connection' },
  })
})
