/** An id as the key of a table: a small integer takes no memory of its own, a bigint 24 bytes. */
export type IdKey = number | bigint

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** The key of an id: a number if that is exact. */
export function keyOfId(id: bigint): IdKey {
  return id <= MAX_SAFE && id >= -MAX_SAFE ? Number(id) : id
}
