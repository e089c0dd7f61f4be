import { runSoon, startRealTimer } from '../clock/time-source.ts'
import type { Scope } from '../scope/scope.ts'
import { ScopeError } from '../scope/scope-error.ts'

/** What a wait is made in. */
export interface WaitOptions {
  readonly scope: Scope
  /** How long to wait at most, in real time. */
  readonly timeoutMs: number
  /** When time alone may bring what is waited for, on the scope's clock; absent: it does not. */
  readonly nextAtMs?: () => number | undefined
  /** Ends the wait early, as if its time were over: whoever waited is gone. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Looks whenever something in a scope has changed, and comes back with what `look` gives as soon as
 * it gives something; with undefined once the time is over.
 *
 * @throws ScopeError where the scope is reset or removed meanwhile, and whatever `look` throws.
 */
export function waitUntil<Found>(
  look: () => Found | undefined,
  { scope, timeoutMs, nextAtMs, signal }: WaitOptions,
): Promise<Found | undefined> {
  return new Promise((resolve, reject) => {
    let isOver = false
    let stopClock = () => {}
    const end = (settle: () => void): void => {
      isOver = true
      stopClock()
      stopListening()
      stopTimeout()
      signal?.removeEventListener('abort', giveUp)
      settle()
    }
    const giveUp = () => end(() => resolve(undefined))
    const check = (): void => {
      // A look that was about to happen when the wait ended would start a timer that nothing stops.
      if (isOver) return
      stopClock()
      try {
        assertOpen(scope)
        const found = look()
        if (found === undefined) stopClock = waitForClock()
        else end(() => resolve(found))
      } catch (error) {
        end(() => reject(error))
      }
    }
    /** Looks again when time alone may have brought it. Gives what ends that. */
    const waitForClock = () => {
      const nowMs = scope.clock.now()
      const leftMs = (nextAtMs?.() ?? Number.POSITIVE_INFINITY) - nowMs
      if (leftMs === Number.POSITIVE_INFINITY) return () => {}
      // An auto clock calls back at once: a long lifecycle must not become a deep recursion.
      return scope.clock.schedule(leftMs, () => runSoon(check))
    }
    const stopListening = scope.changes.listen(check)
    const stopTimeout = startRealTimer(timeoutMs, giveUp)
    signal?.addEventListener('abort', giveUp)
    check()
  })
}

function assertOpen(scope: Scope): void {
  if (!scope.isClosed) return
  const reason = 'it was reset or removed'
  throw new ScopeError('SCOPE_CLOSED', `Cannot go on waiting in the scope ${scope.name}: ${reason}`)
}
