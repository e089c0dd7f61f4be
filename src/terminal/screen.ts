import type { TextTarget } from './output.ts'

/** The alternate screen, without a cursor, and without a new line after a full one. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l'

const HOME = '\u001b[H'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** The height of a terminal that does not say it. */
const DEFAULT_ROWS = 24

/** The alternate screen of a terminal, whose content is replaced as a whole. */
export class Screen {
  readonly #stdout: TextTarget

  /** Opens the screen. Close it, so that the terminal shows again what was there before. */
  constructor(stdout: TextTarget) {
    this.#stdout = stdout
    stdout.write(OPEN)
  }

  /** Shows lines, which fit the width; those that do not fit the height are omitted. */
  draw(lines: readonly string[]): void {
    const rows = this.#stdout.terminal?.rows || DEFAULT_ROWS
    const shown = lines.length > rows ? [...lines.slice(0, rows - 1), '…'] : lines
    const content = shown.map((line) => `${line}${CLEAR_LINE_END}`).join('\n')
    this.#stdout.write(`${HOME}${content}${CLEAR_BELOW}`)
  }

  close(): void {
    this.#stdout.write(CLOSE)
  }
}
