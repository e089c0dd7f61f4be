import { NotPlain } from './not-plain.ts'

/** Characters that YAML treats in a way of their own, and those that belong in no text. */
const SPECIAL = /\r(?!\n)|[^\n\r -~\u00A0-\u2027\u202A-\uFEFE\uFF00-\uFFFD]/

const NEWLINE = 0x0a
/** Always before a newline. */
const RETURN = 0x0d
const SPACE = 0x20
const HASH = 0x23
const DASH = 0x2d
const COLON = 0x3a

/**
 * A place in a text of YAML, which goes from its start to its end: over lines with their indentation,
 * comments, and the characters between scalars. The methods throw NotPlain where the text has
 * anything else.
 */
export class YamlCursor {
  readonly text: string
  /** The offset of the next character. */
  at = 0
  /** The indentation of the line; -1 at the end of the text. */
  indent = -1
  #lineStart = 0
  /** Whether there are comments between the line before and this one. */
  #passedComment = false

  constructor(text: string) {
    if (SPECIAL.test(text)) throw new NotPlain()
    this.text = text
    this.#findLine(0)
    const isMarked = this.indent === 0 && text.startsWith('---', this.at)
    if (isMarked && this.isBreakAt(this.at + 3)) this.#findLine(this.lineEnd(this.at) + 1)
    this.#refuseMarker()
  }

  /** The column of the next character, from 0. */
  get column(): number {
    return this.at - this.#lineStart
  }

  /** The next character; empty at the end of the text. */
  get next(): string {
    return this.text.charAt(this.at)
  }

  /** Whether an item of a list starts here, outside of brackets. */
  isItem(): boolean {
    return this.codeAt(this.at) === DASH && this.isBlankAt(this.at + 1)
  }

  /** Whether the colon behind a key is here, outside of brackets. */
  isKeyEnd(): boolean {
    return this.codeAt(this.at) === COLON && this.isBlankAt(this.at + 1)
  }

  /** Whether the line has no more content. */
  isLineEnd(): boolean {
    return this.isBreakAt(this.at) || this.isCommentAt(this.at)
  }

  skipSpaces(): void {
    while (this.codeAt(this.at) === SPACE) this.at += 1
  }

  /** Goes from the end of a line to the next line with content. */
  nextLine(): void {
    this.skipSpaces()
    if (!this.isLineEnd()) throw new NotPlain()
    this.startLine(this.lineEnd(this.at) + 1)
  }

  /** As nextLine; the next line is indented by more than `floor`. */
  nextLineIn(floor: number): void {
    this.nextLine()
    if (this.indent <= floor) throw new NotPlain()
  }

  /** Goes to the content of a line, or else of the next one with content. */
  startLine(start: number): void {
    this.#findLine(start)
    this.#refuseMarker()
  }

  /** Takes a character between brackets, and the space behind it: lines as of nextLineIn, no comments. */
  take(character: string, floor: number): void {
    if (this.next !== character) throw new NotPlain()
    this.at += 1
    this.#skipGap(floor)
  }

  /** Takes the space behind an item between brackets, and the comma, unless `end` is there. */
  takeSeparator(end: string, floor: number): void {
    this.#skipGap(floor)
    if (this.next !== end) this.take(',', floor)
  }

  /** The code of a character; NaN at the end of the text. */
  codeAt(at: number): number {
    return this.text.charCodeAt(at)
  }

  /** Whether a line ends there. */
  isBreakAt(at: number): boolean {
    const code = this.codeAt(at)
    return code === NEWLINE || code === RETURN || at >= this.text.length
  }

  /** Whether a space is there, or a line ends. */
  isBlankAt(at: number): boolean {
    return this.codeAt(at) === SPACE || this.isBreakAt(at)
  }

  /** Whether a comment starts there, behind content. */
  isCommentAt(at: number): boolean {
    return this.codeAt(at) === HASH && this.codeAt(at - 1) === SPACE
  }

  /** The number of spaces from there. */
  spacesAt(start: number): number {
    let at = start
    while (this.codeAt(at) === SPACE) at += 1
    return at - start
  }

  /** The offset of the next newline, or of the end of the text. */
  lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at)
    return end < 0 ? this.text.length : end
  }

  /** The line from there to its end. */
  lineFrom(at: number): string {
    const end = this.lineEnd(at)
    return this.text.slice(at, this.codeAt(end - 1) === RETURN ? end - 1 : end)
  }

  #skipGap(floor: number): void {
    this.skipSpaces()
    if (!this.isLineEnd()) return
    this.nextLineIn(floor)
    if (this.#passedComment) throw new NotPlain()
  }

  #findLine(from: number): void {
    this.#passedComment = false
    for (let start = from; start < this.text.length; start = this.lineEnd(start) + 1) {
      const indent = this.spacesAt(start)
      const at = start + indent
      const isComment = this.codeAt(at) === HASH
      this.#passedComment ||= isComment
      if (isComment || this.isBreakAt(at)) continue
      this.#lineStart = start
      this.at = at
      this.indent = indent
      return
    }
    this.at = this.text.length
    this.indent = -1
  }

  /** Refuses the end of a document, and the start of another. */
  #refuseMarker(): void {
    const { text, at } = this
    const isMarker = text.startsWith('---', at) || text.startsWith('...', at)
    if (this.indent === 0 && isMarker) throw new NotPlain()
  }
}
