import { closest, distance } from 'fastest-levenshtein'

/** How far apart two words may be, as a share of the longer one, to be taken for a slip. */
const MAX_DISTANCE = 0.4

/** The longest word that is compared: a distance costs the product of both lengths. */
const MAX_LENGTH = 100

/** ` (did you mean …?)` with the word nearest to a mistaken one, or nothing where none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > MAX_LENGTH) return ''
  const nearest = closest(word, known)
  const share = distance(word, nearest) / Math.max(word.length, nearest.length)
  return share <= MAX_DISTANCE ? ` (did you mean ${nearest}?)` : ''
}
