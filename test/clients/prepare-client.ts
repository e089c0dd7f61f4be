import type { Client, Command } from './client.ts'
import { type Ending, runCommand } from './process-group.ts'

/** An installed client, or the reason why it is not installed. */
export type Prepared =
  | { readonly client: Client; readonly version: string }
  | { readonly client: Client; readonly missing: string }

const PROBE_LIMIT_MS = 30_000
const INSTALL_LIMIT_MS = 240_000

/** Checks whether a client can be run, and installs it. Never rejects. */
export async function prepareClient(client: Client): Promise<Prepared> {
  const steps = [
    { command: client.probe, limitMs: PROBE_LIMIT_MS },
    ...client.install.map((command) => ({ command, limitMs: INSTALL_LIMIT_MS })),
    { command: client.version, limitMs: PROBE_LIMIT_MS },
  ]
  let version = ''
  for (const { command, limitMs } of steps) {
    const ended = await runCommand(command, { limitMs })
    if (!ended.ok) return { client, missing: describeEnding(command, ended) }
    version = ended.stdout.trim()
  }
  return { client, version }
}

/** The command, how it ended, and its last output. */
export function describeEnding(command: Command, { reason, lastOutput }: Ending): string {
  return `${command.join(' ')}: ${reason}\n${lastOutput}`.trimEnd()
}
