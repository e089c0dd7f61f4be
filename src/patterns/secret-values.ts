import { quotedAt, skip, skipBlank, skipComments, type TextRange, upTo } from './scan-text.ts'

/** Ends a value without quotes. */
const DELIMITERS = /[\s&;,"'`<>(){}[\]|]/g

/** Ends a value without quotes in a connection string, which may have blanks in it. */
const CONNECTION_END = /[;"'`<>\r\n]/g

/** Ends the value of a header without quotes. */
const LINE_END = /[\r\n"']/g

/** Words of SQL between a name and its secret: `PASSWORD HASH '…'`, `SECRET TO '…'`, `LIKE '…'`. */
const LINKS =
  /(?:as|by|encrypted|hash|hashed|id|ilike|in|is|like|not|plaintext|string|to|values|with)(?=[\s'"(=:])/iy

const USER_NAME = /(?:"[^"]{0,200}"|'[^']{0,200}'|`[^`]{0,200}`|[\w.$%-]{1,200})/y

/** `SET PASSWORD FOR 'ann'@'%'`. */
const FOR_USER = new RegExp(
  String.raw`for\s+(?:user\s+)?(?=[\w"'\x60])${USER_NAME.source}(?:@${USER_NAME.source})?`,
  'iy',
)

/** Between the parts of a secret, `'…' || '…'`, and before the old one, `REPLACE '…'`. */
const NEXT_PART = /(?:\|\||replace\b)/iy

/** A call, such as `PASSWORD('…')`, or a list: `IN ('…', '…')`. */
const CALL = /(?:\w{1,60}\s?)?[({[]/y

/** The longest call or list that is looked over, in characters. */
const MAX_GROUP = 2000
const GROUP_MARKS = /[()[\]{}"'\\]/g

const OPERATORS = /[\s:=<>!]/
const MAX_LINKS = 6

/** A text, and where to look in it. */
interface Place {
  readonly text: string
  readonly at: number
}

/** Where the last call or list ends that was looked over: those inside are not again. */
export interface SeenGroups {
  end: number
}

/** A name of a secret in a text. */
export interface SecretPlace {
  readonly text: string
  readonly name: TextRange
  readonly groups: SeenGroups
}

/** The secrets that follow a name, such as `PASSWORD = '…'`. */
export function valuesAfter({ text, name, groups }: SecretPlace): TextRange[] {
  const operator = skipBlank(text, skip(text, { at: name.to, over: /[\\"'`\]]/ }))
  const { value, bare } = skipLinks({ text, at: operator })
  const given = givenAt({ text, at: value }, groups)
  if (given.length > 0) return given
  if (bare !== undefined) return bareAt({ text, at: bare }, name)
  const word = text.slice(name.from, name.to)
  const isHeader = text.startsWith(':', operator) && /(?:authorization|cookie)$/i.test(word)
  return isHeader ? [upTo(text, { from: value, end: LINE_END })] : []
}

/** The secrets of `IDENTIFIED BY '…'`, with or without quotes, also `IDENTIFIED WITH plugin AS '…'`. */
export function valuesIdentified({ text, name, groups }: SecretPlace): TextRange[] {
  const start = skipComments(text, name.to)
  const [word = ''] = /^(?:by|with|as|via)\b/i.exec(text.slice(start, start + 5)) ?? []
  if (start === name.to || word === '') return []
  const after = skipComments(text, start + word.length)
  if (/^by$/i.test(word)) return identifiedBy({ text, at: after }, groups)
  const plugin = matchEnd(USER_NAME, { text, at: after }) ?? after
  const by = skipComments(text, plugin)
  const end = matchEnd(/(?:by|as|using)\b/iy, { text, at: by })
  const place = { text, at: end ?? after }
  return end === undefined ? givenAt(place, groups) : identifiedBy(place, groups)
}

function identifiedBy({ text, at }: Place, groups: SeenGroups): TextRange[] {
  const begin = skipComments(text, at)
  const word = matchEnd(/password\b/iy, { text, at: begin }) ?? begin
  const { value } = skipLinks({ text, at: skipComments(text, word) })
  const given = givenAt({ text, at: value }, groups)
  if (given.length > 0) return given
  const bare = upTo(text, { from: value, end: DELIMITERS })
  return [bare, ...replacedAfter({ text, at: bare.to })]
}

/** Where a value begins, and where one without quotes does; undefined: there is no `=`. */
interface ValuePlace {
  readonly value: number
  readonly bare: number | undefined
}

/** Skips operators, and the words between a name and its value. */
function skipLinks({ text, at }: Place): ValuePlace {
  let link: number | undefined = at
  let bare: number | undefined
  let value = at
  for (let count = 0; count < MAX_LINKS && link !== undefined; count += 1) {
    const begin = skipBlank(text, link)
    value = skipBlank(text, skip(text, { at: begin, over: OPERATORS }))
    if (text.slice(begin, value).includes('=')) bare = value
    link = matchEnd(LINKS, { text, at: value }) ?? matchEnd(FOR_USER, { text, at: value })
  }
  return { value, bare }
}

/** The strings at an index, or those in a call or a list that begins there. */
function givenAt(place: Place, groups: SeenGroups): TextRange[] {
  const { text, at } = place
  const strings = stringsAt(place)
  if (strings.length > 0) return strings
  const open = matchEnd(CALL, { text, at })
  return open === undefined || open < groups.end ? [] : stringsInside({ text, at: open }, groups)
}

/** A string and those that continue it. */
function stringsAt({ text, at }: Place): TextRange[] {
  const strings: TextRange[] = []
  let quoted = quotedAt(text, at)
  while (quoted !== undefined) {
    const { from, to, end } = quoted
    strings.push({ from, to })
    const part = skipBlank(text, end)
    const next = skipBlank(text, matchEnd(NEXT_PART, { text, at: part }) ?? part)
    // In JSON, a string right after another one is no part of it.
    quoted = next === end ? undefined : quotedAt(text, next)
  }
  return strings
}

/** The strings inside brackets, without the keys of JSON. */
function stringsInside({ text, at }: Place, groups: SeenGroups): TextRange[] {
  const strings: TextRange[] = []
  let depth = 1
  let mark = upTo(text, { from: at, end: GROUP_MARKS }).to
  while (depth > 0 && mark < text.length && mark < at + MAX_GROUP) {
    const quoted = quotedAt(text, mark)
    const character = text.charAt(mark)
    if ('({['.includes(character)) depth += 1
    if (')}]'.includes(character)) depth -= 1
    const end = quoted?.end ?? Math.max(mark + 1, skip(text, { at: mark, over: /\\/ }))
    const isKey = text.charAt(skip(text, { at: end, over: /\s/ })) === ':'
    if (quoted !== undefined && !isKey) strings.push({ from: quoted.from, to: quoted.to })
    mark = upTo(text, { from: end, end: GROUP_MARKS }).to
    groups.end = end
  }
  return strings
}

/** A value without quotes after `=`; in connection strings, it may be in braces, or have blanks. */
function bareAt({ text, at }: Place, name: TextRange): TextRange[] {
  if (/^\{[^{]/.test(text.slice(at, at + 2))) return [upTo(text, { from: at + 1, end: /\}/g })]
  const isConnection = /;\s*$/.test(text.slice(Math.max(name.from - 3, 0), name.from))
  return [upTo(text, { from: at, end: isConnection ? CONNECTION_END : DELIMITERS })]
}

/** The old secret after a new one without quotes: `REPLACE old`. */
function replacedAfter({ text, at }: Place): TextRange[] {
  const begin = skipBlank(text, at)
  const end = matchEnd(NEXT_PART, { text, at: begin })
  const value = skipBlank(text, end ?? begin)
  const strings = stringsAt({ text, at: value })
  if (strings.length > 0 || end === undefined) return strings
  return [upTo(text, { from: value, end: DELIMITERS })]
}

/** The index after what an expression with the flag `y` matches at an index. */
function matchEnd(expression: RegExp, { text, at }: Place): number | undefined {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : undefined
}
