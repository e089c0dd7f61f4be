import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { makeCertificate } from '../support/certificate.ts'
import { runProgram } from '../support/program.ts'
import { findNginx, type Nginx, type ProxiedRequest, startNginx } from './support/nginx.ts'

t.test('every configuration lets slow answers, long waits and large bodies pass', async (t) => {
  const files = readdirSync('examples/nginx')
  t.strictSame(files, ['prefix-and-tls.conf', 'replicas.conf'])
  for (const file of files) {
    const text = readFileSync(`examples/nginx/${file}`, 'utf8')
    for (const line of [
      'proxy_buffering off;',
      'proxy_read_timeout 1h;',
      'client_max_body_size 16m;',
    ]) {
      t.ok(text.includes(line), `${file}: ${line}`)
    }
  }
})

const program = findNginx()
const skip = program === undefined ? 'nginx is missing and cannot be installed' : false
const PROGRAM = program ?? ''

/** A built mock in a process of its own. */
interface Replica {
  /** Such as `127.0.0.1:41234`. */
  readonly address: string
  /** Calls a path without nginx; returns the parsed answer. */
  call(path: string): Promise<Record<string, unknown>>
}

async function startReplica(t: Test): Promise<Replica> {
  const argv = ['--host', '127.0.0.1', '--port', '0', '--clock', 'frozen']
  const url = await runProgram(t, { argv, cwd: t.testdir({}) }).listening()
  const call = async (path: string) => Object(await (await fetch(url + path)).json())
  return { address: new URL(url).host, call }
}

/** Two mocks behind nginx. */
async function startReplicas(t: Test): Promise<{ nginx: Nginx; replicas: readonly Replica[] }> {
  const replicas = [await startReplica(t), await startReplica(t)]
  const replace = replicas.map(({ address }, index) => {
    return [`server 127.0.0.1:${9191 + index} `, `server ${address} `] as const
  })
  const nginx = await startNginx(t, {
    ...{ program: PROGRAM, file: 'replicas.conf', listen: '8080', replace },
  })
  return { nginx, replicas }
}

/** The names of the scopes of a replica. */
async function scopesOf({ call }: Replica): Promise<readonly string[]> {
  const { scopes } = await call('/__mock/scopes')
  return (scopes as readonly { readonly name: string }[]).map(({ name }) => name)
}

/** A request for a job that needs no time. */
const CREATE: ProxiedRequest = {
  body: { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' },
}
const NAMES = Array.from({ length: 20 }, (_, index) => `suite-${index}`)

t.test('behind nginx, each scope stays on its replica', { skip }, async (t) => {
  const { nginx, replicas } = await startReplicas(t)
  for (const name of NAMES) {
    t.equal((await nginx.call(`/~${name}/create/job`, CREATE)).status, 200)
    t.equal((await nginx.call(`/~${name}/get/job`, { body: { job_id: 1 } })).status, 200)
    t.equal((await nginx.call(`/~${name}~a/has/table`, { body: { table_name: 'x' } })).status, 200)
    const advance = { body: { by: '3h' } }
    t.equal((await nginx.call(`/%7E${name}/__mock/clock/advance`, advance)).status, 200)
    const job = await nginx.call(`/~${name}/__mock/jobs/1`)
    t.match(JSON.parse(job.text), { status: 'DONE', polls: 1 })
    t.match(JSON.parse((await nginx.call(`/~${name}/__mock/requests`)).text), { total: 3 })
  }
  const homes = await Promise.all(replicas.map(scopesOf))
  const made = homes.map((names) => names.filter((name) => name !== 'default'))
  t.strictSame(made.flat().sort(), [...NAMES].sort())
  t.ok(
    made.every((names) => names.length > 0),
    'both replicas have scopes',
  )
})

t.test('behind nginx, a scope is created and removed on its replica', { skip }, async (t) => {
  const { nginx, replicas } = await startReplicas(t)
  for (const name of NAMES) {
    t.equal((await nginx.call(`/__mock/scopes/${name}`, { method: 'PUT' })).status, 201)
    t.equal((await nginx.call(`/~${name}/__mock/clock`)).status, 200, name)
  }
  for (const name of NAMES) {
    t.equal((await nginx.call(`/__mock/scopes/${name}`, { method: 'DELETE' })).status, 204)
  }
  t.strictSame(await Promise.all(replicas.map(scopesOf)), [['default'], ['default']])
})

t.test('behind nginx, a broken connection is not tried on another replica', { skip }, async (t) => {
  const { nginx, replicas } = await startReplicas(t)
  const down = { method: 'PATCH', body: { state: 'down', for: '10s' } }
  t.equal((await nginx.call('/~broken/__mock/clusters/a', down)).status, 200)
  // nginx sends a GET again by default, a POST not.
  t.equal((await nginx.call('/~broken')).status, 502)
  t.equal((await nginx.call('/~broken/create/job', CREATE)).status, 502)
  await nginx.call('/~broken/__mock/clock/advance', { body: { by: '10s' } })
  t.equal((await nginx.call('/~broken')).status, 200)
  const homes = await Promise.all(replicas.map(scopesOf))
  t.equal(homes.flat().filter((name) => name === 'broken').length, 1)
})

t.test('nginx takes a prefix off and ends TLS', { skip }, async (t) => {
  const { address } = await startReplica(t)
  const { certFile, keyFile, remove } = makeCertificate()
  t.teardown(remove)
  const nginx = await startNginx(t, {
    ...{ program: PROGRAM, file: 'prefix-and-tls.conf', listen: '8443', isTls: true },
    replace: [
      ['/etc/nginx/tls/cert.pem', certFile],
      ['/etc/nginx/tls/key.pem', keyFile],
      ['127.0.0.1:9191', address],
    ],
  })
  t.match(await nginx.call('/kinetica/'), { status: 200, text: 'Kinetica is running!' })
  t.equal((await nginx.call('/kinetica/~suite/create/job', CREATE)).status, 200)
  const job = await nginx.call('/kinetica/~suite/__mock/jobs/1')
  t.match(JSON.parse(job.text), { status: 'RUNNING' })
  t.match(await nginx.call('/kinetica/~suite/__mock/events'), { status: 200, text: /^\S/ })
  t.match(await nginx.call('/kinetica/__mock/'), { status: 200, text: /<!doctype html>/i })
  const properties = await nginx.call('/kinetica/show/system/properties', { body: { options: {} } })
  t.match(JSON.parse(JSON.parse(properties.text).data_str), {
    property_map: {
      'conf.host0_public_urls': 'http://gpudb.example.com',
      'conf.enable_ha': 'FALSE',
    },
  })
})
