/** The first quartile, the median, and the third quartile. */
export type Quartiles = readonly [low: number, middle: number, high: number]

/** The median; between the middle two values if their number is even. */
export function median(values: readonly number[]): number {
  return quantile(values, 1 / 2)
}

/** The quartiles; each is between two values if it is not one of them. */
export function quartiles(values: readonly number[]): Quartiles {
  return [quantile(values, 1 / 4), median(values), quantile(values, 3 / 4)]
}

/** The quartiles of the ratios of values to other values, round by round. */
export function ratioQuartiles(values: readonly number[], others: readonly number[]): Quartiles {
  return quartiles(values.map((value, round) => value / (others[round] ?? Number.NaN)))
}

/** The sum of times or counts; 0 if there are none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)]
  const high = sorted[Math.ceil(place)]
  if (low === undefined || high === undefined) {
    throw new Error('Cannot take the median: there are no values')
  }
  return low + (high - low) * (place - Math.floor(place))
}
