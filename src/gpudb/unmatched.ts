import { describeMismatch } from '../rules/pattern.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { NearestMiss } from '../rules/rule-set.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { Call } from './call.ts'

/** How many differences an explanation names. */
const MAX_MISMATCHES = 10

/**
 * Says why no rule matched a request: in an error where the scope is strict, else to the log where
 * the endpoint has rules.
 *
 * @throws GpudbError where the scope is strict.
 */
export function reportUnmatched(
  request: RuleRequest,
  { scope, report }: Pick<Call, 'scope' | 'report'>,
): void {
  const explained = scope.strict || scope.rules.isAbout(request)
  if (!explained) return
  const message = describe(request, scope.rules.explain(request))
  if (scope.strict) throw new GpudbError(message)
  report(message)
}

function describe({ endpoint, as }: RuleRequest, nearest: NearestMiss | undefined): string {
  const what = `Cannot match ${endpoint}${as === 'job' ? ' as a job' : ''}`
  if (nearest === undefined) return `${what}: there are no rules`
  const { rule, mismatches } = nearest
  const shown = mismatches.slice(0, MAX_MISMATCHES).map(describeMismatch)
  return `${what}: the nearest rule is ${rule.name}; ${shown.join('; ')}`
}
