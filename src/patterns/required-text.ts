import { foldCode, gramOf } from './text-grams.ts'

/** What a text must hold to match a regular expression, whatever the case of its letters. */
export interface RequiredText {
  /** How the text must start, folded; empty if it may start with anything. */
  readonly start: string
  /** Runs of three characters that the text must hold, as TextGrams numbers them. */
  readonly grams: readonly number[]
}

/** The requirement of an expression that is not understood. */
const NOTHING: RequiredText = { start: '', grams: [] }

/** Flags, an escape, a set in brackets, a repetition, or one character. */
const PARTS =
  /\(\?[a-zA-Z-]+\)|\\(?:[pPx]\{[^}]*\}|[pP].|x[\da-fA-F]{2}|[0-7]+|.)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|./gsu

/** Flags that change no more than the case, and what `.`, `^` and `$` match. */
const FLAGS = /^\(\?[imsU]+\)$/

/** The start of `\Q…\E`. */
const QUOTATION = '\\Q'

/** Alternatives, quotations, and flags that are not at the start. */
const UNREAD = /^(?:\||\\Q|\(\?[a-zA-Z-]+\))$/

/** A character that stands for itself; one of ASCII that is escaped does too. */
const PLAIN = /^(?:[ !"#%&',/0-9:;<=>@A-Z_`a-z~\]}-]|\\[ -/:-@[-`{-~])$/

/**
 * Finds what every text holds that matches an expression in RE2 syntax, which must be valid: the plain
 * characters outside of its groups. A text that holds them need not match.
 */
export function findRequiredText(source: string): RequiredText {
  const all = Array.from(source.matchAll(PARTS), ([part]) => part)
  const flags = all.slice(0, 1).filter((part) => FLAGS.test(part))
  const parts = outsideOfGroups(all.slice(flags.length))
  if (parts.some((part) => UNREAD.test(part))) return NOTHING
  const reader = new RunReader()
  for (const part of parts) reader.read(part)
  const { start, grams } = reader.finish()
  // With the flag m, `^` is also the start of a line.
  return { start: flags.join('').includes('m') ? '' : start, grams }
}

/** Parts with `(` in place of each group. */
function outsideOfGroups(parts: readonly string[]): readonly string[] {
  const outside: string[] = []
  let depth = 0
  for (const part of parts) {
    // A quotation may hold what looks like a group.
    if (part === QUOTATION) return [QUOTATION]
    if (part === ')') depth -= 1
    else if (depth === 0) outside.push(part)
    if (part === '(') depth += 1
  }
  return outside
}

/** Collects runs of plain characters. */
class RunReader {
  readonly #grams = new Set<number>()
  #start = ''
  #run = ''
  /** Whether the run is at the start of the text. */
  #startsAt: 'unknown' | 'here' | 'passed' = 'unknown'

  read(part: string): void {
    if (PLAIN.test(part)) {
      this.#run += part.at(-1)
      if (this.#startsAt === 'unknown') this.#startsAt = 'passed'
      return
    }
    // Repetitions are of the last character, `+` of at least one.
    if (/^[*?{]/.test(part)) this.#run = this.#run.slice(0, -1)
    this.#endRun()
    this.#startsAt = part === '^' && this.#startsAt === 'unknown' ? 'here' : 'passed'
  }

  finish(): RequiredText {
    this.#endRun()
    return { start: this.#start, grams: [...this.#grams] }
  }

  #endRun(): void {
    const codes = Array.from(this.#run, (char) => foldCode(char.charCodeAt(0)))
    if (this.#startsAt === 'here') this.#start = String.fromCharCode(...codes)
    for (let at = 2; at < codes.length; at += 1) this.#grams.add(gramOf(codes, at))
    this.#run = ''
  }
}
