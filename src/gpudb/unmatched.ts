import type { Call } from '../gpudb-parts/call.ts'
import { describeMismatch } from '../patterns/pattern.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { NearestMiss } from '../rules/nearest-miss.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { JournalEntry, NearestRule } from '../scope/journal-entry.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** The maximum number of differences that an explanation lists. */
const MAX_MISMATCHES = 10

/**
 * Notes in the journal entry why no rule matched a request, if the scope is strict or the endpoint
 * has rules.
 *
 * @throws GpudbError with the reason if the scope is strict.
 */
export function noteUnmatched(
  request: RuleRequest,
  { scope, entry }: Pick<Call, 'scope' | 'entry'>,
): void {
  const { strict, rules, redaction } = scope
  if (!strict && !rules.isAbout(request)) return
  const miss = rules.explain(request)
  entry.nearest = miss && describeMiss(miss, { request, redaction })
  if (request.as === 'job') entry.jobEndpoint = request.endpoint
  if (strict) throw new GpudbError(explainUnmatched(entry))
}

/** Why no rule matched: `Cannot match /has/table: the nearest rule is orders; request…`. */
export function explainUnmatched({ endpoint, jobEndpoint, nearest }: JournalEntry): string {
  const what = jobEndpoint === undefined ? endpoint : `${jobEndpoint} as a job`
  if (nearest === undefined) return `Cannot match ${what}: there are no rules`
  return `Cannot match ${what}: the nearest rule is ${nearest.rule}; ${nearest.reason}`
}

function describeMiss(
  { rule, mismatches }: NearestMiss,
  { request, redaction }: { readonly request: RuleRequest; readonly redaction: Redaction },
): NearestRule {
  const knowing = redaction.knowing(request.request, rule.when.request)
  const shown = mismatches
    .slice(0, MAX_MISMATCHES)
    .map((mismatch) => describeMismatch(mismatch, knowing))
  return { rule: rule.name, reason: shown.join('; ') }
}
