import type { Client, Command } from './client.ts'
import { type Ending, runCommand } from './process-group.ts'

/**
 * An installed client; or the reason why it is `missing`, because the machine or a registry lacks
 * what it needs; or the reason why it is `broken`.
 */
export type Prepared =
  | { readonly client: Client; readonly version: string }
  | { readonly client: Client; readonly missing: string }
  | { readonly client: Client; readonly broken: string }

const PROBE_LIMIT_MS = 30_000
const INSTALL_LIMIT_MS = 300_000

/** Checks whether a client can be run, and installs it. Never rejects. */
export async function prepareClient(client: Client): Promise<Prepared> {
  const probed = await runCommand(client.probe, { limitMs: PROBE_LIMIT_MS })
  if (!probed.ok) return { client, missing: describeEnding(client.probe, probed) }
  for (const command of client.install) {
    const ended = await runCommand(command, { limitMs: INSTALL_LIMIT_MS })
    if (ended.ok) continue
    const reason = describeEnding(command, ended)
    const isUnavailable = client.unavailable?.test(ended.lastOutput) ?? false
    return isUnavailable ? { client, missing: reason } : { client, broken: reason }
  }
  const shown = await runCommand(client.version, { limitMs: PROBE_LIMIT_MS })
  if (!shown.ok) return { client, broken: describeEnding(client.version, shown) }
  return { client, version: shown.stdout.trim() }
}

/** The command, how it ended, and its last output. */
export function describeEnding(command: Command, { reason, lastOutput }: Ending): string {
  return `${command.join(' ')}: ${reason}\n${lastOutput}`.trimEnd()
}
