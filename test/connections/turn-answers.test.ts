import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { TurnAnswers } from '../../src/connections/turn-answers.ts'
import { nextTurn } from '../support/next-turn.ts'
import { openSocket } from '../support/socket.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Opens connections with a request each. Returns their sockets, and the responses to be sent. */
async function open(t: Test, count: number) {
  const responses: ServerResponse[] = []
  const server = createServer((_request, response) => {
    responses.push(response.writeHead(200, { 'content-length': 2 }))
    server.emit('response')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const port = Number(Object(server.address()).port)
  const sockets = Array.from({ length: count }, () => openSocket(port))
  for (const socket of sockets) {
    const seen = once(server, 'response')
    socket.write(REQUEST)
    await seen
  }
  return { sockets, responses }
}

t.test('TurnAnswers sends the answers of a turn together when it ends', async (t) => {
  const { sockets, responses } = await open(t, 2)
  const answers = new TurnAnswers(() => 0)
  responses.forEach((response, index) => {
    answers.send(response, index === 0 ? 'ok' : Buffer.from('OK'))
  })
  const sent = () => responses.map(({ writableEnded }) => writableEnded)
  t.strictSame(sent(), [false, false])
  await nextTurn()
  t.strictSame(sent(), [true, true])
  const texts = await Promise.all(sockets.map((socket) => socket.rest()))
  t.match(texts[0], /\r\n\r\nok$/)
  t.match(texts[1], /\r\n\r\nOK$/)
})

t.test('TurnAnswers does not wait for the end of a long turn', async (t) => {
  const { responses } = await open(t, 3)
  let nowMs = 100
  const answers = new TurnAnswers(() => nowMs)
  const ended = responses.map((response) => {
    answers.send(response, 'ok')
    nowMs += 2
    return responses.filter(({ writableEnded }) => writableEnded).length
  })
  t.strictSame(ended, [0, 0, 3])
})
