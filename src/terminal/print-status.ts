import { toPrintable } from '../documents/printable-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient } from './control-client.ts'
import { ControlFailure } from './control-failure.ts'
import { type CommandContext, printLines, widthOfOutput } from './output.ts'
import { renderStatus } from './render-status.ts'
import { type StatusDocument, takeSnapshot } from './status-snapshot.ts'

/** Prints the status of a scope. Throws ControlFailure, also if there is no such scope. */
export async function printStatus(
  client: ControlClient,
  { context, json }: { readonly context: CommandContext; readonly json: boolean },
): Promise<void> {
  const status = await takeSnapshot(client)
  if (status.clock === null) {
    const reason = 'it was never created, or was removed'
    throw new ControlFailure('PROBLEM', `Cannot find the scope ${status.scope}: ${reason}`)
  }
  const lines = json
    ? [writeStatus(status)]
    : renderStatus(status, { width: widthOfOutput(context), paint: context.paint })
  await printLines(lines, context)
}

/** The status as one line of JSON. */
export function writeStatus(status: StatusDocument): string {
  return toPrintable(writeJson(status))
}
