import { toPrintable } from '../documents/printable-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient } from './control-client.ts'
import { fitText } from './fit-text.ts'
import { type CommandContext, printLines, widthOfOutput } from './output.ts'
import { renderJobs } from './render-jobs.ts'

/** Which jobs to list. */
export interface JobChoice {
  /** The maximum number. */
  readonly limit: number
  readonly status?: string | undefined
  /** The endpoint; `*` stands for any text. */
  readonly endpoint?: string | undefined
}

/** Which jobs to print, and how. */
interface JobOutput extends JobChoice {
  /** Whether to print documents of the control API. */
  readonly json: boolean
  readonly context: CommandContext
}

/** Prints the newest jobs of a scope, the oldest of them first. Throws ControlFailure. */
export async function printJobs(
  client: ControlClient,
  { limit, status, endpoint, json, context }: JobOutput,
): Promise<void> {
  const brief = json ? {} : { brief: true }
  const page = await client.jobs({ status, endpoint, limit, order: 'newest', ...brief })
  const jobs = page.jobs.toReversed()
  if (json) {
    await printLines([toPrintable(writeJson({ ...page, jobs }))], context)
    return
  }
  const { now_ms: nowMs } = await client.clock()
  const { paint } = context
  const width = widthOfOutput(context)
  const more = page.total > jobs.length ? [`${jobs.length} of ${page.total} jobs`] : []
  const words = page.total === 0 ? ['no jobs'] : more
  const table = page.total === 0 ? [] : renderJobs(jobs, { nowMs, width, paint })
  await printLines([...table, ...words.map((line) => fitText(line, width))], context)
}
