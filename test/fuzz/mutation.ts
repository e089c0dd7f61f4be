import fc from 'fast-check'
import { anyText } from '../support/avro-arbitrary.ts'

/** A change of a list of bytes at a place, as a share of its length. */
interface ByteChange {
  readonly kind: 'flip' | 'insert' | 'cut' | 'remove' | 'repeat' | 'replace'
  readonly at: number
  readonly length: number
  readonly bytes: Uint8Array
}

const SHARES = 1000
/** So that a few bytes become a body of many kilobytes. */
const REPEATS = 4000

const anyOddBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc
    .constantFrom('\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01', '\x80\x80\x80\x80\x08', '"', '{', '[')
    .map((text) => Buffer.from(text, 'latin1')),
  fc
    .constantFrom('1e999', '-0', '9223372036854775808', '\\ud800', '\ufeff', 'null')
    .map(Buffer.from),
)

const anyByteChange: fc.Arbitrary<ByteChange> = fc.record({
  kind: fc.constantFrom('flip', 'insert', 'cut', 'remove', 'repeat', 'replace'),
  at: fc.nat(SHARES),
  length: fc.integer({ min: 1, max: 8 }),
  bytes: anyOddBytes,
})

/** One to three changes of bytes. */
export const anyByteChanges = fc.array(anyByteChange, { minLength: 1, maxLength: 3 })

/** Applies changes, one after another. */
export function changeBytes(bytes: Buffer, changes: readonly ByteChange[]): Buffer {
  return changes.reduce(changeOnce, bytes)
}

function changeOnce(bytes: Buffer, { kind, at, length, bytes: odd }: ByteChange): Buffer {
  const index = Math.floor((at / SHARES) * bytes.length)
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)]
  switch (kind) {
    case 'flip':
      return Buffer.concat([
        before,
        after.subarray(0, 1).map((byte) => byte ^ (1 << (length - 1))),
        after.subarray(1),
      ])
    case 'insert':
      return Buffer.concat([before, odd, after])
    case 'cut':
      return before
    case 'remove':
      return Buffer.concat([before, after.subarray(length)])
    case 'repeat':
      return Buffer.concat([before, ...Array(REPEATS).fill(after.subarray(0, length)), after])
    case 'replace':
      return Buffer.concat([before, odd, after.subarray(odd.length)])
  }
}

/** A change of one value in a document: the `nth`, in the order of a walk. */
interface DocumentChange {
  readonly nth: number
  readonly kind: 'replace' | 'remove'
  readonly value: unknown
}

const anyDeepList = fc.integer({ min: 1, max: 300 }).map((depth) => {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth))
})

/** A change of one value in a document. */
export const anyDocumentChange: fc.Arbitrary<DocumentChange> = fc.record({
  nth: fc.nat(20),
  kind: fc.constantFrom('replace', 'remove'),
  value: fc.oneof(
    fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e300, 2 ** 63, '', 'x', [], {}, [[]]),
    fc.constant('x'.repeat(20_000)),
    anyText,
    anyDeepList,
  ),
})

/** Applies a change; a document with fewer values is returned unchanged. */
export function changeDocument(document: unknown, { nth, kind, value }: DocumentChange): unknown {
  let seen = -1
  const walk = (part: unknown): unknown => {
    seen += 1
    if (seen === nth) return kind === 'replace' ? value : undefined
    if (Array.isArray(part)) return part.map(walk)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item)]))
  }
  return walk(document)
}
