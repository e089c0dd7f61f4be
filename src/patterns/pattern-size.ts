/** The weight of a Unicode class such as `\pL`, which is a list of hundreds of ranges. */
const UNICODE_CLASS = 100

/** How many characters of a range count as one instruction if letters match in any case. */
const FOLDED_CHARACTERS = 50

/** The weight of a class such as `\w` if letters match in any case. */
const FOLDED_CLASS = 5

/** A group with the flag `i`. */
const FOLDING = /\(\?[a-z-]*i/i

/** Unicode classes, escapes, sets in brackets, repetitions, groups; else one character. */
const PARTS = /\\p(?:\{[^}]*\}|.)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?|\{\d+(?:,\d*)?\}|./gisu

/**
 * Estimates how many instructions a regular expression in RE2 syntax compiles to, without
 * compiling it: a repetition like `a{1000}` makes a long program of a short text. A Unicode class
 * is one instruction, but costs as much as a hundred; with the flag `i`, the cases of all characters
 * of a range are looked up.
 */
export function estimatePatternSize(source: string): number {
  const sizeOf = FOLDING.test(source) ? foldedSize : plainSize
  /** The sizes of the enclosing groups up to the group that is open. */
  const outer: number[] = []
  let before = 0
  let last = 0
  for (const [part] of source.matchAll(PARTS)) {
    if (part === '(') {
      outer.push(before + last)
      before = 0
      last = 0
    } else if (part === ')') {
      last += before + 2
      before = outer.pop() ?? 0
    } else if (/^\{\d/.test(part)) {
      last *= Math.max(1, ...part.slice(1, -1).split(',').map(Number))
    } else {
      before += last
      last = sizeOf(part)
    }
  }
  return outer.reduce((sum, size) => sum + size, before + last)
}

function plainSize(part: string): number {
  const classes = part.match(/\\p/gi)?.length ?? 0
  return Math.max(1, classes * UNICODE_CLASS)
}

function foldedSize(part: string): number {
  if (part.startsWith('[')) return plainSize(part) + foldedRanges(part)
  return /^\\[dsw]$/i.test(part) ? FOLDED_CLASS : plainSize(part)
}

/** At most what the ranges of a set take: each as if it extended to the last of its characters. */
function foldedRanges(set: string): number {
  const ranges = set.split('-').length - 1
  const codes = Array.from(set.matchAll(/\\x\{([\da-f]+)\}|[^\\]/giu), ([character, hex]) => {
    return hex === undefined ? Number(character.codePointAt(0)) : Number.parseInt(hex, 16)
  })
  const classes = set.match(/\\[dsw]/gi)?.length ?? 0
  return Math.ceil((ranges * Math.max(...codes)) / FOLDED_CHARACTERS) + classes * FOLDED_CLASS
}
