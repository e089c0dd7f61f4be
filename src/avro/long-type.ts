import avro from 'avsc'

/**
 * Avro's `long` as a bigint of 64 bits. avsc's own is a number and throws past 2^53; avsc hands
 * over and takes back eight little-endian bytes, and does the varint itself.
 */
export const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (long: bigint) => {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64LE(long)
    return bytes
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: (long: bigint) => long.toString(),
  isValid: (value: unknown) => typeof value === 'bigint' && isLong(value),
  compare: (left: bigint, right: bigint) => Number(left > right) - Number(left < right),
})

/** Tells whether an integer fits Avro's `long`: 64 bits with a sign. */
export function isLong(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}
