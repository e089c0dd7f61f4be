import { type Aim, type Figure, joinAims, renderQuartiles } from './figure.ts'
import { median, type Quartiles, quartiles } from './statistics.ts'

/** One turn of a server. */
export interface Turn {
  /** Requests per second. */
  readonly rate: number
  /** Processor time per request in nanoseconds; undefined if the system does not report it. */
  readonly cpuNs: number | undefined
}

/** The turns of a server and of what it is compared with, in the same rounds. */
export interface Pairs {
  /** The name of what it is compared with, as in `0.65 of node:http`. */
  readonly of: string
  readonly pairs: readonly (readonly [turn: Turn, other: Turn])[]
  /** The aim for the ratio; absent if there is none. */
  readonly atLeast?: number | undefined
}

/** A figure of requests per second, beside those of each reference. */
export function describeTurns(name: string, comparisons: readonly Pairs[]): Figure {
  const turns = comparisons[0]?.pairs.map(([turn]) => turn) ?? []
  const cpu = describeCpu(turns, comparisons)
  return {
    name,
    value: `${Math.round(median(turns.map(({ rate }) => rate)))} requests/s`,
    ratios: comparisons.map((one) => `${renderQuartiles(rateRatio(one))} of ${one.of}`),
    ...(cpu && { cpu }),
    ...joinAims(comparisons.flatMap(aimOf)),
  }
}

/** Above 1 if the measured server answers more. */
function rateRatio({ pairs }: Pairs): Quartiles {
  return quartiles(pairs.map(([turn, other]) => turn.rate / other.rate))
}

/** The processor time of a request, and its ratios: above 1 if the measured server uses less. */
function describeCpu(
  turns: readonly Turn[],
  comparisons: readonly Pairs[],
): readonly string[] | undefined {
  const known = turns.flatMap(({ cpuNs }) => cpuNs ?? [])
  if (known.length === 0) return undefined
  const ratios = comparisons.map(({ of, pairs }) => {
    const ratio = median(pairs.map(([turn, other]) => (other.cpuNs ?? 0) / (turn.cpuNs ?? 0)))
    return `${ratio.toFixed(2)} of ${of}`
  })
  return [`${(median(known) / 1000).toFixed(1)} µs`, ...ratios]
}

function aimOf(comparison: Pairs): Aim[] {
  const { of, atLeast } = comparison
  if (atLeast === undefined) return []
  const [, ratio] = rateRatio(comparison)
  return [{ text: `≥ ${atLeast.toFixed(2)} of ${of}`, met: ratio >= atLeast }]
}
