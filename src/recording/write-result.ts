import type { Catalogue } from '../avro/catalogue.ts'
import {
  type GivenResponse,
  pick,
  type RecordedResult,
  thenOf,
} from '../exchanges/given-response.ts'
import type { AnswerParts } from '../exchanges/kept-answer.ts'
import { nameTemplates } from '../exchanges/name-templates.ts'
import { writeFields } from '../fixture-format/fixture-dialect.ts'
import type { FixtureThen } from '../fixture-format/fixture-format.ts'
import { completeResult } from '../gpudb-parts/complete-result.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { isSameValue, someScalar } from './same-value.ts'
import { scratchScope } from './scratch-scope.ts'
import { withoutRowSecrets, writeRows } from './write-rows.ts'

/** Whether answers that a record does not give again byte by byte are kept as bytes. */
export type RawPolicy = 'always' | 'never'

/** What results are written with. */
export interface ResultOptions {
  readonly catalogue: Catalogue
  readonly redaction: Redaction
  readonly raw: RawPolicy
}

/** Writes responses as the results of rules, without secrets. */
export class ResultWriter {
  readonly #options: ResultOptions
  readonly #scope = scratchScope()

  constructor(options: ResultOptions) {
    this.#options = options
  }

  /** Undefined, which is noted, if a fixture cannot hold the response. */
  write(result: RecordedResult): AnswerParts | undefined {
    const { record, isExact } = result.payload
    if (record === undefined) return this.#raw(result)
    const isKept = isExact || this.#options.raw === 'never'
    if (!isKept || !isWritable(record)) return this.#raw(result) ?? this.#withRecord(result, record)
    return this.#withRecord(result, record)
  }

  #withRecord(result: RecordedResult, record: JobRecord): AnswerParts | undefined {
    if (!isWritable(record)) {
      result.note('response', 'a fixture cannot hold a value in it')
      return undefined
    }
    const { redaction, catalogue } = this.#options
    const read = { ...result, response: record, scope: this.#scope }
    const safe = withoutRowSecrets(read, redaction)
    if (safe === undefined) return undefined
    const shown = this.#shown(safe, result)
    const given = { ...read, response: safe, shown, catalogue }
    const { text, isWhole } = writeResponse(given)
    return isWhole ? { text } : (writeRows(given) ?? { text })
  }

  /** The response with templates and without secrets, also those of the request. */
  #shown(response: JobRecord, { request, repeated }: RecordedResult): JobRecord {
    const named = nameTemplates(response, repeated)
    return this.#options.redaction.knowing(request).value(named)
  }

  /** The payload as it came; undefined if it is not to be kept, or may hold a secret. */
  #raw({
    payload: { payload, record },
    encoding,
    request,
    note,
  }: RecordedResult): AnswerParts | undefined {
    const { raw, redaction } = this.#options
    if (raw === 'never' && (record === undefined || isWritable(record))) return undefined
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    const knowing = redaction.knowing(request)
    const isSecret = redaction.isSuspect(bytes) || (record !== undefined && knowing.isIn(record))
    if (isSecret) {
      note('response', 'may hold a secret and is not kept as bytes')
      return undefined
    }
    const text: FixtureThen =
      typeof payload === 'string'
        ? { response_text: payload }
        : { response_base64: payload.toString('base64') }
    return { text, encoding }
  }
}

/** Whether a rule can hold a record: no template is meant, and JSON has no NaN. */
function isWritable(record: JobRecord): boolean {
  return !someScalar(record, (value) => {
    return typeof value === 'string' ? value.includes('{{') : !Number.isFinite(value)
  })
}

/** Writes the fields of a response, without those that the mock answers by itself. */
function writeResponse(given: GivenResponse): {
  readonly text: FixtureThen
  readonly isWhole: boolean
} {
  const { response, shown } = given
  const usual = complete(given, {})
  const names = Object.keys(response)
  const other = names.filter((name) => !isSameValue(usual[name], response[name]))
  const few = complete(given, pick(response, other))
  const isEnough = names.every((name) => isSameValue(few[name], response[name]))
  const fields = writeFields(pick(shown, isEnough ? other : names))
  const isWhole = isEnough && !other.some((name) => OPAQUE.test(name))
  return { text: thenOf(fields), isWhole }
}

/** Fields that are better written as rows. */
const OPAQUE = /^(?:response_schema_str|(?:list_)?records(?:_binary|_json)?|.*_encoded_response)$/

/** The response that the mock completes from some fields. */
function complete(
  { endpoint, request, scope, catalogue }: GivenResponse,
  fields: JobRecord,
): JobRecord {
  const result = completeResult({ kind: 'fields', fields }, { endpoint, request, scope })
  /* c8 ignore next -- fields stay fields */
  const completed = result.kind === 'fields' ? result.fields : {}
  return catalogue.get(endpoint).completeResponse(completed, request)
}
