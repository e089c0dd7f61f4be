import Fastify from 'fastify'
import { readBareAnswer } from './bare-answer.ts'

// Fastify with its defaults and one route of /get/job. In JSON, it parses and validates the body
// and serialises the wrapper of the answer, both by schemas. In binary, it reads the body into a
// Buffer and answers with a Buffer.

const TEXT = { type: 'string' } as const

const BODY = {
  type: 'object',
  required: ['job_id'],
  properties: {
    job_id: { type: 'integer' },
    options: { type: 'object', additionalProperties: TEXT },
  },
} as const

const WRAPPER = {
  type: 'object',
  properties: { status: TEXT, message: TEXT, data_type: TEXT, data: TEXT, data_str: TEXT },
} as const

const { contentType, body } = readBareAnswer()
const app = Fastify()
if (typeof body === 'string') {
  const wrapper: unknown = JSON.parse(body)
  const schema = { body: BODY, response: { 200: WRAPPER } }
  app.post('/get/job', { schema }, (_request, reply) => reply.send(wrapper))
} else {
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer' },
    (_request, bytes, done) => done(null, bytes),
  )
  app.post('/get/job', (_request, reply) => reply.header('content-type', contentType).send(body))
}
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`listening on ${url}\n`)
