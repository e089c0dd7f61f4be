import type { AvroRecord } from '../avro/avro-value.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { CallSource, GpudbCall } from '../wire/gpudb-call.ts'

/** A direct call as rules see it. */
export class DirectRequest implements RuleRequest {
  readonly endpoint: string
  readonly exactOnly: boolean
  readonly as = 'direct'
  readonly request: AvroRecord
  readonly tag = ''
  readonly encoding: RuleRequest['encoding']
  readonly #source: CallSource

  constructor(call: GpudbCall, options: { readonly exactOnly: boolean }) {
    this.endpoint = call.endpoint
    this.exactOnly = options.exactOnly
    this.request = call.request
    this.encoding = call.encoding
    this.#source = call.source
  }

  /** Read from the request's header when a rule asks for it. */
  get user(): string {
    return this.#source.user
  }
}
