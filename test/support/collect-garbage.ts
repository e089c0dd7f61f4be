import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Frees all memory that nothing refers to. */
export const collectGarbage: () => void = runInNewContext('gc')

/** The bytes of all objects and buffers in use, after a collection. */
export function usedMemory(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
