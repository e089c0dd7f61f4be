/** The longest that setTimeout can wait, in ms: it would call back at once after a longer time. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/**
 * Calls back once in real time, whatever the clock of a scope says: for the process itself, such as
 * the deadline of its shutdown. It does not keep the process alive. Gives what cancels it.
 */
export function startRealTimer(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (leftMs: number): void => {
    const over = leftMs <= MAX_TIMEOUT_MS
    /* c8 ignore next -- the second call comes after 25 days */
    const next = over ? callback : () => wait(leftMs - MAX_TIMEOUT_MS)
    timer = setTimeout(next, over ? leftMs : MAX_TIMEOUT_MS).unref()
  }
  wait(ms)
  return () => clearTimeout(timer)
}
