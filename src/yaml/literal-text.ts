import { NotPlain } from './not-plain.ts'
import type { YamlCursor } from './yaml-cursor.ts'

/**
 * Takes the sign `|` or `|-` and the lines of the text below it, which are indented by more than
 * `floor`. Throws NotPlain for another sign, and if a line has only spaces.
 */
export function takeLines(cursor: YamlCursor, floor: number): string {
  const isStripped = cursor.text.startsWith('|-', cursor.at)
  const signEnd = cursor.at + (isStripped ? 2 : 1)
  if (floor < 0 || !cursor.isBreakAt(signEnd)) throw new NotPlain()
  const start = cursor.lineEnd(signEnd) + 1
  const indent = cursor.spacesAt(start)
  if (indent <= floor) throw new NotPlain()
  const { lines, end } = findLines(cursor, { start, indent })
  if (cursor.spacesAt(end) > floor) throw new NotPlain()
  cursor.startLine(end)
  return lines.join('\n') + (isStripped ? '' : '\n')
}

/** The lines that are empty or indented by `indent`, without the last empty ones. */
function findLines(
  cursor: YamlCursor,
  { start, indent }: { readonly start: number; readonly indent: number },
): { readonly lines: readonly string[]; readonly end: number } {
  const lines: string[] = []
  let at = start
  for (; at < cursor.text.length; at = cursor.lineEnd(at) + 1) {
    const spaces = cursor.spacesAt(at)
    const isEmpty = cursor.isBreakAt(at + spaces)
    if (isEmpty && spaces > 0) throw new NotPlain()
    if (!isEmpty && spaces < indent) break
    lines.push(cursor.lineFrom(at).slice(indent))
  }
  while (lines.at(-1) === '') lines.pop()
  return { lines, end: at }
}
