import avro from 'avsc'

/**
 * Avro's `long` as a bigint of 64 bits. avsc's own type is a number and throws beyond 2^53. avsc
 * reads and writes the varint; the functions here convert eight little-endian bytes.
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

/** Whether an integer fits Avro's `long`: 64 bits with a sign. */
export function isLong(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}
