import { randomUUID } from 'node:crypto'

/**
 * A random UUID whose text is one flat string: Node builds it of sixteen pieces, which a job would
 * keep alive at four hundred bytes.
 */
export function newUuid(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1')
}
