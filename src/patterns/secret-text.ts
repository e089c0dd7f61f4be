/** The place of a secret in a text: from the index `from` up to `to`. */
export interface SecretRange {
  readonly from: number
  readonly to: number
}

/** How secrets are named. */
export interface SecretNaming {
  /** Finds text that every secret name holds; with the flags `g` and `i`. */
  readonly hints: RegExp
  isSecret(name: string): boolean
}

/** The longest beginning of a name that is looked at, in characters. */
const MAX_NAME = 200

/** Ends a value without quotes. */
const DELIMITERS = /[\s&;,"'`<>(){}[\]|]/g

/** Ends the value of a header without quotes. */
const LINE_END = /[\r\n"']/g

/** Ends the authority of a URL. */
const AUTHORITY_END = /[\s/?#"'`<>\\]/g

/** Ends a URL. */
const QUOTE_OR_SPACE = /[\s"'`<>]/g

/** The longest comment of SQL that is looked over, in characters. */
const MAX_COMMENT = 1000

/** Every text with a secret has one of these: around the secret, or before it. */
const SECRET_MARKS = /[\s=:"'*]/

/** Characters of a name: `s3.secret-key`, `$secret_key`. */
const NAME_CHARACTER = /[\w.$-]/

/** The prefix of a string of SQL. */
const STRING_PREFIX = /^[en]'/i

/** What may follow `IDENTIFIED BY` before the secret. */
const SQL_KEYWORDS = /^(?:password|values|with)$/i

/**
 * The secrets in a text such as SQL, JSON, a URL or a connection string: values of secret names
 * (`PASSWORD = '…'`, `"secret": "…"`, `token=…`), `IDENTIFIED BY '…'`, and passwords of URLs, also of
 * `jdbc:oracle:thin:user/password@host`.
 * A quoted value without an end extends to the end of the text. Linear in the length of the text.
 */
export function findSecrets(text: string, naming: SecretNaming): SecretRange[] {
  if (!SECRET_MARKS.test(text)) return []
  const ranges = [...namedSecrets(text, naming), ...urlPasswords(text), ...oraclePasswords(text)]
  let end = 0
  return ranges
    .sort((left, right) => left.from - right.from)
    .filter(({ from, to }) => {
      const isApart = from >= end && isSecretValue(text.slice(from, to))
      if (isApart) end = to
      return isApart
    })
}

/** Whether a text such as SQL has the name of a secret: what is bound to its placeholders may be one. */
export function namesSecret(text: string, naming: SecretNaming): boolean {
  return Array.from(text.matchAll(naming.hints)).some(({ index }) => {
    const { from, to } = nameAround(text, { at: index, notBefore: index - MAX_NAME })
    const word = text.slice(from, to)
    return /^identified$/i.test(word) || naming.isSecret(word)
  })
}

/** Whether a value is worth hiding: no placeholder, switch or template. */
export function isSecretValue(value: string): boolean {
  return !/^(?:|true|false|null|\?|\(redacted(?: <\d+>)?\)|\{\{[^{}]*\}\})$/i.test(value)
}

function* namedSecrets(text: string, naming: SecretNaming): Generator<SecretRange> {
  const { hints } = naming
  let done = 0
  hints.lastIndex = 0
  for (let hint = hints.exec(text); hint !== null; hint = hints.exec(text)) {
    const name = nameAround(text, { at: hint.index, notBefore: done })
    const value = valueAfter(text, { name, naming })
    if (value) yield value
    done = value?.to ?? name.to
    // A name that ends before the end of its hint would be found again.
    hints.lastIndex = Math.max(done, hint.index + 1)
  }
}

function nameAround(text: string, { at, notBefore }: { at: number; notBefore: number }) {
  let from = at
  while (from > notBefore && NAME_CHARACTER.test(text.charAt(from - 1))) from -= 1
  let to = at
  while (to < text.length && NAME_CHARACTER.test(text.charAt(to))) to += 1
  return { from, to }
}

interface Named {
  readonly name: SecretRange
  readonly naming: SecretNaming
}

function valueAfter(text: string, { name, naming }: Named): SecretRange | undefined {
  const word = text.slice(name.from, name.to)
  if (/^identified$/i.test(word)) return identifiedBy(text, { at: name.to, naming })
  if (!naming.isSecret(word)) return undefined
  const operator = skipBlank(text, skip(text, { at: name.to, over: /[\\"'`\]]/ }))
  const value = skipBlank(text, skip(text, { at: operator, over: /[\s:=>]/ }))
  const quoted = quotedAt(text, value)
  if (quoted) return quoted
  const written = text.slice(operator, value)
  if (written.includes('=')) return upTo(text, { from: value, end: DELIMITERS })
  const isHeader = written.startsWith(':') && /(?:authorization|cookie)$/i.test(word)
  return isHeader ? upTo(text, { from: value, end: LINE_END }) : undefined
}

/** The secret of `IDENTIFIED BY 'secret'`, with or without quotes. */
function identifiedBy(
  text: string,
  { at, naming }: { at: number; naming: SecretNaming },
): SecretRange | undefined {
  const by = skipComments(text, at)
  if (by === at || !/^by$/i.test(text.slice(by, by + 2))) return undefined
  const value = skipComments(text, by + 2)
  const quoted = quotedAt(text, value)
  if (quoted || value === by + 2) return quoted
  const bare = upTo(text, { from: value, end: DELIMITERS })
  const word = text.slice(bare.from, bare.to)
  return SQL_KEYWORDS.test(word) || naming.isSecret(word) ? undefined : bare
}

/**
 * The content of a string that starts at an index; undefined if absent. Quotes in it are
 * doubled or escaped. In JSON inside JSON, the quotes themselves have backslashes.
 */
function quotedAt(text: string, at: number): SecretRange | undefined {
  // A string of SQL may have a prefix: N'…'.
  const start = STRING_PREFIX.test(text.slice(at, at + 2)) ? at + 1 : at
  const open = skip(text, { at: start, over: /\\/ })
  const quote = text.charAt(open)
  if (quote === '' || !`"'`.includes(quote)) return undefined
  const string = { quote, from: open + 1, depth: open - start }
  return { from: string.from, to: endOfString(text, string) }
}

/** The end of a string whose quotes have `depth` backslashes before them. */
function endOfString(
  text: string,
  { quote, from, depth }: { quote: string; from: number; depth: number },
): number {
  let close = text.indexOf(quote, from)
  while (close >= 0) {
    const slashes = slashesBefore(text, { at: close, notBefore: from })
    const isDoubled = depth === 0 && text.charAt(close + 1) === quote
    const isEnd = depth === 0 ? slashes % 2 === 0 : slashes <= depth
    if (isEnd && !isDoubled) return Math.max(close - depth, from)
    close = text.indexOf(quote, close + (isDoubled ? 2 : 1))
  }
  return text.length
}

function slashesBefore(text: string, { at, notBefore }: { at: number; notBefore: number }): number {
  let first = at
  while (first > notBefore && text.charAt(first - 1) === '\\') first -= 1
  return at - first
}

/** The passwords of URLs: `scheme://user:password@host`. */
function* urlPasswords(text: string): Generator<SecretRange> {
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const authority = upTo(text, { from: at + 3, end: AUTHORITY_END })
    const user = text.slice(authority.from, authority.to)
    const colon = user.indexOf(':')
    const host = user.lastIndexOf('@')
    const { from } = authority
    if (colon >= 0 && host > colon) yield { from: from + colon + 1, to: from + host }
  }
}

/** The passwords of Oracle's URLs: `jdbc:oracle:thin:user/password@host`. */
function* oraclePasswords(text: string): Generator<SecretRange> {
  const start = /jdbc:oracle:/gi
  for (let found = start.exec(text); found !== null; found = start.exec(text)) {
    const { from, to } = upTo(text, { from: start.lastIndex, end: QUOTE_OR_SPACE })
    const url = text.slice(from, to)
    const slash = url.indexOf('/')
    const host = url.lastIndexOf('@')
    if (slash >= 0 && host > slash) yield { from: from + slash + 1, to: from + host }
    start.lastIndex = to
  }
}

function upTo(text: string, { from, end }: { from: number; end: RegExp }): SecretRange {
  end.lastIndex = from
  return { from, to: end.exec(text)?.index ?? text.length }
}

function skip(text: string, { at, over }: { at: number; over: RegExp }): number {
  let next = at
  while (next < text.length && over.test(text.charAt(next))) next += 1
  return next
}

/** Skips white space and all comments of SQL: outside SQL, two hyphens may begin a secret. */
function skipComments(text: string, at: number): number {
  let next = skipBlank(text, at)
  while (text.startsWith('--', next)) {
    const end = text.slice(next, next + MAX_COMMENT).indexOf('\n')
    if (end < 0) break
    next = skipBlank(text, next + end)
  }
  return next
}

/** Skips white space and comments of SQL between their marks. */
function skipBlank(text: string, at: number): number {
  let next = skip(text, { at, over: /\s/ })
  while (text.startsWith('/*', next)) {
    const end = text.slice(next, next + MAX_COMMENT).indexOf('*/', 2)
    if (end < 0) break
    next = skip(text, { at: next + end + 2, over: /\s/ })
  }
  return next
}
