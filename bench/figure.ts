/** One measured figure: a row of the table. */
export interface Figure {
  readonly name: string
  /** With its unit. */
  readonly value: string
  /** What it is compared with, and by which factor. */
  readonly ratios: readonly string[]
  /** Absent where nothing is aimed at. */
  readonly aim?: { readonly text: string; readonly met: boolean }
}

/** The middle value; the upper one of the middle two where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('Cannot take the median: there are no values')
  return middle
}

/** The figures as a Markdown table. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, ratios, aim }) => {
    const cells = [name, value, ratios.join('; '), aim?.text ?? '', describe(aim)]
    return `| ${cells.join(' | ')} |`
  })
  return ['| figure | measured | ratio | aim | met |', '|---|---|---|---|---|', ...rows].join('\n')
}

function describe(aim: Figure['aim']): string {
  if (aim === undefined) return ''
  return aim.met ? 'yes' : '**no**'
}
