/** Characters outside of ASCII are equal here: expressions require ASCII only. */
const OTHER = 0x80

/** Characters outside of ASCII that equal a letter in any case, as RE2 compares: ſ and K. */
const FOLDED_LETTERS = new Map([
  [0x17f, 0x73],
  [0x212a, 0x6b],
])

/** Bits for each character of a text, and the numbers of bits that a text takes, as powers of two. */
const BITS_PER_CHARACTER = 8
const MIN_BITS_POWER = 8
const MAX_BITS_POWER = 22

/** A character code with letters in lower case, and all that are not ASCII as one. */
export function foldCode(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code + 0x20
  return code < OTHER ? code : (FOLDED_LETTERS.get(code) ?? OTHER)
}

/** Three folded characters, the last of them at an index, as one number. */
export function gramOf(codes: readonly number[], at: number): number {
  return (Number(codes[at - 2]) << 16) | (Number(codes[at - 1]) << 8) | Number(codes[at])
}

/**
 * All runs of three characters of a text: whether it may hold a longer text is then known without
 * reading it again. A Bloom filter with one hash.
 */
export class TextGrams {
  readonly #bits: Uint32Array
  readonly #shift: number

  constructor(text: string) {
    const wanted = Math.ceil(Math.log2(text.length * BITS_PER_CHARACTER + 1))
    const power = Math.min(Math.max(wanted, MIN_BITS_POWER), MAX_BITS_POWER)
    this.#bits = new Uint32Array(2 ** power / 32)
    this.#shift = 32 - power
    let gram = 0
    for (let at = 0; at < text.length; at += 1) {
      gram = ((gram << 8) | foldCode(text.charCodeAt(at))) & 0xffffff
      if (at < 2) continue
      const bit = this.#bitOf(gram)
      this.#bits[bit >>> 5] = Number(this.#bits[bit >>> 5]) | (1 << (bit & 31))
    }
  }

  /** Whether the text may hold all of these runs; false if it lacks one. */
  mayHold(grams: readonly number[]): boolean {
    return grams.every((gram) => {
      const bit = this.#bitOf(gram)
      return ((Number(this.#bits[bit >>> 5]) >>> (bit & 31)) & 1) === 1
    })
  }

  #bitOf(gram: number): number {
    return Math.imul(gram, 0x9e3779b1) >>> this.#shift
  }
}
