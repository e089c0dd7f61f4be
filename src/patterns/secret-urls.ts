import { type TextRange, upTo } from './scan-text.ts'

/** Ends the authority of a URL. */
const AUTHORITY_END = /[\s/?#"'`<>\\]/g

/** Ends a URL. */
const QUOTE_OR_SPACE = /[\s"'`<>]/g

/** The passwords of URLs: `scheme://user:password@host`. */
export function* urlPasswords(text: string): Generator<TextRange> {
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
export function* oraclePasswords(text: string): Generator<TextRange> {
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
