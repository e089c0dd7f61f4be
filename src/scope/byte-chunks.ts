/** The size of a chunk, in bytes. */
const CHUNK_BYTES = 16 * 1024

/** Bytes of at least this size are kept in memory of their own. */
const LARGE_BYTES = CHUNK_BYTES / 4

/** Where bytes are: in a memory that holds others too, or only them. */
export interface BytesPlace {
  readonly memory: Buffer
  readonly start: number
}

/**
 * Copies bytes out of the memory in which they were received, which may be a large slab. Small ones
 * lie in chunks, one behind the other, so that those which go first free whole chunks.
 */
export class ByteChunks {
  #chunk = Buffer.alloc(0)
  #used = 0

  /** Where a copy is, or the same bytes if they are large and nothing else is in their memory. */
  keep(bytes: Buffer): BytesPlace {
    if (bytes.length >= LARGE_BYTES) {
      const isAlone = bytes.length === bytes.buffer.byteLength
      return { memory: isAlone ? bytes : Buffer.from(bytes), start: 0 }
    }
    if (this.#used + bytes.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      this.#used = 0
    }
    const start = this.#used
    this.#used += bytes.copy(this.#chunk, start)
    return { memory: this.#chunk, start }
  }
}
