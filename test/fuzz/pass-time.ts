import { startRealTimer } from '../../src/clock/time-source.ts'

const STEP_MS = 20
const MAX_STEPS = 500

/** Resolves after ms of real time. */
export function passTime(ms: number): Promise<void> {
  return new Promise((resolve) => startRealTimer(ms, resolve, { keepsAlive: true }))
}

/** Whether something ends within ten seconds; the machine may be busy. */
export async function endsSoon(isThere: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (!(await isThere())) return true
    await passTime(STEP_MS)
  }
  return false
}
