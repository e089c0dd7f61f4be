import { describeMismatch } from '../rules/pattern.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { NearestMiss } from '../rules/rule-set.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { Call } from './call.ts'

/** The maximum number of differences that an explanation lists. */
const MAX_MISMATCHES = 10

/**
 * Explains why no rule matched a request: in an error if the scope is strict, else in the log if
 * the endpoint has rules.
 *
 * @throws GpudbError if the scope is strict.
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
