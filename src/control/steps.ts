import { nextTurn } from '../clock/time-source.ts'

/** Work in steps, each of which costs little; its result comes after the last one. */
export type Steps<Result> = Generator<void, Result, undefined>

/** Does all steps at once. */
export function doAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Does one step in each turn of the event loop: other requests are answered between them. */
export async function doInTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await nextTurn()
  }
}
