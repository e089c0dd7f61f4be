import { answerEncoding } from '../jobs/encoding.ts'
import type { JobContent } from '../jobs/job.ts'
import type { JobName } from '../jobs/job-table.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import { ECHO } from '../jobs/result.ts'
import type { Rule, RuleRequest, Then } from '../rules/rule.ts'
import { renderResult, renderText, type TemplateSources } from '../rules/template.ts'
import type { Scope } from '../scope/scope.ts'
import type { Answer } from './call.ts'

/** What a rule is applied to. */
export interface RuleUse {
  readonly rule: Rule
  readonly asked: RuleRequest
  readonly scope: Scope
}

/** What a rule decides of a job. */
export type ScriptedJob = Pick<JobContent, 'lifecycle' | 'result' | 'encoding'>

/** Whether a rule says what to answer, and not only when. */
export function hasAnswer({ lifecycles, results, error }: Then): boolean {
  return lifecycles.size > 0 || results.size > 0 || error !== undefined
}

/** What a direct call is answered with: how a job by the same rule would end. */
export function answerDirectly(use: RuleUse): Answer {
  const { then } = use.rule
  const { endpoint } = use.asked
  const { delayMs, fault } = then
  const sources = sourcesOf(use)
  const lifecycle = then.lifecycles.get(endpoint)
  if (lifecycle && lifecycle.outcome !== 'DONE') {
    const error = lifecycle.outcome === 'ERROR' ? lifecycle.error : `${endpoint} was cancelled`
    const refusal = { error: renderText(error, sources), code: 'REFUSED' } as const
    return { ...refusal, httpStatus: then.httpStatus, delayMs, fault }
  }
  return { result: renderResult(then.results.get(endpoint) ?? ECHO, sources), delayMs, fault }
}

/** How a job runs and ends; templates are filled now, so that its result never changes. */
export function scriptJob(use: RuleUse, job: JobName): ScriptedJob {
  const { then } = use.rule
  const { endpoint, encoding } = use.asked
  const sources = { ...sourcesOf(use), job }
  const lifecycle = then.lifecycles.get(endpoint) ?? use.scope.plainLifecycle(endpoint)
  return {
    lifecycle: renderError(lifecycle, sources),
    result: renderResult(then.results.get(endpoint) ?? ECHO, sources),
    encoding: then.encoding ?? answerEncoding(encoding),
  }
}

function sourcesOf({ asked, scope }: RuleUse): TemplateSources {
  return {
    request: asked.request,
    nowMs: scope.clock.now(),
    newUuid: scope.newUuid,
    nextSequence: () => scope.nextSequence(),
  }
}

/** A lifecycle without templates is shared by all its jobs. */
function renderError(lifecycle: Lifecycle, sources: TemplateSources): Lifecycle {
  const error = renderText(lifecycle.error, sources)
  return error === lifecycle.error ? lifecycle : { ...lifecycle, error }
}
