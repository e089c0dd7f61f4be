import { LineIndex, type LocatedProblem } from './located-document.ts'
import type { Reading } from './reading.ts'

/** The byte order mark of UTF-8, which is no part of a text. */
const MARK = Buffer.from('\uFEFF')

/** The bytes that an undecodable sequence is replaced with, and that a text may have by itself. */
const REPLACEMENT = Buffer.from('\uFFFD')

const SAVE = 'save the file as UTF-8'

/**
 * Decodes the bytes of a file; a byte order mark is skipped. Bytes that are not UTF-8 are a problem:
 * decoded, they would be lost.
 */
export function readUtf8(file: Buffer): Reading<string, LocatedProblem> {
  if (isUtf16(file)) return refuse({ text: '', index: 0 }, `this is UTF-16: ${SAVE}`)
  const hasMark = file.subarray(0, MARK.length).equals(MARK)
  const bytes = hasMark ? file.subarray(MARK.length) : file
  const text = bytes.toString('utf8')
  const bad = findReplaced(text, bytes)
  if (bad !== undefined) return refuse({ text, index: bad }, `this is not UTF-8: ${SAVE}`)
  const nul = text.indexOf('\0')
  if (nul < 0) return { value: text }
  return refuse({ text, index: nul }, `a text has no NUL character; if this is UTF-16, ${SAVE}`)
}

/** Whether the bytes start with the byte order mark of UTF-16, big or little endian. */
function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)
}

/** The index of the first U+FFFD in a text that its bytes do not have. */
function findReplaced(text: string, bytes: Buffer): number | undefined {
  let offset = 0
  let from = 0
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', from)) {
    // Up to here nothing was replaced, so the text is as long as its bytes.
    offset += Buffer.byteLength(text.slice(from, at))
    const end = offset + REPLACEMENT.length
    if (!bytes.subarray(offset, end).equals(REPLACEMENT)) return at
    offset = end
    from = at + 1
  }
  return undefined
}

function refuse(
  { text, index }: { readonly text: string; readonly index: number },
  message: string,
): Reading<string, LocatedProblem> {
  return { problems: [{ position: new LineIndex(text).position(index), message }] }
}
