import { readBareScalar, type Scalar } from './bare-scalar.ts'
import { NotPlain } from './not-plain.ts'
import type { YamlCursor } from './yaml-cursor.ts'

const SPACE = 0x20
const QUOTE = 0x22
const APOSTROPHE = 0x27
const DASH = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c

/** What starts no scalar without quotes; a dash may. */
const INDICATORS: ReadonlySet<number> = new Set([...codesOf('?:,[]{}#&*!|>\'"%@`\r\n'), Number.NaN])

/** What must follow a dash that starts a scalar without quotes. */
const AFTER_DASH = /[\w./]/

/** The longest key with its quotes, in characters; YAML has no key of more than 1024. */
const MAX_KEY_LENGTH = 1000

/** The characters that end a scalar without quotes, besides a colon, a comment and the line's end. */
export type ScalarEnds = ReadonlySet<number>

/** Between brackets. */
export const FLOW_ENDS: ScalarEnds = codesOf(',[]{}')

/** Outside of brackets. */
export const NO_ENDS: ScalarEnds = new Set()

/** Takes a scalar of one line. Throws NotPlain if it is missing or has an unusual form. */
export function takeScalar(cursor: YamlCursor, ends: ScalarEnds): Scalar {
  const code = cursor.codeAt(cursor.at)
  if (code === QUOTE) return takeQuoted(cursor)
  if (code === APOSTROPHE) return takeSingleQuoted(cursor)
  return readBareScalar(takeBare(cursor, ends))
}

/** Takes a scalar as a key; null is invalid. */
export function takeKey(cursor: YamlCursor, ends: ScalarEnds): string {
  const start = cursor.at
  return toKey(takeScalar(cursor, ends), cursor.at - start)
}

/** Turns a scalar of `length` characters into a key. */
export function toKey(scalar: Scalar, length: number): string {
  if (scalar === null || length > MAX_KEY_LENGTH) throw new NotPlain()
  return String(scalar)
}

function takeQuoted(cursor: YamlCursor): string {
  const start = cursor.at
  let end = start + 1
  let isEscaped = false
  for (; cursor.codeAt(end) !== QUOTE; end += 1) {
    if (cursor.isBreakAt(end)) throw new NotPlain()
    if (cursor.codeAt(end) !== BACKSLASH) continue
    isEscaped = true
    end += 1
  }
  cursor.at = end + 1
  const { text } = cursor
  return isEscaped ? readEscapes(text.slice(start, end + 1)) : text.slice(start + 1, end)
}

/** The value of a quoted text; those escapes that JSON has mean the same in YAML. */
function readEscapes(quoted: string): string {
  try {
    return JSON.parse(quoted)
  } catch {
    throw new NotPlain()
  }
}

function takeSingleQuoted(cursor: YamlCursor): string {
  const start = cursor.at + 1
  let end = start
  while (cursor.codeAt(end) !== APOSTROPHE || cursor.codeAt(end + 1) === APOSTROPHE) {
    if (cursor.isBreakAt(end)) throw new NotPlain()
    end += cursor.codeAt(end) === APOSTROPHE ? 2 : 1
  }
  cursor.at = end + 1
  return cursor.text.slice(start, end).replaceAll("''", "'")
}

function takeBare(cursor: YamlCursor, ends: ScalarEnds): string {
  const start = cursor.at
  if (!startsBare(cursor)) throw new NotPlain()
  const isEnd = (at: number) => ends.has(cursor.codeAt(at)) || cursor.isBreakAt(at)
  let at = start
  for (; !isEnd(at) && !cursor.isCommentAt(at); at += 1) {
    const isColon = cursor.codeAt(at) === COLON
    if (isColon && (isEnd(at + 1) || cursor.codeAt(at + 1) === SPACE)) break
  }
  while (cursor.codeAt(at - 1) === SPACE) at -= 1
  cursor.at = at
  return cursor.text.slice(start, at)
}

function startsBare({ text, at }: YamlCursor): boolean {
  const code = text.charCodeAt(at)
  return code === DASH ? AFTER_DASH.test(text.charAt(at + 1)) : !INDICATORS.has(code)
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)))
}
