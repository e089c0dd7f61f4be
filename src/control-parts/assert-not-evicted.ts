import type { Scope } from '../scope/scope.ts'
import { ScopeError } from '../scope/scope-error.ts'

/**
 * Rejects an assertion about what came: the requests and jobs of an evicted scope are lost. `action`
 * is such as `verify requests`.
 */
export function assertNotEvicted({ name, wasEvicted }: Scope, action: string): void {
  if (!wasEvicted) return
  const reason = 'it was evicted, or may have been, and what came before is lost'
  const advice = 'reset or create it before the test, remove unused scopes, or raise max-scopes'
  throw new ScopeError(
    'SCOPE_EVICTED',
    `Cannot ${action} in the scope ${name}: ${reason}; ${advice}`,
  )
}
