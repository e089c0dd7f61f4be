import { startRealTimer } from '../clock/real-timer.ts'
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
  const { promise, resolve, reject } = withResolvers<Found | undefined>()
  let stopClock = () => {}
  const check = (): void => {
    stopClock()
    try {
      assertOpen(scope)
      const found = look()
      if (found !== undefined) resolve(found)
      const atMs = found === undefined ? nextAtMs?.() : undefined
      if (atMs === undefined) return
      // An auto clock calls back at once: a long lifecycle must not become a deep recursion.
      const leftMs = Math.max(atMs - scope.clock.now(), 0)
      stopClock = scope.clock.schedule(leftMs, () => queueMicrotask(check))
    } catch (error) {
      reject(error)
    }
  }
  const stopListening = scope.changes.listen(check)
  const giveUp = () => resolve(undefined)
  const stopTimeout = startRealTimer(timeoutMs, giveUp)
  signal?.addEventListener('abort', giveUp)
  check()
  return promise.finally(() => {
    stopClock()
    stopListening()
    stopTimeout()
    signal?.removeEventListener('abort', giveUp)
  })
}

function assertOpen(scope: Scope): void {
  if (!scope.isClosed) return
  const reason = 'it was reset or removed'
  throw new ScopeError('SCOPE_CLOSED', `Cannot go on waiting in the scope ${scope.name}: ${reason}`)
}

/** A promise and what settles it; Promise.withResolvers() is newer than the oldest Node we run on. */
function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
