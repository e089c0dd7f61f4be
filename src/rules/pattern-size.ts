/** The weight of a Unicode class such as `\pL`, which is a list of hundreds of ranges. */
const UNICODE_CLASS = 100

/** Unicode classes, escapes, sets in brackets, repetitions, groups; else one character. */
const PARTS = /\\p(?:\{[^}]*\}|.)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?|\{\d+(?:,\d*)?\}|./gisu

/**
 * Estimates how many instructions a regular expression in RE2 syntax compiles to, without
 * compiling it: a repetition like `a{1000}` makes a long program of a short text. A Unicode class
 * is one instruction, but costs as much as a hundred.
 */
export function estimatePatternSize(source: string): number {
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

function sizeOf(part: string): number {
  const classes = part.match(/\\p/gi)?.length ?? 0
  return Math.max(1, classes * UNICODE_CLASS)
}
