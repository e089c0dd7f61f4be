import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../dist/bin/mock-gpudb.js', import.meta.url))

/** The command line as a process; `npm run build` makes what it runs. */
export function spawnMock(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const { PATH = '' } = process.env
  return spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, ...env },
  })
}

/** Waits for the line that says where a mock listens, and gives the port. */
export async function listeningPort(child: { readonly stdout: Readable }): Promise<number> {
  let output = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk
    const port = /^listening on https?:\/\/\S+:(\d+)$/m.exec(output)?.[1]
    if (port !== undefined) return Number(port)
  }
  throw new Error(`Cannot find the readiness line in ${JSON.stringify(output)}`)
}
