import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startRealTimer } from '../../../src/clock/time-source.ts'

const INSTALL = 'test/proxy/install-nginx.sh'

/** Debian's nginx, which is installed if it is missing; undefined if that is not possible. */
export function findNginx(): string | undefined {
  if (spawnSync('sh', [INSTALL], { stdio: 'inherit' }).status !== 0) return undefined
  return execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v nginx']).toString().trim()
}

/** An answer through nginx. */
export interface ProxiedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A request to nginx; with a body, it is a POST by default. */
export interface ProxiedRequest {
  readonly method?: string
  readonly body?: unknown
}

/** A running nginx. */
export interface Nginx {
  /** Calls a path. */
  call(path: string, sent?: ProxiedRequest): Promise<ProxiedAnswer>
}

/** A configuration from examples/nginx, and what is other in the test than in the file. */
export interface NginxOptions {
  readonly program: string
  readonly file: string
  /** Texts of the file, and what replaces them; `socket` replaces the port on which nginx listens. */
  readonly replace: readonly (readonly [text: string, by: string])[]
  readonly listen: string
  readonly isTls?: boolean
}

/** Starts nginx with a configuration, on a socket in a folder of its own, until the test ends. */
export async function startNginx(t: Test, options: NginxOptions): Promise<Nginx> {
  // A short path: that of a socket has at most 107 characters.
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const socketPath = join(folder, 'socket')
  writeFileSync(join(folder, 'nginx.conf'), renderConfig(folder, { ...options, socketPath }))
  const child = spawn(options.program, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true })
  })
  const call = (path: string, sent: ProxiedRequest = {}) =>
    send({ socketPath, path, isTls: options.isTls === true }, sent)
  await untilListening(() => call('/'), ended)
  return { call }
}

function renderConfig(
  folder: string,
  { file, replace, listen, socketPath }: NginxOptions & { readonly socketPath: string },
): string {
  let text = readFileSync(`examples/nginx/${file}`, 'utf8')
  for (const [from, to] of [[`listen ${listen}`, `listen unix:${socketPath}`], ...replace]) {
    if (!text.includes(String(from))) throw new Error(`${file} has no ${from}`)
    text = text.replace(String(from), String(to))
  }
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const folders = kinds.map((kind) => `${kind}_temp_path ${folder}/temp;`)
  mkdirSync(join(folder, 'temp'))
  return `daemon off;
pid ${folder}/pid;
worker_processes 1;
error_log stderr crit;
events {}
http {
access_log off;
${folders.join('\n')}
${text}}
`
}

/** Waits until nginx answers. Throws if it has ended instead. */
async function untilListening(
  call: () => Promise<unknown>,
  ended: Promise<unknown>,
): Promise<void> {
  const failed = ended.then(() => 'ended')
  for (;;) {
    const state = await Promise.race([call().then(() => 'listening', retry), failed])
    if (state === 'listening') return
    if (state === 'ended') throw new Error('Cannot start nginx: it has ended')
  }
}

function retry(): Promise<string> {
  return new Promise((resolve) => startRealTimer(50, () => resolve('retry')))
}

interface Target {
  readonly socketPath: string
  readonly path: string
  readonly isTls: boolean
}

function send({ isTls, ...target }: Target, sent: ProxiedRequest): Promise<ProxiedAnswer> {
  const { body, method = body === undefined ? 'GET' : 'POST' } = sent
  const headers = { host: 'gpudb.example.com:8443' }
  const options = { ...target, method, headers, agent: false, rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const outgoing = (isTls ? requestTls : request)(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        // The first event of a stream is enough.
        if (answer.headers['content-type']?.startsWith('text/event-stream')) done()
      })
      const done = () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
        outgoing.destroy()
      }
      answer.once('end', done)
      answer.once('error', reject)
    })
    outgoing.once('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
