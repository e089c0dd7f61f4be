import type { BriefRequestDocument } from '../control/recorded-request.ts'
import { countText } from '../documents/count-text.ts'
import { toPrintable } from '../documents/printable-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient } from './control-client.ts'
import { ControlFailure } from './control-failure.ts'
import { fitText } from './fit-text.ts'
import { listNewestRequests, queryOf, type RequestChoice } from './newest-requests.ts'
import { type CommandContext, printLines, widthOfOutput } from './output.ts'
import { renderMoreRequests, renderRequests } from './render-requests.ts'
import { followScope, type ScopeEvent } from './scope-events.ts'

/** How many requests are fetched at once. */
const PAGE = 100

/** What to print of requests, and how. */
export interface RequestOutput extends RequestChoice {
  /** Whether requests are printed as documents of the control API. */
  readonly json: boolean
}

/**
 * Prints the newest requests, and then each new one, until the signal is aborted or the reader leaves. A lost
 * connection is made again. Says how many requests left the journal before they were read.
 *
 * @throws ControlFailure if the mock does not answer at first, or rejects the token.
 */
export async function followRequests(
  client: ControlClient,
  { context, ...given }: RequestOutput & { readonly context: CommandContext },
): Promise<void> {
  const output = { ...given, brief: !given.json }
  const follower = new RequestFollower(client, { context, output })
  for await (const event of followScope(client, context)) {
    if (!(await follower.take(event))) return
  }
}

/** Requests to print. */
interface NextRequests {
  readonly requests: readonly BriefRequestDocument[]
  /** How many before them cannot be printed; below 1: none. */
  readonly skipped: number
}

/** Prints the requests of a scope that were not printed yet. */
class RequestFollower {
  readonly #client: ControlClient
  readonly #context: CommandContext
  readonly #output: RequestOutput
  #instance: string | undefined
  /** Identifies the start of the scope that the last id is of. */
  #generation: number | null = null
  /** The id of the last request that was printed or need not be. */
  #lastId = 0

  constructor(
    client: ControlClient,
    { context, output }: { readonly context: CommandContext; readonly output: RequestOutput },
  ) {
    this.#client = client
    this.#context = context
    this.#output = output
  }

  /** Prints what an event brings. Returns whether the reader is still there. */
  async take(event: ScopeEvent): Promise<boolean> {
    try {
      return event.kind === 'hello' ? await this.#begin(event) : await this.#goOn(event)
    } catch (error) {
      // The events go on when the mock or the scope is there again.
      const isGone = error instanceof ControlFailure && error.code !== 'UNAUTHORIZED'
      if (isGone && this.#instance !== undefined) return true
      throw error
    }
  }

  async #begin({ hello }: Extract<ScopeEvent, { kind: 'hello' }>): Promise<boolean> {
    const { instance, generation, exists, last_request: lastId } = hello
    const isFirst = this.#instance === undefined
    // Ids start again in another process, and in another scope of the name.
    if (this.#instance !== instance || this.#generation !== generation) this.#lastId = 0
    this.#generation = generation
    if (!exists) this.#context.report(`the scope ${this.#client.scope} does not exist yet`)
    if (isFirst) {
      const { requests } = exists
        ? await listNewestRequests(this.#client, this.#output)
        : { requests: [] }
      this.#lastId = Math.max(lastId, requests.at(-1)?.id ?? 0)
      this.#instance = instance
      return this.#print(requests, renderRequests)
    }
    this.#instance = instance
    return this.#printNew(lastId)
  }

  async #goOn({ changes }: Extract<ScopeEvent, { kind: 'changes' }>): Promise<boolean> {
    if (changes.scope !== undefined) {
      this.#generation = changes.generation ?? null
      this.#lastId = 0
    }
    return changes.requests === undefined ? true : this.#printNew(changes.requests[1])
  }

  /** Prints the requests after the last one, up to `newestId` at least, and how many are gone. */
  async #printNew(newestId: number): Promise<boolean> {
    for (;;) {
      const { requests, skipped } = await this.#readNext(newestId)
      if (skipped > 0 && !(await printLines([this.#describeSkipped(skipped)], this.#context))) {
        return false
      }
      if (!(await this.#print(requests, renderMoreRequests))) return false
      if (requests.length < PAGE) return true
    }
  }

  /** The next page, and how many of the requests before its end the journal no longer holds. */
  async #readNext(newestId: number): Promise<NextRequests> {
    const after = this.#lastId
    const whole = await this.#countAfter(after, newestId)
    const query = { ...queryOf(this.#output), after, limit: PAGE }
    const { requests } = await this.#client.requests(query)
    const seenId = requests.length < PAGE ? (whole?.newestId ?? newestId) : 0
    this.#lastId = Math.max(after, requests.at(-1)?.id ?? 0, seenId)
    if (whole) return { requests, skipped: whole.newestId - after - whole.count }
    // Ids have no gaps, unless requests are gone.
    return { requests, skipped: (requests[0]?.id ?? newestId + 1) - after - 1 }
  }

  /** With a filter, the number of all requests after one, which a page does not show. */
  async #countAfter(
    after: number,
    newestId: number,
  ): Promise<{ readonly newestId: number; readonly count: number } | undefined> {
    const { endpoint, unmatched } = this.#output
    if (endpoint === undefined && !unmatched) return undefined
    const query = { brief: true, order: 'newest', after, limit: 1 }
    const { requests, total } = await this.#client.requests(query)
    return { newestId: requests[0]?.id ?? newestId, count: total }
  }

  #describeSkipped(skipped: number): string {
    if (this.#output.json) return writeJson({ skipped })
    const { paint } = this.#context
    const text = `skipped ${countText(skipped, 'request')} that the journal no longer holds`
    return paint(fitText(text, widthOfOutput(this.#context)), 'yellow')
  }

  #print(
    requests: readonly BriefRequestDocument[],
    render: typeof renderRequests,
  ): Promise<boolean> {
    const { paint } = this.#context
    const width = widthOfOutput(this.#context)
    const lines = this.#output.json
      ? requests.map((request) => toPrintable(writeJson(request)))
      : render(requests, { width, paint, explains: this.#output.unmatched })
    return printLines(lines, this.#context)
  }
}
