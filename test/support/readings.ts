import type { Reading } from '../../src/documents/reading.ts'

/** Returns the value of a reading. Throws if it has problems. */
export function valueIn<Value>(reading: Reading<Value>): Value {
  if ('value' in reading) return reading.value
  throw new Error(`Cannot read it: ${JSON.stringify(reading.problems)}`)
}
