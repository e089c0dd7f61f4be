import { toPrintable } from '../documents/printable-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient, RequestPage } from './control-client.ts'
import { fitText } from './fit-text.ts'
import type { RequestOutput } from './follow-requests.ts'
import { listNewestRequests } from './newest-requests.ts'
import { type CommandContext, printLines, widthOfOutput } from './output.ts'
import { renderRequests } from './render-requests.ts'

/** Prints the newest requests of a scope, the oldest of them first. Throws ControlFailure. */
export async function printRequests(
  client: ControlClient,
  { context, json, ...choice }: RequestOutput & { readonly context: CommandContext },
): Promise<void> {
  const page = await listNewestRequests(client, { ...choice, brief: !json })
  const lines = json ? [toPrintable(writeJson(page))] : renderPage(page, { context, ...choice })
  await printLines(lines, context)
}

function renderPage(
  { requests, total }: RequestPage,
  { context, unmatched }: { readonly context: CommandContext; readonly unmatched?: boolean },
): string[] {
  const { paint } = context
  const width = widthOfOutput(context)
  const noun = unmatched ? 'unmatched requests' : 'requests'
  if (requests.length === 0) return [fitText(`no ${noun}`, width)]
  const more = total > requests.length ? [`${requests.length} of ${total} ${noun}`] : []
  return [
    ...renderRequests(requests, { width, paint, explains: unmatched }),
    ...more.map((line) => fitText(line, width)),
  ]
}
