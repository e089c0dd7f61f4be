import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { runSoon, startRealTimer } from '../clock/time-source.ts'
import type { Scope } from '../scope/scope.ts'
import { ScopeError } from '../scope/scope-error.ts'
import { ControlError, type InputUse, refuseInput } from './control-error.ts'

/** Ends a wait early, for code in the same process. */
export interface WaitSignal {
  /** Aborting it rejects the wait with WAIT_ABORTED. */
  readonly signal?: AbortSignal | undefined
}

/** The context of a wait. */
export interface WaitOptions extends WaitSignal {
  readonly scope: Scope
  /** The maximum time to wait, in ms of real time. */
  readonly timeoutMs: number
  /** When time alone may bring the result, on the scope's clock; undefined if it does not. */
  readonly nextAtMs?: () => number | undefined
  /** Such as `wait for the job`, for the error of an aborted wait. */
  readonly action: string
}

/** Separates the signal from the options that are JSON. Throws ControlError if it is no signal. */
export function splitSignal(
  options: unknown,
  use: InputUse,
): { readonly signal: AbortSignal | undefined; readonly input: unknown } {
  if (typeof options !== 'object' || options === null || !('signal' in options)) {
    return { signal: undefined, input: options }
  }
  const { signal, ...input } = options
  if (signal === undefined || isSignal(signal)) return { signal, input }
  const message = 'expected an AbortSignal'
  throw refuseInput([{ path: ['signal'], part: 'value', message }], use)
}

/** Not by its class: test runners have one of their own. By its methods: JSON holds none. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null || !('aborted' in value)) return false
  if (!('addEventListener' in value) || !('removeEventListener' in value)) return false
  return [value.addEventListener, value.removeEventListener].every(
    (method) => typeof method === 'function',
  )
}

/**
 * Calls `look` after every change in a scope, and resolves with its first result that is not
 * undefined; with undefined when the time is over. A wait keeps the process alive.
 *
 * @throws ScopeError if the scope is reset or removed meanwhile, ControlError if the signal is
 *   aborted, and whatever `look` throws.
 */
export function waitUntil<Found>(
  look: () => Found | undefined,
  { scope, timeoutMs, nextAtMs, signal, action }: WaitOptions,
): Promise<Found | undefined> {
  return new Promise((resolve, reject) => {
    let isOver = false
    let stopClock = () => {}
    const end = (settle: () => void): void => {
      isOver = true
      stopClock()
      stopListening()
      stopTimeout()
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => end(() => reject(aborted(action, signal?.reason)))
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
    /** Checks again when time alone may have brought the result. Returns what ends that. */
    const waitForClock = () => {
      const atMs = nextAtMs?.() ?? Number.POSITIVE_INFINITY
      if (atMs > MAX_TIME_MS) return () => {}
      // An auto clock calls back at once: a long lifecycle must not become a deep recursion.
      return scope.clock.schedule(atMs - scope.clock.now(), () => runSoon(check))
    }
    const stopListening = scope.changes.listen(check)
    const giveUp = () => end(() => resolve(undefined))
    const stopTimeout = startRealTimer(timeoutMs, giveUp, { keepsAlive: true })
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)
    check()
  })
}

function aborted(action: string, cause: unknown): ControlError {
  return new ControlError('WAIT_ABORTED', `Cannot ${action}: the wait was aborted`, { cause })
}

/** Throws ScopeError if a scope is gone, after a call has waited in it. */
export function assertOpen(scope: Scope): void {
  if (!scope.isClosed) return
  const reason = 'it was reset, removed or evicted, or the mock is stopping'
  throw new ScopeError('SCOPE_CLOSED', `Cannot go on in the scope ${scope.name}: ${reason}`)
}
