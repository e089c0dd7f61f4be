import fc from 'fast-check'
import { compressSync } from 'snappy'
import t from 'tap'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { decompressSnappy } from '../../src/wire/snappy.ts'
import { wireVectors } from '../support/vectors.ts'

const MAX_BYTES = 100_000

/** The decompressed bytes, or the GpudbError; other errors are rethrown. */
function tryDecompress(block: Buffer): Buffer | GpudbError {
  try {
    return decompressSnappy(block, MAX_BYTES)
  } catch (error) {
    if (error instanceof GpudbError) return error
    throw error
  }
}

t.test('decompressSnappy() reads the block that the Python client sent', async (t) => {
  const vector = wireVectors.find(({ name }) => name === 'python/BINARY/create_job_snappy')
  const block = '1758147665632e74c3a4626c650674746c023702026b027600'
  t.strictSame(vector?.decoded_request['data'], { hex: block })
  // The block without the length (0x17) and the tag of one literal (0x58).
  t.equal(decompressSnappy(Buffer.from(block, 'hex'), 23).toString('hex'), block.slice(4))
})

t.test('decompressSnappy() reads literals and copies', async (t) => {
  const cases: [string, string][] = [
    // Empty.
    ['00', ''],
    // 8 bytes: the literal "ab", then a copy of 6 bytes from 2 bytes back.
    ['08' + '046162' + '0902', 'abababab'],
  ]
  for (const [hex, text] of cases) {
    t.equal(decompressSnappy(Buffer.from(hex, 'hex'), 8).toString('latin1'), text, hex)
  }
})

t.test('decompressSnappy() restores what was compressed', async (t) => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.string(), fc.nat(500)).map(([text, times]) => Buffer.from(text.repeat(times))),
  )
  const property = fc.property(anyBytes, (bytes) =>
    decompressSnappy(compressSync(Buffer.from(bytes)), bytes.length).equals(bytes),
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('decompressSnappy() rejects a length over the limit before it allocates', async (t) => {
  const cases: [string, number][] = [
    ['0900', 9],
    ['8080048000', 65536],
    // The largest length of 32 bits: 4 GiB less one byte.
    ['ffffffff0f00', 4294967295],
    ['ffffffff7f00', 34359738367],
  ]
  for (const [hex, length] of cases) {
    const reason = `${length} bytes are more than the limit of 8, raise body-limit`
    const message = `Cannot decompress snappy: ${reason}`
    const expected = { name: 'GpudbError', code: 'TOO_LARGE', message }
    t.throws(() => decompressSnappy(Buffer.from(hex, 'hex'), 8), expected, hex)
  }
})

t.test('decompressSnappy() accepts a length equal to the limit', async (t) => {
  const block = compressSync(Buffer.alloc(MAX_BYTES))
  t.equal(decompressSnappy(block, MAX_BYTES).length, MAX_BYTES)
  t.throws(() => decompressSnappy(block, MAX_BYTES - 1), { name: 'GpudbError', code: 'TOO_LARGE' })
})

t.test('decompressSnappy() rejects a block without a length', async (t) => {
  for (const hex of ['', '80', 'ffffffff', 'ffffffffff', 'ffffffffffffffffff01']) {
    const message = 'Cannot decompress snappy: the block has no length'
    const expected = { name: 'GpudbError', code: 'REFUSED', message }
    t.throws(() => decompressSnappy(Buffer.from(hex, 'hex'), MAX_BYTES), expected, hex)
  }
})

t.test('decompressSnappy() rejects a corrupt block', async (t) => {
  const cases = [
    // A length that is too large; one that is too small; a length without data.
    '05046162',
    '01046162',
    '05',
    // A copy from before the start, a copy with offset 0, a literal that is cut off.
    '080902',
    '08' + '046162' + '0900',
    '08' + 'f0',
    // The stream identifier of the framing format, which GPUdb does not use.
    'ff060000734e61507059',
  ]
  const message = 'Cannot decompress snappy: the block is corrupt'
  for (const hex of cases) {
    const expected = { name: 'GpudbError', code: 'REFUSED', message }
    t.throws(() => decompressSnappy(Buffer.from(hex, 'hex'), MAX_BYTES), expected, hex)
  }
})

t.test('decompressSnappy() returns the declared length or throws, for any bytes', async (t) => {
  const mutated = fc
    .record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      times: fc.integer({ min: 1, max: 20 }),
      at: fc.nat(),
      inserted: fc.uint8Array({ maxLength: 4 }),
      removed: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ bytes, times, at, inserted, removed }) => {
      const block = compressSync(Buffer.concat(new Array(times).fill(bytes)))
      const start = at % (block.length + 1)
      return Buffer.concat([block.subarray(0, start), inserted, block.subarray(start + removed)])
    })
  const random = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
  const property = fc.property(fc.oneof(random, mutated), (block) => {
    const result = tryDecompress(block)
    return result instanceof GpudbError || result.length <= MAX_BYTES
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 5000 }))
})
