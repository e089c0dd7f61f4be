import type { Answer } from '../gpudb-parts/call.ts'
import { answerEncoding } from '../jobs/encoding.ts'
import type { JobContent } from '../jobs/job.ts'
import type { JobName } from '../jobs/job-table.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import { ECHO, type Result } from '../jobs/result.ts'
import { type Rule, type RuleRequest, type Then, valueFor } from '../rules/rule.ts'
import { renderResult, renderText, TemplateError, type TemplateSources } from '../rules/template.ts'
import type { Scope } from '../scope/scope.ts'
import { CellError, readFilledCells } from '../tables/fill-cells.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** A rule, a request that it matched, and the scope of both. */
export interface RuleUse {
  readonly rule: Rule
  readonly asked: RuleRequest
  readonly scope: Scope
  /** The maximum size of a message in bytes: templates insert no more into a result. */
  readonly maxBytes: number
}

/** The parts of a job that a rule determines. */
export type ScriptedJob = Pick<JobContent, 'lifecycle' | 'result' | 'encoding'>

/** Whether a rule has an answer; without one, an endpoint with behaviour of its own keeps it. */
export function hasAnswer({ lifecycle, result, error }: Then): boolean {
  return lifecycle !== undefined || result !== undefined || error !== undefined
}

/**
 * The answer to a direct call: the outcome of a job with the same rule.
 *
 * @throws GpudbError if the templates of the rule make the answer too large.
 */
export function answerDirectly(use: RuleUse): Answer {
  const { then } = use.rule
  const { endpoint } = use.asked
  const { delayMs } = then
  const lifecycle = valueFor(then.lifecycle, endpoint)
  if (lifecycle && lifecycle.outcome !== 'DONE') {
    const error = lifecycle.outcome === 'ERROR' ? lifecycle.error : `${endpoint} was cancelled`
    const text = fill(use, () => renderText(error, sourcesOf(use)))
    const refusal = { error: text, code: 'REFUSED' } as const
    return { ...refusal, httpStatus: then.httpStatus, delayMs }
  }
  const result = valueFor(then.result, endpoint) ?? ECHO
  if (!then.mayHaveTemplates) return { result, delayMs }
  return { result: fill(use, () => fillResult(result, sourcesOf(use))), delayMs }
}

/**
 * The lifecycle and result of a job. Templates are filled now, so that the result is fixed.
 *
 * @throws GpudbError if the templates of the rule make them too large.
 */
export function scriptJob(use: RuleUse, job: JobName): ScriptedJob {
  const { then } = use.rule
  const { endpoint } = use.asked
  const lifecycle = valueFor(then.lifecycle, endpoint) ?? use.scope.plainLifecycle(endpoint)
  const result = valueFor(then.result, endpoint) ?? ECHO
  const encoding = then.encoding ?? answerEncoding(use.asked.encoding)
  if (!then.mayHaveTemplates) return { lifecycle, result, encoding }
  const sources = { ...sourcesOf(use), job }
  return fill(use, () => ({
    lifecycle: renderError(lifecycle, sources),
    result: fillResult(result, sources),
    encoding,
  }))
}

function fillResult(result: Result, sources: TemplateSources): Result {
  const rendered = renderResult(result, sources)
  if (rendered.kind !== 'rows' || rendered === result) return rendered
  return { ...rendered, set: readFilledCells(rendered.set) }
}

/** Fills templates. Throws GpudbError instead of TemplateError and CellError. */
function fill<Filled>({ rule }: RuleUse, render: () => Filled): Filled {
  try {
    return render()
  } catch (error) {
    const isRefusal = error instanceof TemplateError || error instanceof CellError
    /* c8 ignore next -- not about the templates: a bug of this code */
    if (!isRefusal) throw error
    const message = `Cannot fill the templates of the rule ${rule.name}: ${error.message}`
    throw new GpudbError(message, { cause: error })
  }
}

function sourcesOf({ asked, scope, maxBytes }: RuleUse): TemplateSources {
  return {
    request: asked.request,
    nowMs: scope.clock.now(),
    newUuid: scope.newUuid,
    nextSequence: () => scope.nextSequence(),
    maxLength: maxBytes,
  }
}

/** Returns a lifecycle without templates as it is, so that all jobs of the rule share it. */
function renderError(lifecycle: Lifecycle, sources: TemplateSources): Lifecycle {
  const error = renderText(lifecycle.error, sources)
  return error === lifecycle.error ? lifecycle : { ...lifecycle, error }
}
