import type { ResultEncoding } from './encoding.ts'
import type { Caller, JobContent, RequestDecoder } from './job.ts'
import type { JobTags } from './job-tags.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import { type Result, soleEncoding } from './result.ts'

/** What jobs have in common that were created alike. Immutable: such jobs share one object. */
export interface JobKind {
  readonly endpoint: string
  readonly placement: Placement
  readonly result: Result
  readonly encoding: ResultEncoding
  readonly lifecycle: Lifecycle
  readonly caller: Caller
  readonly keep: JobContent['keep']
  /** Reads requests that are kept as they were sent. Undefined: jobs keep their records. */
  readonly decode: RequestDecoder | undefined
  /** The tags of jobs without one of their own; the same for all jobs of a registry. */
  readonly tags: JobTags
}

/** The kind of a job with this content. */
export function kindOf(
  content: JobContent,
  { placement, tags }: Pick<JobKind, 'placement' | 'tags'>,
): JobKind {
  const { endpoint, result, encoding, lifecycle, caller, keep, sent } = content
  return {
    endpoint,
    placement,
    result,
    encoding: soleEncoding(result) ?? encoding,
    lifecycle,
    caller,
    keep,
    decode: sent?.decode,
    tags,
  }
}

/** Finds the object of a kind that jobs have already. */
export class JobKinds {
  /** The last kind of each endpoint, for as long as a job has it. */
  readonly #last = new Map<string, WeakRef<JobKind>>()

  /** The last kind of the endpoint if it is the same, else the new one. */
  share(kind: JobKind): JobKind {
    const last = this.#last.get(kind.endpoint)?.deref()
    if (last !== undefined && isAlike(last, kind)) return last
    this.#last.set(kind.endpoint, new WeakRef(kind))
    return kind
  }
}

function isAlike(one: JobKind, other: JobKind): boolean {
  return (
    one.placement === other.placement &&
    one.result === other.result &&
    one.encoding === other.encoding &&
    one.lifecycle === other.lifecycle &&
    one.caller === other.caller &&
    one.keep === other.keep &&
    one.decode === other.decode
  )
}
