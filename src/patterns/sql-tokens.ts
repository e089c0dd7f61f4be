import { quotedAt, type TextRange, upTo } from './scan-text.ts'

/**
 * A token of SQL, or of a text around it. `quoted` is a name or a text in double quotes or backticks;
 * `value` is a number or another value that begins with a digit; `symbol` is arithmetic; `break` ends
 * an expression.
 */
export interface SqlToken extends TextRange {
  readonly kind:
    | 'break'
    | 'close'
    | 'comma'
    | 'comment'
    | 'open'
    | 'operator'
    | 'quoted'
    | 'string'
    | 'symbol'
    | 'value'
    | 'word'
  /** The text inside quotes, or in a comment. */
  readonly inside: TextRange
}

/** Where a token begins. What was redacted before is one token, and so is `-1234`, but not `--`. */
const STARTS = new RegExp(
  [
    String.raw`\(redacted(?: <\d+>)?\)`,
    '--',
    String.raw`/\*`,
    String.raw`\$(?:[a-zA-Z_]\w{0,60})?\$`,
    String.raw`(?:-(?=[\d.]))?[\w.$](?:[\w.$]|-(?!-))*`,
    String.raw`\\+["'\x60]?|["'\x60]`,
    '::|:=|[=<>~!^]+',
    String.raw`[(){}[\],;:&+*/%|?-]`,
  ].join('|'),
  'g',
)

const MARKS: ReadonlyMap<string, SqlToken['kind']> = new Map([
  ...Array.from('([{', (mark) => [mark, 'open'] as const),
  ...Array.from(')]}', (mark) => [mark, 'close'] as const),
  ...Array.from(';:&', (mark) => [mark, 'break'] as const),
  ...Array.from('+-*/%|?', (mark) => [mark, 'symbol'] as const),
  ['::', 'symbol'],
  [',', 'comma'],
])

/** The longest prefix of a string of SQL, as in `_utf8mb4'…'`. */
const MAX_PREFIX = 13

/** The tokens of SQL, in their order. A string or a comment without an end extends to that of the text. */
export function* sqlTokens(text: string): Generator<SqlToken> {
  let next = 0
  while (next < text.length) {
    // Tokens inside others are read in between.
    STARTS.lastIndex = next
    const start = STARTS.exec(text)
    if (start === null) return
    const token = tokenAt(text, { at: start.index, start: start[0] })
    yield token
    next = token.to
  }
}

interface Start {
  readonly at: number
  readonly start: string
}

function tokenAt(text: string, { at, start }: Start): SqlToken {
  if (start === '--') return commentAt(text, { at, end: '\n' })
  if (start === '/*') return commentAt(text, { at, end: '*/' })
  const to = at + start.length
  const inside = { from: at, to }
  if (start.startsWith('(r')) return { kind: 'value', from: at, to, inside: { from: to, to } }
  if (/[\w.$]/.test(start)) return stringAt(text, { at, start }) ?? wordAt({ at, start })
  if (/["'`]$/.test(start)) return quoteAt(text, { at, start })
  const kind = MARKS.get(start) ?? (start.startsWith('\\') ? 'symbol' : 'operator')
  return { kind, from: at, to, inside }
}

function commentAt(text: string, { at, end }: { at: number; end: string }): SqlToken {
  const close = text.indexOf(end, at + 2)
  const inside = { from: at + 2, to: close < 0 ? text.length : close }
  return { kind: 'comment', from: at, to: Math.min(inside.to + end.length, text.length), inside }
}

/** A string with a prefix, or between dollars. */
function stringAt(text: string, { at, start }: Start): SqlToken | undefined {
  const next = text.charAt(at + start.length)
  const hasPrefix = start.length <= MAX_PREFIX && (next === "'" || next === '&')
  const quoted = hasPrefix || /^\$.*\$$/.test(start) ? quotedAt(text, at) : undefined
  return quoted && { kind: 'string', from: at, to: quoted.end, inside: quoted }
}

function wordAt({ at, start }: Start): SqlToken {
  const to = at + start.length
  const kind = /^[-.]?\d/.test(start) ? 'value' : 'word'
  return { kind, from: at, to, inside: { from: at, to } }
}

function quoteAt(text: string, { at, start }: Start): SqlToken {
  const quoted = quotedAt(text, at)
  if (quoted !== undefined) {
    const kind = start.endsWith("'") ? 'string' : 'quoted'
    return { kind, from: at, to: quoted.end, inside: quoted }
  }
  const inside = upTo(text, { from: at + start.length, end: /`/g })
  return { kind: 'quoted', from: at, to: Math.min(inside.to + 1, text.length), inside }
}
