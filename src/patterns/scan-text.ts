/** The place of a part of a text: from the index `from` up to `to`. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/** The prefix of a string of SQL: `N'…'`, `U&'…'`, `_utf8'…'`. */
const STRING_PREFIX = /^(?:[a-z]{1,2}|u&|_\w{1,12})'/i
const MAX_PREFIX = 14

/** The beginning of a string of SQL between dollars: `$$…$$`, `$tag$…$tag$`. */
const DOLLARS = /^\$(?:[a-z_]\w{0,60})?\$/i
const MAX_DOLLARS = 63

/** A string inside a string of SQL, with doubled quotes: an empty string has no text right after it. */
const DOUBLED = /^''(?=[\w$#!%])/

/** Characters of a name: `s3.secret-key`, `$secret_key`. */
const NAME_CHARACTER = /[\w.$-]/

/** The range up to the next match of an expression with the flag `g`, or to the end. */
export function upTo(text: string, { from, end }: { from: number; end: RegExp }): TextRange {
  end.lastIndex = from
  return { from, to: end.exec(text)?.index ?? text.length }
}

/** The index after all characters of a kind. */
export function skip(text: string, { at, over }: { at: number; over: RegExp }): number {
  let next = at
  while (next < text.length && over.test(text.charAt(next))) next += 1
  return next
}

/** The index of the first of the characters of a kind that end before an index. */
export function skipBack(
  text: string,
  { at, over, notBefore }: { at: number; over: RegExp; notBefore: number },
): number {
  let first = at
  while (first > notBefore && over.test(text.charAt(first - 1))) first -= 1
  return first
}

/** The name around an index. */
export function nameAround(text: string, { at, notBefore }: { at: number; notBefore: number }) {
  const from = skipBack(text, { at, over: NAME_CHARACTER, notBefore })
  return { from, to: skip(text, { at, over: NAME_CHARACTER }) }
}

/** The content of a string, and the index after its last quote. */
export interface QuotedText extends TextRange {
  readonly end: number
}

/**
 * The string that starts at an index; undefined if absent. Quotes in it are doubled or escaped. In
 * JSON inside JSON, the quotes themselves have backslashes. Without an end, it extends to that of
 * the text.
 */
export function quotedAt(text: string, at: number): QuotedText | undefined {
  const ahead = text.slice(at, at + MAX_DOLLARS)
  const [mark] = DOLLARS.exec(ahead) ?? DOUBLED.exec(ahead) ?? []
  if (mark !== undefined) return betweenMarks(text, { at, mark })
  const [prefix = "'"] = STRING_PREFIX.exec(text.slice(at, at + MAX_PREFIX)) ?? []
  const start = at + prefix.length - 1
  const open = skip(text, { at: start, over: /\\/ })
  const quote = text.charAt(open)
  if (quote === '' || !`"'`.includes(quote)) return undefined
  const depth = open - start
  const to = endOfString(text, { quote, from: open + 1, depth })
  return { from: open + 1, to, end: Math.min(to + depth + 1, text.length) }
}

function betweenMarks(text: string, { at, mark }: { at: number; mark: string }): QuotedText {
  const from = at + mark.length
  const close = text.indexOf(mark, from)
  const to = close < 0 ? text.length : close
  return { from, to, end: Math.min(to + mark.length, text.length) }
}

/** The end of a string whose quotes have `depth` backslashes before them. */
function endOfString(
  text: string,
  { quote, from, depth }: { quote: string; from: number; depth: number },
): number {
  let close = text.indexOf(quote, from)
  while (close >= 0) {
    const slashes = close - skipBack(text, { at: close, over: /\\/, notBefore: from })
    const isDoubled = depth === 0 && text.charAt(close + 1) === quote
    const isEnd = depth === 0 ? slashes % 2 === 0 : slashes <= depth
    if (isEnd && !isDoubled) return Math.max(close - depth, from)
    close = text.indexOf(quote, close + (isDoubled ? 2 : 1))
  }
  return text.length
}
