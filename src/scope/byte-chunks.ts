/** The size of a chunk that several bytes share. */
const CHUNK_BYTES = 16 * 1024

/** Bytes of at least this size are kept in memory of their own. */
const LARGE_BYTES = CHUNK_BYTES / 4

/** Memory for bytes that lie one behind the other. */
export interface Chunk {
  readonly memory: Buffer
  /** How often bytes in it are needed: who keeps them counts. */
  parts: number
  /** Whether it must not be used again: a reader may hold its bytes, or they came in it. */
  isHeld: boolean
}

/** Where bytes are. */
export interface BytesPlace {
  readonly chunk: Chunk
  readonly start: number
  readonly length: number
}

/**
 * Copies bytes out of the memory in which they were received, which may be a large slab. Small ones
 * share chunks. Those which came first are freed first, and with the last of a chunk it can be used
 * again: new memory for each would cost more than all copies into it.
 */
export class ByteChunks {
  #chunk: Chunk = { memory: Buffer.alloc(0), parts: 0, isHeld: true }
  #used = CHUNK_BYTES
  /** A chunk to be used again. */
  #spare: Chunk | undefined

  /** Where a copy is, or the same bytes if they are large and nothing else is in their memory. */
  keep(bytes: Buffer): BytesPlace {
    const { length } = bytes
    if (length === 0) return { chunk: this.#chunk, start: 0, length }
    if (length >= LARGE_BYTES) return { chunk: ownChunk(bytes), start: 0, length }
    if (this.#used + length > CHUNK_BYTES) this.#next()
    const chunk = this.#chunk
    const start = this.#used
    bytes.copy(chunk.memory, start)
    this.#used += length
    return { chunk, start, length }
  }

  /** Frees bytes in a chunk. */
  free(chunk: Chunk): void {
    chunk.parts -= 1
    if (chunk.parts === 0 && !chunk.isHeld && chunk !== this.#chunk) this.#spare = chunk
  }

  #next(): void {
    const current = this.#chunk
    this.#used = 0
    // All of its bytes may be free already.
    if (current.parts === 0 && !current.isHeld) return
    this.#chunk = this.#spare ?? newChunk()
    this.#spare = undefined
  }
}

/** Bytes up to this number are compared faster one by one than by a call of Node. */
const FEW_BYTES = 200

/** Whether the same bytes are at a place. */
export function isAt({ chunk: { memory }, start, length }: BytesPlace, bytes: Buffer): boolean {
  if (length !== bytes.length) return false
  if (length > FEW_BYTES) return bytes.compare(memory, start, start + length) === 0
  let same = 0
  while (same < length && memory[start + same] === bytes[same]) same += 1
  return same === length
}

/** The bytes at a place, in the memory in which they are. */
export function bytesAt({ chunk: { memory }, start, length }: BytesPlace): Buffer {
  return length === memory.length ? memory : memory.subarray(start, start + length)
}

function newChunk(): Chunk {
  return { memory: Buffer.allocUnsafeSlow(CHUNK_BYTES), parts: 0, isHeld: false }
}

function ownChunk(bytes: Buffer): Chunk {
  const isAlone = bytes.length === bytes.buffer.byteLength
  return { memory: isAlone ? bytes : Buffer.from(bytes), parts: 0, isHeld: true }
}
