import Fastify from 'fastify'
import { readBareAnswer } from './bare-answer.ts'

// Fastify with its defaults and one route without schemas: reads the body, answers always with the
// same bytes. The reference for the cold start.

const { contentType, body } = readBareAnswer()
const app = Fastify()
app.post('/get/job', (_request, reply) => reply.header('content-type', contentType).send(body))
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`listening on ${url}\n`)
