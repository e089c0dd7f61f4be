import type { ResultEncoding } from '../../src/jobs/encoding.ts'
import type { JobDefinition, JobRecord } from '../../src/jobs/job.ts'
import type { Lifecycle, Outcome } from '../../src/jobs/lifecycle.ts'
import type { Result } from '../../src/jobs/result.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { readReferenceRecord } from './avro-reference-reader.ts'
import { catalogueLines } from './endpoint-catalogue.ts'
import { lifecycleOf } from './lifecycles.ts'
import { ruleOf } from './rules.ts'
import { seedJob } from './server.ts'
import type { WireVector } from './vectors.ts'

/** Jobs whose ids JavaScript rounds to other ids, so that an id with lost digits finds no job. */
const LONG_IDS = [9007199254740993n, 9223372036854775807n]

/** The jobs that the answer of a vector requires. */
export function seedsOf({ endpoint, ...vector }: WireVector): readonly JobDefinition[] {
  const request = Object(vector.decoded_request)
  const response = Object(vector.decoded_response)
  if (vector.decoded_response === null) return LONG_IDS.map((id) => seedJob({ id }))
  switch (endpoint) {
    case '/create/job':
      return Array.from({ length: Number(response.job_id) - 1 }, () => seedJob())
    case '/get/job':
      return [seedPolled(request, response)]
    case '/admin/show/jobs':
      return response.job_id.map((id: string, index: number) =>
        seedJob({
          id: BigInt(id),
          endpoint: response.endpoint_name[index],
          lifecycle: lifecycleTo(response.status[index]),
          caller: { user: response.auth_id[index], sourceIp: response.source_ip[index] },
        }),
      )
    case '/admin/alter/jobs':
      return response.job_ids.map((id: string, index: number) =>
        seedJob({
          id: BigInt(id),
          tag: request.options.job_tag ?? `job-${id}`,
          // Reported as CANCELLED, it was running until then.
          lifecycle: lifecycleTo(response.status[index] === 'DONE' ? 'DONE' : 'RUNNING'),
        }),
      )
  }
  return []
}

/** The rule that makes a direct call return the answer of the vector. */
export function rulesOf({ endpoint, decoded_response }: WireVector): readonly Rule[] {
  if (endpoint !== '/alter/table') return []
  const result: Result = { kind: 'fields', fields: Object(decoded_response) }
  const then = { ...ruleOf().then, result: () => result }
  return [ruleOf({ when: { endpoint }, then })]
}

/** The job that `/get/job` reported, with the reported state and result. */
function seedPolled(
  request: { readonly job_id?: string | { readonly json_string: string } },
  response: {
    readonly endpoint: string
    readonly job_status: 'RUNNING' | Outcome
    readonly progress: number
    readonly response_encoding: ResultEncoding
    readonly job_response: { readonly hex: string }
    readonly job_response_str: string
    readonly info: { readonly job_tag: string }
  },
): JobDefinition {
  const { job_id: asked = '0' } = request
  const id = BigInt(typeof asked === 'string' ? asked : asked.json_string)
  return seedJob({
    // If it is requested by its tag, a job may have any id.
    id: id === 0n ? 1n : id,
    tag: response.info.job_tag,
    endpoint: response.endpoint,
    encoding: response.response_encoding,
    lifecycle: lifecycleTo(response.job_status, response.progress),
    result: { kind: 'fields', fields: readResult(response) },
  })
}

function readResult(polled: {
  readonly endpoint: string
  readonly job_response: { readonly hex: string }
  readonly job_response_str: string
}): JobRecord {
  const { endpoint, job_response, job_response_str } = polled
  if (job_response_str !== '') return JSON.parse(job_response_str)
  if (job_response.hex === '') return {}
  const line = catalogueLines.find((one) => one.endpoint === endpoint)
  return readReferenceRecord(line?.response.fields ?? [], Buffer.from(job_response.hex, 'hex'))
}

/** A lifecycle that stays in one status and at one percentage from the start. */
function lifecycleTo(status: 'RUNNING' | Outcome, progress = 0): Lifecycle {
  if (status === 'RUNNING') return lifecycleOf([{ ends: 'hold', progress }])
  return lifecycleOf([{ ends: 'after', afterMs: 0, progress }], { outcome: status })
}
