import { type QuotedText, type TextRange, upTo } from './scan-text.ts'

/** Ends a value without quotes. */
export const DELIMITERS = /[\s&;,"'`<>(){}[\]|]/g

/** Ends a value without quotes in a connection string, which may have blanks in it. */
const CONNECTION_END = /[;"'`<>\r\n]/g

/** What is bound to SQL is not in it: `?`, `$1`, `%s`, `%(name)s`. */
const PLACEHOLDER = /(?:\?\d{0,5}|\$\d{1,5}|%s|%\(\w{1,60}\)s)(?=[\s,;)]|$)/y

/** The beginning of an expression, whose strings are found by themselves. */
const CASE = /case\s+(?:[\w.]{1,60}\s+)?when\b/iy

/** A number of at least four digits, or another value that begins like one. */
const NUMBER = /-?\d[\w.-]{3,}/y

/** A value without quotes after a name and `=`; in connection strings, it may be in braces, or have blanks. */
export function bareAt(text: string, { at, name }: { at: number; name: TextRange }): TextRange[] {
  if (matchEnd(PLACEHOLDER, { text, at }) ?? matchEnd(CASE, { text, at })) return []
  if (/^\{[^{]/.test(text.slice(at, at + 2))) return [upTo(text, { from: at + 1, end: /\}/g })]
  const isConnection = /;\s*$/.test(text.slice(Math.max(name.from - 3, 0), name.from))
  const value = upTo(text, { from: at, end: isConnection ? CONNECTION_END : DELIMITERS })
  return isSameColumn(text.slice(at, value.to), text.slice(name.from, name.to)) ? [] : [value]
}

/** A number, as in `"password": 123456`, and its end. Smaller ones are numbers of things. */
export function numberAt(text: string, at: number): QuotedText | undefined {
  const end = matchEnd(NUMBER, { text, at })
  return end === undefined ? undefined : { from: at, to: end, end }
}

/** Whether a value is the column of another table with the same name: `t.password = s.password`. */
function isSameColumn(value: string, name: string): boolean {
  const [, column] = /^[a-z_]\w{0,60}\.([\w$]{1,60})$/i.exec(value) ?? []
  return column !== undefined && column.toLowerCase() === /[^.]*$/.exec(name.toLowerCase())?.[0]
}

/** The index after what an expression with the flag `y` matches at an index. */
export function matchEnd(
  expression: RegExp,
  { text, at }: { readonly text: string; readonly at: number },
): number | undefined {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : undefined
}
