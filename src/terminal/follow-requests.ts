import type { BriefRequestDocument } from '../control/recorded-request.ts'
import { toPrintable } from '../documents/printable-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { ControlClient } from './control-client.ts'
import { ControlFailure } from './control-failure.ts'
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
 * connection is made again.
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
    return this.#printNew()
  }

  async #goOn({ changes }: Extract<ScopeEvent, { kind: 'changes' }>): Promise<boolean> {
    if (changes.scope !== undefined) {
      this.#generation = changes.generation ?? null
      this.#lastId = 0
    }
    return changes.requests === undefined ? true : this.#printNew()
  }

  /** Prints the requests after the last one. */
  async #printNew(): Promise<boolean> {
    for (;;) {
      const query = { ...queryOf(this.#output), after: this.#lastId, limit: PAGE }
      const { requests } = await this.#client.requests(query)
      this.#lastId = requests.at(-1)?.id ?? this.#lastId
      if (!(await this.#print(requests, renderMoreRequests))) return false
      if (requests.length < PAGE) return true
    }
  }

  #print(
    requests: readonly BriefRequestDocument[],
    render: typeof renderRequests,
  ): Promise<boolean> {
    const { stdout, paint } = this.#context
    const lines = this.#output.json
      ? requests.map((request) => toPrintable(writeJson(request)))
      : render(requests, { width: widthOfOutput(stdout), paint, explains: this.#output.unmatched })
    return printLines(lines, this.#context)
  }
}
