import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

// Runs the cases with fetch in headless Chromium, on a page of another origin than the mocks.
// Usage: browser.js ENCODING CONTEXT

const HOME = '.clients/javascript'
const PROFILE = `${HOME}/profile`
const PAGE = '<!doctype html><title>cases</title><script type="module" src="/page.js"></script>'
const FLAGS = [
  ...['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
  ...['--disable-breakpad', '--log-level=3', `--user-data-dir=${PROFILE}`],
  // Chromium has no sandbox for root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

const [encoding = 'JSON', file = ''] = process.argv.slice(2)
const context: { readonly page: string } = JSON.parse(readFileSync(file, 'utf8'))
const files = new Map([
  ['/', { type: 'text/html', body: PAGE }],
  ['/page.js', { type: 'text/javascript', body: readFileSync(`${HOME}/page.js`, 'utf8') }],
  ['/context', { type: 'application/json', body: JSON.stringify({ ...context, encoding }) }],
])

const server = createServer((request, response) => void answer(request, response))
// The mocks allow this origin only.
server.listen(Number(new URL(context.page).port), '127.0.0.1')
await once(server, 'listening')
rmSync(PROFILE, { recursive: true, force: true })
const chromium = spawn('chromium', [...FLAGS, `${context.page}/`], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
process.exitCode = 1
await once(chromium, 'exit')
server.close()
server.closeAllConnections()

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '' } = request
  const body = await text(request)
  if (url === '/report') process.stdout.write(`${body}\n`)
  if (url === '/end') end(body)
  const found = files.get(url)
  response.writeHead(found || request.method === 'POST' ? 200 : 404, {
    'content-type': found?.type ?? 'text/plain',
  })
  response.end(found?.body)
}

function end(body: string): void {
  const { ok, detail }: { ok: boolean; detail?: string } = JSON.parse(body)
  process.exitCode = ok ? 0 : 1
  if (detail !== undefined) process.stderr.write(`${detail}\n`)
  chromium.kill()
}
