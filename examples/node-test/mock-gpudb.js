import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Returns the mock at MOCK_GPUDB_URL, or starts a process that runs until it is stopped. */
export async function startMock() {
  const { MOCK_GPUDB_URL: url, MOCK_GPUDB_COMMAND } = process.env
  if (url) return { url, stop: async () => {} }
  const command = MOCK_GPUDB_COMMAND || 'npx --no-install mock-gpudb'
  const [program, ...args] = command.split(' ')
  // Its input ends with this process, however that ends, and npx passes it on, unlike signals.
  const flags = [
    'start',
    '--stop-with-stdin',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--clock',
    'frozen',
  ]
  const mock = spawn(program, [...args, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(mock, 'close')
  const [line] = await Promise.race([once(createInterface(mock.stdout), 'line'), closed])
  if (!String(line).startsWith('listening on ')) throw new Error(`Cannot start ${command}: ${line}`)
  const stop = async () => {
    mock.stdin.end()
    await closed
  }
  return { url: line.replace('listening on ', ''), stop }
}

/** Posts to the control API of a scope. Throws an Error for a status other than 2xx. */
export async function control(scopeUrl, path, body) {
  return send(`${scopeUrl}/__mock${path}`, 'POST', body)
}

/** Calls an endpoint of GPUdb in JSON and returns its response record. */
export async function gpudb(scopeUrl, endpoint, request) {
  const { data_str } = await send(`${scopeUrl}${endpoint}`, 'POST', request)
  return JSON.parse(data_str)
}

/** Removes a scope and its content. */
export async function removeScope(mockUrl, name) {
  await send(`${mockUrl}/__mock/scopes/${name}`, 'DELETE')
}

async function send(url, method, body) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
