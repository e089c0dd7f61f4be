import type { ControlClient } from './control-client.ts'
import { ControlFailure } from './control-failure.ts'
import { type CommandContext, printLines, widthOfOutput } from './output.ts'
import { writeStatus } from './print-status.ts'
import { renderStatus } from './render-status.ts'
import { followScope } from './scope-events.ts'
import { StatusScreen } from './status-screen.ts'
import { type StatusDocument, takeSnapshot } from './status-snapshot.ts'

/**
 * Shows the status, and again after each change, until the signal is aborted or the reader leaves: on a
 * terminal in its place, else as one block, or one line of JSON, after the other.
 *
 * @throws ControlFailure if the mock does not answer at first, or rejects the token.
 */
export async function watchStatus(
  client: ControlClient,
  { context, json }: { readonly context: CommandContext; readonly json: boolean },
): Promise<void> {
  if (json || !context.isScreen) return printChanges(client, { context, json })
  const screen = new StatusScreen(context)
  try {
    const report = (line: string) => screen.note(line)
    for await (const status of readChanges(client, { ...context, report })) {
      screen.show(status)
      if (!(await printLines([], context))) return
    }
  } finally {
    screen.close()
  }
}

async function printChanges(
  client: ControlClient,
  { context, json }: { readonly context: CommandContext; readonly json: boolean },
): Promise<void> {
  const place = { width: widthOfOutput(context), paint: context.paint }
  let last = ''
  for await (const status of readChanges(client, context)) {
    const block = json ? writeStatus(status) : renderStatus(status, place).join('\n')
    if (block === last) continue
    const lines = json || last === '' ? [block] : ['', block]
    last = block
    if (!(await printLines(lines, context))) return
  }
}

/** The status after each event of the scope. */
async function* readChanges(
  client: ControlClient,
  context: Pick<CommandContext, 'signal' | 'time' | 'report'>,
): AsyncGenerator<StatusDocument, void, undefined> {
  let isFirst = true
  for await (const _event of followScope(client, context)) {
    try {
      yield await takeSnapshot(client)
      isFirst = false
    } catch (error) {
      // The events go on when the mock is there again.
      if (isFirst || !(error instanceof ControlFailure)) throw error
    }
  }
}
