import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from './root.mjs'

// Runs the built command as a container does, so that Node keeps its compiled code in the folder that
// NODE_COMPILE_CACHE names (Node 22 and later). Node writes it when a process ends.

const COMMAND = join(ROOT, 'dist/bin/mock-gpudb.js')
const HOST = ['--host', '127.0.0.1']
/** The first call of most clients, for an endpoint with small records. */
const CREATE_JOB = {
  endpoint: '/clear/statistics',
  request_encoding: 'json',
  data_str: '{"table_name":"orders","column_name":"","options":{}}',
  options: {},
}

const server = spawn(process.execPath, [COMMAND, 'start', ...HOST, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = once(server, 'exit')
try {
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) {
      await callServer(url)
      break
    }
  }
} finally {
  server.kill()
}
const [code] = await ended
if (code !== 0) throw new Error(`Cannot fill the compile cache: the server ended with ${code}`)

/**
 * Makes the calls of a small test, and the health check of a container.
 *
 * @param {string} url
 */
async function callServer(url) {
  await post(`${url}/create/job`, CREATE_JOB)
  await post(`${url}/get/job`, { job_id: 1, options: {} })
  execFileSync(process.execPath, [COMMAND, 'health', ...HOST, '--port', new URL(url).port])
}

/**
 * @param {string} url
 * @param {object} body
 */
async function post(url, body) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`Cannot call ${url}: ${await answer.text()}`)
}
