import type { Quartiles } from './statistics.ts'

/** One measured figure: a row of the table. */
export interface Figure {
  readonly name: string
  /** The value with its unit. */
  readonly value: string
  /** The comparisons and their factors; empty if it is not compared. */
  readonly ratios: readonly string[]
  /** The processor time of one request, and its comparisons; absent if it is not known. */
  readonly cpu?: readonly string[]
  /** The target; absent if there is none. */
  readonly aim?: Aim
}

/** A target, and whether it is met. */
export interface Aim {
  readonly text: string
  readonly met: boolean
}

/** A ratio to a reference, and what it should be. */
export interface AimedRatio {
  /** The name of the reference, as in `0.65 of node:http`. */
  readonly of: string
  readonly ratio: number
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
}

/** The target of a figure: that of all of its ratios that have one. */
export function aimOf(ratios: readonly AimedRatio[]): Pick<Figure, 'aim'> {
  const aims = ratios.flatMap(({ of, ratio, atLeast, atMost }) => [
    ...(atLeast === undefined ? [] : [{ text: `≥ ${atLeast} of ${of}`, met: ratio >= atLeast }]),
    ...(atMost === undefined ? [] : [{ text: `≤ ${atMost} of ${of}`, met: ratio <= atMost }]),
  ])
  if (aims.length === 0) return {}
  const text = aims.map((aim) => aim.text).join('; ')
  return { aim: { text, met: aims.every(({ met }) => met) } }
}

/** The columns of a table of figures, in order. */
const CELLS = {
  figure: ({ name }: Figure) => name,
  measured: ({ value }: Figure) => value,
  ratio: ({ ratios }: Figure) => ratios.join('; '),
  'CPU per request': ({ cpu = [] }: Figure) => cpu.join('; '),
  aim: ({ aim }: Figure) => aim?.text ?? '',
  met: ({ aim }: Figure) => describe(aim),
} as const

/** The title of a column. */
export type Column = keyof typeof CELLS

/** All columns, and those of a table that does not judge. */
export const COLUMNS: Readonly<Record<'judged' | 'plain', readonly Column[]>> = {
  judged: ['figure', 'measured', 'ratio', 'CPU per request', 'aim', 'met'],
  plain: ['figure', 'measured', 'ratio', 'CPU per request', 'aim'],
}

/** The figures as a Markdown table. */
export function renderTable(figures: readonly Figure[], columns = COLUMNS.judged): string {
  const rows = figures.map((figure) => columns.map((column) => CELLS[column](figure)))
  const lines = [columns, columns.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A ratio with its quartiles: `0.65 (0.63 to 0.66)`. */
export function renderQuartiles([low, middle, high]: Quartiles): string {
  return `${middle.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
}

function describe(aim: Aim | undefined): string {
  if (aim === undefined) return ''
  return aim.met ? 'yes' : '**no**'
}
