import { isJobList, isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'

/** What a response may repeat of its exchange: a replay has other values. */
export interface Repeated {
  /** The secrets of the request, with their paths. */
  readonly secrets: ReadonlyMap<string, string>
  /** Undefined for a direct call. */
  readonly job?: { readonly id: bigint; readonly tag: string } | undefined
  /** When the request came, in epoch milliseconds. */
  readonly fromMs: number
  /** When the answer was whole. */
  readonly toMs: number
}

/** How far the clock of the server may be from that of the proxy. */
const MAX_SKEW_MS = 2000

/** A shorter tag may be in a text by chance. */
const MIN_TAG_LENGTH = 8

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Keys of ids that a server makes for each answer. */
const ANSWER_ID = /^(query|request|trace)_?id$/i

/** Replaces the strings that repeat what only this exchange has by templates; else the same record. */
export function nameTemplates(record: JobRecord, repeated: Repeated): JobRecord {
  return new Namer(repeated).record(record)
}

/** Replaces the tag of a job in a text, such as an error. */
export function nameTag(text: string, { job }: Pick<Repeated, 'job'>): string {
  const isLong = job !== undefined && job.tag.length >= MIN_TAG_LENGTH
  return isLong ? text.replaceAll(job.tag, '{{job.tag}}') : text
}

/** A text in which nothing looks like a template. */
export function withoutTemplates(text: string): string {
  return text.replace(/\{(?=\{)/g, '{ ')
}

class Namer {
  readonly #repeated: Repeated

  constructor(repeated: Repeated) {
    this.#repeated = repeated
  }

  record(record: JobRecord): JobRecord {
    let isSame = true
    const entries = Object.entries(record).map(([key, value]) => {
      const named = this.#value(value, key)
      if (named !== value) isSame = false
      return [key, named]
    })
    return isSame ? record : Object.fromEntries(entries)
  }

  #value(value: JobValue, key: string): JobValue {
    if (typeof value === 'string') return this.#text(value, key)
    if (isJobRecord(value)) return this.record(value)
    if (!isJobList(value)) return value
    const items = value.map((item) => this.#value(item, key))
    return items.some((item, index) => item !== value[index]) ? items : value
  }

  #text(text: string, key: string): string {
    if (text === '') return text
    if (ANSWER_ID.test(key) && UUID.test(text)) return '{{uuid}}'
    if (this.#isNow(text)) return '{{now}}'
    return this.#secret(text) ?? this.#ofJob(text, key)
  }

  #secret(text: string): string | undefined {
    for (const [path, secret] of this.#repeated.secrets) {
      if (text === secret) return `{{${path}}}`
    }
    return undefined
  }

  #ofJob(text: string, key: string): string {
    const { job } = this.#repeated
    if (job === undefined) return text
    if (/tag$/i.test(key) && text === job.tag) return '{{job.tag}}'
    if (/job_?id$/i.test(key) && text === String(job.id)) return '{{job.id}}'
    return nameTag(text, { job })
  }

  #isNow(text: string): boolean {
    if (!/^\d{13}$/.test(text)) return false
    const { fromMs, toMs } = this.#repeated
    return Number(text) >= fromMs - MAX_SKEW_MS && Number(text) <= toMs + MAX_SKEW_MS
  }
}
