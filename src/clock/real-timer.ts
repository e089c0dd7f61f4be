/**
 * Calls back once in real time, whatever the clock of a scope says: for the process itself, such as
 * the deadline of its shutdown. It does not keep the process alive. Gives what cancels it.
 */
export function startRealTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms).unref()
  return () => clearTimeout(timer)
}
