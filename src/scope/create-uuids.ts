import { createHash, randomUUID } from 'node:crypto'

/**
 * Makes UUIDs: random ones, or the same sequence for the same seed. Each is one flat string: Node
 * builds a random one of sixteen pieces, which a job would keep alive at four hundred bytes.
 */
export function createUuids(seed: string | undefined): () => string {
  if (seed === undefined) return () => Buffer.from(randomUUID(), 'latin1').toString('latin1')
  let count = 0
  return () => {
    count += 1
    return toUuid(createHash('sha256').update(`${seed}:${count}`).digest('hex'))
  }
}

/** A UUID of version 8, "custom" (RFC 9562), of hexadecimal digits. */
function toUuid(hex: string): string {
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
