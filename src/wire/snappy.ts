import { createRequire } from 'node:module'
import { GpudbError } from './gpudb-error.ts'

const require = createRequire(import.meta.url)

/**
 * Decompresses a raw snappy block, as the Python client 7.2.3 sends it. Layout
 * (format_description.txt of google/snappy): the decompressed length as a little-endian varint of at
 * most 32 bits, then literals and copies. The length is checked before anything is allocated.
 *
 * @throws GpudbError, which calls the block `name`, if it is corrupt or longer than `maxBytes`.
 */
export function decompressSnappy(
  block: Buffer,
  { name, maxBytes }: { readonly name: string; readonly maxBytes: number },
): Buffer {
  const length = readLength(block, name)
  if (length > maxBytes) {
    const reason = `${length} bytes are more than the limit of ${maxBytes}, raise body-limit`
    throw new GpudbError(`Cannot decompress ${name}: ${reason}`, { code: 'TOO_LARGE' })
  }
  // A native module, loaded on first use: most clients never send snappy.
  const { uncompressSync }: typeof import('snappy') = require('snappy')
  try {
    return Buffer.from(uncompressSync(block, { asBuffer: true }))
  } catch (cause) {
    throw new GpudbError(`Cannot decompress ${name}: the snappy block is corrupt`, { cause })
  }
}

/** Compresses a block as the Python client 7.2.3 does. */
export function compressSnappy(bytes: Buffer): Buffer {
  const { compressSync }: typeof import('snappy') = require('snappy')
  return Buffer.from(compressSync(bytes))
}

function readLength(block: Buffer, name: string): number {
  let length = 0
  for (const [index, byte] of block.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 0x80 ** index
    if (byte < 0x80) return length
  }
  throw new GpudbError(`Cannot decompress ${name}: the snappy block has no length`)
}
