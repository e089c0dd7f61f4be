import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { sendHttp } from '../support/http.ts'
import { runProgram } from '../support/program.ts'
import { encodeRequest } from '../support/server.ts'

const MiB = 1024 * 1024

const { compressSync }: typeof import('snappy') = createRequire(import.meta.url)('snappy')

/** A request of `/create/job` whose statement has a size. */
function createJob(bytes: number): string {
  const data_str = JSON.stringify({ statement: 'x'.repeat(bytes), offset: 0, limit: 1 })
  return JSON.stringify({ endpoint: '/execute/sql', request_encoding: 'json', data_str })
}

/** A document with rules of about a kilobyte each that no other document has. */
function rulesOf(number: number, count: number): string {
  const rules = Array.from({ length: count }, (_, at) => ({
    when: { endpoint: '/alter/table', request: { table_name: `t-${number}-${at}` } },
    then: { response: { table_name: 'x'.repeat(800) } },
  }))
  return JSON.stringify({ rules })
}

t.test('a server with a heap of 128 MB answers whatever is sent', async (t) => {
  const argv = ['--host', '127.0.0.1', '--port', '0', '--fixtures', 'none', '--clock', 'frozen']
  const env = { NODE_OPTIONS: '--max-old-space-size=128' }
  const program = runProgram(t, { argv, cwd: t.testdir({}), env })
  const { port } = new URL(await program.listening())
  const post = async (path: string, body: string | Buffer, type = 'application/json') => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
    return (await sendHttp(Number(port), { method: 'POST', path, headers, body })).status
  }

  const created = new Map<number, number>()
  for (let made = 0; made < 20; made += 1) {
    const status = await post('/create/job', createJob(12 * MiB))
    created.set(status, (created.get(status) ?? 0) + 1)
  }
  t.strictSame([...created.keys()].sort(), [200, 400], 'large jobs are rejected over the budget')

  const large = Buffer.from(createJob(12 * MiB))
  await Promise.allSettled(Array.from({ length: 40 }, () => post('/create/job', large)))
  t.equal(await post('/show/system/status', '{}'), 200, 'it answers after 40 uploads at once')

  const small = createJob(10_000)
  for (let scope = 0; scope < 100; scope += 1) {
    for (let sent = 0; sent < 10; sent += 1) {
      await post(`/~scope-${scope}/has/table`, `{"table_name":"${'x'.repeat(50_000)}"}`)
    }
    await post(`/~scope-${scope}/create/job`, small)
  }

  const loaded: number[] = []
  for (const [number, count] of [12_000, 2000, 12_000].entries()) {
    loaded.push(await post('/__mock/fixtures', rulesOf(number, count)))
  }
  t.strictSame(loaded, [409, 201, 409])

  const job_ids = Array<bigint>(900_000).fill(1n)
  const ids = encodeRequest('binary', '/admin/alter/jobs', { job_ids, action: 'cancel' })
  const compressed = Buffer.from(compressSync(ids))
  for (let sent = 0; sent < 20; sent += 1) {
    t.equal(await post('/admin/alter/jobs', compressed, 'application/x-snappy'), 400)
  }
  const when = { endpoint: '/admin/alter/jobs', request: { action: 'cancel' } }
  t.equal(await post('/__mock/requests/count', JSON.stringify({ when })), 200)

  t.equal(await post('/show/system/status', '{}'), 200)
  t.equal(program.child.exitCode, null)
  program.child.kill('SIGTERM')
  t.equal((await program.ended()).code, 0)
})

/** A figure of the memory of a process, in bytes. */
function memoryOf(pid: number | undefined, figure: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
}

function alterTable(table_name: string, options: object): string {
  return JSON.stringify({ table_name, action: 'ttl', value: '1', options })
}

const entries = Array.from({ length: 450_000 }, (_, at) => [`key ${at} of many`, `value ${at}`])

/**
 * Bodies of 4 to 16 MB and the most that a call may need besides the idle process, in bodies. What it needs
 * is in docs/limits.md; the margins are wide.
 */
const costs = {
  'an echoed string': { body: alterTable('x'.repeat(16 * MiB - 200), {}), status: 200, most: 6.5 },
  'an echo of 3.5 times the body': {
    body: alterTable('\u00e9'.repeat(2 * MiB), {}),
    status: 200,
    most: 15,
  },
  'many longs': {
    path: '/admin/alter/jobs',
    body: `{"action":"cancel","job_ids":[${Array(800_000).fill('1234567890123456789').join()}]}`,
    status: 400,
    most: 6.5,
  },
  'many entries': { body: alterTable('t', Object.fromEntries(entries)), status: 400, most: 6.5 },
}

for (const [name, { body, status, most, ...cost }] of Object.entries(costs)) {
  const options = { skip: process.platform === 'linux' ? false : 'only Linux has /proc' }
  t.test(
    `H9: the memory of a call is a small multiple of its body: ${name}`,
    options,
    async (t) => {
      const argv = ['--host', '127.0.0.1', '--port', '0', '--fixtures', 'none']
      const env = { NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=1' }
      const program = runProgram(t, { argv, cwd: t.testdir({}), env })
      const { port } = new URL(await program.listening())
      const { path = '/alter/table' } = { ...cost }
      const send = (body: string) => {
        const headers = { 'content-type': 'application/json' }
        return sendHttp(Number(port), { method: 'POST', path, headers, body })
      }
      t.equal((await send('{}')).status, 400)
      const idle = memoryOf(program.child.pid, 'VmRSS')
      t.equal((await send(body)).status, status)
      const needed = (memoryOf(program.child.pid, 'VmHWM') - idle) / Buffer.byteLength(body)
      t.ok(needed < most, `it needs ${needed.toFixed(1)} times its body`)
    },
  )
}
