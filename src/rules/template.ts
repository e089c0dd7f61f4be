import { isJobList, isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'
import type { Result, RowSet } from '../jobs/result.ts'

/** The values for the expressions in templates. */
export interface TemplateSources {
  readonly request: JobRecord
  /** Undefined for a direct call: `job.id` and `job.tag` are then empty. */
  readonly job?: { readonly id: bigint; readonly tag: string }
  /** Epoch milliseconds of the scope's clock. */
  readonly nowMs: number
  readonly newUuid: () => string
  readonly nextSequence: () => bigint
  /** Maximum number of characters that templates insert into a result or an error. */
  readonly maxLength: number
}

/** The templates of a result insert more than the maximum. */
export class TemplateError extends Error {
  constructor(maxLength: number) {
    super(`the result has more than ${maxLength} characters`)
    this.name = 'TemplateError'
  }
}

/** All expressions except `request.…`. */
export const TEMPLATE_NAMES = ['job.id', 'job.tag', 'now', 'uuid', 'sequence'] as const

/** `{{ expression }}`; an expression contains no braces. */
const TEMPLATE = /\{\{([^{}]*)\}\}/g

/** The expressions in a string, such as `request.options.ttl`. */
export function templateExpressions(text: string): string[] {
  if (!text.includes('{{')) return []
  return Array.from(text.matchAll(TEMPLATE), ([, expression = '']) => expression.trim())
}

/**
 * Fills the templates in the fields and the cells of a result. A filled cell is a string; the caller
 * reads it as its column wants. A raw payload is unchanged. A result without
 * templates is returned as it is: all jobs of a rule share it.
 *
 * @throws TemplateError if they insert too much: a template of a long field can be repeated.
 */
export function renderResult(result: Result, sources: TemplateSources): Result {
  switch (result.kind) {
    case 'fields': {
      const fields = new Renderer(sources).record(result.fields)
      return fields === result.fields ? result : { kind: 'fields', fields }
    }
    case 'rows': {
      const renderer = new Renderer(sources)
      const fields = renderer.record(result.fields)
      const set = renderer.rows(result.set)
      const isSame = fields === result.fields && set === result.set
      return isSame ? result : { kind: 'rows', set, fields }
    }
    case 'raw':
      return result
  }
}

/** Fills the templates in a string. Throws as `renderResult` does. */
export function renderText(text: string, sources: TemplateSources): string {
  return new Renderer(sources).text(text)
}

/** Fills templates and counts what they insert. Returns what has no templates as it is. */
class Renderer {
  readonly #sources: TemplateSources
  #left: number

  constructor(sources: TemplateSources) {
    this.#sources = sources
    this.#left = sources.maxLength
  }

  record(record: JobRecord): JobRecord {
    let isSame = true
    const entries = Object.entries(record).map(([key, value]) => {
      const rendered = this.#value(value)
      if (rendered !== value) isSame = false
      return [key, rendered]
    })
    return isSame ? record : Object.fromEntries(entries)
  }

  rows(set: RowSet): RowSet {
    if (!set.hasTemplates) return set
    const rows = set.rows.map((row) =>
      row.map((cell) => (typeof cell === 'string' ? this.text(cell) : cell)),
    )
    return { ...set, rows }
  }

  /** Unknown expressions and missing fields become empty. */
  text(text: string): string {
    if (!text.includes('{{')) return text
    return text.replace(TEMPLATE, (_, expression: string) => {
      const value = evaluate(expression.trim(), this.#sources)
      this.#left -= value.length
      if (this.#left < 0) throw new TemplateError(this.#sources.maxLength)
      return value
    })
  }

  #value(value: JobValue): JobValue {
    if (typeof value === 'string') return this.text(value)
    if (isJobList(value)) return this.#list(value)
    return isJobRecord(value) ? this.record(value) : value
  }

  #list(list: readonly JobValue[]): readonly JobValue[] {
    const rendered = list.map((item) => this.#value(item))
    return rendered.some((item, index) => item !== list[index]) ? rendered : list
  }
}

function evaluate(expression: string, sources: TemplateSources): string {
  const [root, ...path] = expression.split('.')
  if (root === 'request') return toText(lookUp(sources.request, path))
  switch (expression) {
    case 'job.id':
      return String(sources.job?.id ?? '')
    case 'job.tag':
      return sources.job?.tag ?? ''
    case 'now':
      return String(sources.nowMs)
    case 'uuid':
      return sources.newUuid()
    case 'sequence':
      return String(sources.nextSequence())
    default:
      return ''
  }
}

function lookUp(root: JobValue, path: readonly string[]): JobValue | undefined {
  let value: JobValue | undefined = root
  for (const key of path) {
    if (isJobList(value)) value = value[Number(key)]
    else value = isJobRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

function toText(value: JobValue | undefined): string {
  if (Buffer.isBuffer(value)) return value.toString('base64')
  return typeof value === 'object' || value === undefined ? '' : String(value)
}
