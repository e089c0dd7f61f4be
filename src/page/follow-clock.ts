import { rateOf } from '../page-state/clock-time.ts'
import type { Store } from '../page-state/store.ts'

/** How often the shown time moves. Fast enough for a bar, and ten redraws a second cost little. */
const EVERY_MS = 100
const CALM_MS = 1000

/** Moves the shown time while the clock of the scope runs and the page is visible. */
export function followClock(store: Store): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)')
  let shownAtMs = 0
  const tick = (atMs: number) => {
    requestAnimationFrame(tick)
    const clock = store.clock.peek()?.clock
    if (clock === undefined || rateOf(clock) === 0) return
    if (atMs - shownAtMs < (isCalm.matches ? CALM_MS : EVERY_MS)) return
    shownAtMs = atMs
    store.tick()
  }
  requestAnimationFrame(tick)
}
