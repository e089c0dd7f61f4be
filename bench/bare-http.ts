import { createServer } from 'node:http'
import { readBareAnswer } from './bare-answer.ts'

// Only node:http: reads the body, answers always with the same bytes.

const { contentType, body } = readBareAnswer()
const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(200, headers)
    response.end(body)
  })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})
