import { isUtf8 } from 'node:buffer'

/** Malformed bytes at an offset; `checkBytes` turns it into an AvroError with record and field. */
export class MalformedBytes extends Error {
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}

/**
 * Reads over Avro binary without creating values.
 *
 * Layout (Avro 1.11, "Binary Encoding"): int and long are zig-zag varints of at most 5 and
 * 10 bytes; float and double are 4 and 8 bytes; string and bytes are a long and that many bytes.
 */
export class ByteCursor {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The offset of the next byte. */
  get offset(): number {
    return this.#offset
  }

  /** The number of remaining bytes. */
  get left(): number {
    return this.#bytes.length - this.#offset
  }

  /** Skips `count` bytes. Throws MalformedBytes if fewer remain. */
  skip(count: number): void {
    if (count > this.left) throw this.malformed(`${count} bytes are needed, ${this.left} are left`)
    this.#offset += count
  }

  /** Reads a boolean's byte, which is 0 or 1. */
  skipBoolean(): void {
    const at = this.#offset
    if (this.#byte() > 1) throw new MalformedBytes('a boolean is neither 0 nor 1', at)
  }

  /** Reads a 32-bit int. Throws MalformedBytes if it is wider. */
  skipInt(): void {
    this.#varint({ maxBytes: 5, maxLastByte: 0x0f, name: 'an int' })
  }

  /** Reads a 64-bit long as a number, which is exact for the length of a message. */
  long(): number {
    const value = this.#varint({ maxBytes: 10, maxLastByte: 0x01, name: 'a long' })
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Skips a long and that many bytes. */
  skipBytes(): void {
    this.#sized('bytes')
  }

  /** As skipBytes, and the bytes must be UTF-8. */
  skipString(): void {
    const start = this.#sized('a string')
    if (!isUtf8(this.#bytes.subarray(start, this.#offset))) {
      throw new MalformedBytes('a string is not UTF-8', start)
    }
  }

  /** An error at the present offset. */
  malformed(reason: string): MalformedBytes {
    return new MalformedBytes(reason, this.#offset)
  }

  #sized(what: string): number {
    const at = this.#offset
    const size = this.long()
    if (size < 0 || size > this.left) {
      throw new MalformedBytes(`${what} of ${size} bytes is claimed, ${this.left} are left`, at)
    }
    const start = this.#offset
    this.#offset += size
    return start
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset]
    if (byte === undefined) throw this.malformed('the bytes end too early')
    this.#offset += 1
    return byte
  }

  #varint(width: { maxBytes: number; maxLastByte: number; name: string }): number {
    const at = this.#offset
    let value = 0
    let factor = 1
    for (let index = 1; index <= width.maxBytes; index += 1) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (index === width.maxBytes && byte > width.maxLastByte) break
      if (byte < 0x80) return value
      factor *= 0x80
    }
    throw new MalformedBytes(`${width.name} is too wide`, at)
  }
}
