import Fastify from 'fastify'
import t from 'tap'
import { createRequestLog, type Logging, loggerOptions } from '../../src/http/logging.ts'
import { sendHttp } from '../support/http.ts'
import { startTestServer } from '../support/server.ts'

async function linesOf({ level, format }: Omit<Logging, 'write'>): Promise<string[]> {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const server = await startTestServer({ logging: { level, format, write } })
  await sendHttp(server.port, { path: '/' })
  await sendHttp(server.port, { method: 'POST', path: '/get/job?a=1', body: '{' })
  await server.close()
  return lines.filter((line) => !line.includes('listening'))
}

for (const level of ['info', 'debug', 'trace'] as const) {
  t.test(`loggerOptions() at ${level} writes one line of JSON for each request`, async (t) => {
    const lines = (await linesOf({ level, format: 'json' })).map((line) => JSON.parse(line))
    const requests = lines.filter(({ level }) => level === 30).map(({ msg }) => msg)
    t.equal(requests.length, 2)
    t.match(requests[0], /^GET \/ 200 in \d+\.\d ms$/)
    t.match(requests[1], /^POST \/get\/job\?a=1 400 in \d+\.\d ms$/)
  })
}

for (const level of ['warn', 'error', 'fatal', 'silent'] as const) {
  t.test(`loggerOptions() at ${level} writes no line for a request`, async (t) => {
    t.strictSame(await linesOf({ level, format: 'json' }), [])
  })
}

t.test('loggerOptions() in console form writes readable lines', async (t) => {
  const [line, ...more] = await linesOf({ level: 'info', format: 'console' })
  t.match(line, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: GET \/ 200 in \d+\.\d ms\n$/)
  t.equal(more.length, 1)
})

t.test('loggerOptions() in console form writes an error with its stack', async (t) => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const app = Fastify({ logger: loggerOptions({ level: 'warn', format: 'console', write }) })
  t.teardown(() => app.close())
  app.log.warn({ err: new Error('no disk') }, 'Cannot answer')
  app.log.info('below the level')
  t.equal(lines.length, 1)
  t.match(lines[0], /WARN: Cannot answer\n/)
  t.match(lines[0], /Error: no disk\n +at /)
})

t.test('createRequestLog() disables request logging above info', async (t) => {
  for (const { level, disabled } of [
    { level: 'warn', disabled: true },
    { level: 'info', disabled: false },
  ] as const) {
    t.equal(createRequestLog(level).disableRequestLogging, disabled, level)
  }
})
