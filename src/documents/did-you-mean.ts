import { closest, distance } from 'fastest-levenshtein'

/** How far apart two words may be, as a share of the longer one, to be taken for a slip. */
const MAX_DISTANCE = 0.4

/** The same where there are two changes at most: two letters the wrong way round are two. */
const MAX_DISTANCE_OF_TWO = 0.5

/** The longest word that is compared: a distance costs the product of both lengths. */
const MAX_LENGTH = 100

/** ` (did you mean …?)` with the word nearest to a mistaken one, or nothing where none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > MAX_LENGTH) return ''
  const nearest = closest(word, known)
  const changes = distance(word, nearest)
  const share = changes / Math.max(word.length, nearest.length)
  const isSlip = share <= (changes <= 2 ? MAX_DISTANCE_OF_TWO : MAX_DISTANCE)
  return isSlip ? ` (did you mean ${nearest}?)` : ''
}
