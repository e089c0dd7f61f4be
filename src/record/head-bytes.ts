import type { Socket } from 'node:net'
import { MAX_HEADER_BYTES } from './upstream.ts'

/** The most bytes that are kept: as many as the headers may have. */
const MAX_BYTES = MAX_HEADER_BYTES

/**
 * The bytes of an answer until its head is complete: what is no HTTP, or breaks off there, is passed
 * as it came.
 */
export class HeadBytes {
  readonly #chunks: Buffer[] = []
  #socket: Socket | undefined
  #length = 0

  /** What came until now. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** Keeps the bytes of a connection until `drop`. */
  watch(socket: Socket): void {
    this.#socket = socket
    // Before Node's parser, which ends the head or fails in the same packet.
    socket.prependListener('data', this.#keep)
  }

  /** Forgets them. */
  drop(): void {
    this.#socket?.off('data', this.#keep)
    this.#chunks.length = 0
  }

  readonly #keep = (chunk: Buffer): void => {
    if (this.#length + chunk.length > MAX_BYTES) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }
}
