import { closest, distance } from 'fastest-levenshtein'

/** The maximum edit distance of a typing error, as a share of the longer word. */
const MAX_DISTANCE = 0.4

/** The same for at most two edits: two swapped letters are two edits. */
const MAX_DISTANCE_OF_TWO = 0.5

/** The maximum length of a compared word: a distance costs the product of both lengths. */
const MAX_LENGTH = 100

/** ` (did you mean …?)` with the nearest known word; empty if none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const similar = findSimilar(word, known)
  return similar === undefined ? '' : ` (did you mean ${similar}?)`
}

/** ` (expected one of …)` with all known words; empty without any. */
export function listKnown(known: readonly string[]): string {
  return known.length === 0 ? '' : ` (expected one of ${known.join(', ')})`
}

/** The known word that a word was probably meant to be; undefined if none is near. */
export function findSimilar(word: string, known: readonly string[]): string | undefined {
  const alike = known.filter((name) => isAlike(word, name))
  if (word.length > MAX_LENGTH || alike.length === 0) return undefined
  const nearest = closest(word, alike)
  const changes = distance(word, nearest)
  const share = changes / Math.max(word.length, nearest.length)
  const isSlip = share <= (changes <= 2 ? MAX_DISTANCE_OF_TWO : MAX_DISTANCE)
  return isSlip ? nearest : undefined
}

/** Whether two words can be near: their distance is at least the difference of their lengths. */
function isAlike(left: string, right: string): boolean {
  const longer = Math.max(left.length, right.length)
  return Math.abs(left.length - right.length) <= longer * MAX_DISTANCE_OF_TWO
}
