/** The colours and weights of texts on a terminal; each says only what the text says too. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const

/** A way to show a text. */
export type Style = keyof typeof CODES

/** Shows a text in a style, or as it is. */
export type Paint = (text: string, style?: Style) => string

/** Shows every text as it is. */
export const paintNothing: Paint = (text) => text

/** Adds the escape sequences of terminals. */
export const paintStyles: Paint = (text, style) => {
  if (style === undefined || text === '') return text
  const [on, off] = CODES[style]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** The style of a status of a job. */
export function styleOfStatus(status: string): Style | undefined {
  return STATUS_STYLES.get(status)
}

const STATUS_STYLES = new Map<string, Style>([
  ['RUNNING', 'yellow'],
  ['DONE', 'green'],
  ['ERROR', 'red'],
  ['CANCELLED', 'dim'],
])
