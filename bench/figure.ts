/** One measured figure: a row of the table. */
export interface Figure {
  readonly name: string
  /** The value with its unit. */
  readonly value: string
  /** The comparison and its factor; absent if it is not compared. */
  readonly ratios: readonly string[]
  /** The target; absent if there is none. */
  readonly aim?: { readonly text: string; readonly met: boolean }
}

/** The median; the upper of the middle two values if their number is even. */
export function median(values: readonly number[]): number {
  return quantile(values, 1 / 2)
}

/** The first quartile, the median, and the third quartile. */
export function quartiles(values: readonly number[]): [low: number, middle: number, high: number] {
  return [quantile(values, 1 / 4), median(values), quantile(values, 3 / 4)]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  const value = sorted[Math.floor(sorted.length * share)]
  if (value === undefined) throw new Error('Cannot take the median: there are no values')
  return value
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
