import { aimOf, type Figure, renderQuartiles } from './figure.ts'
import { median, ratioQuartiles } from './statistics.ts'

/** One turn of a server. */
export interface Turn {
  /** Requests per second. */
  readonly rate: number
  /** Processor time per request in nanoseconds; undefined if the system does not report it. */
  readonly cpuNs: number | undefined
}

/** The turns of a server, and in the same rounds those of what it is compared with. */
export interface Comparison {
  readonly turns: readonly Turn[]
  readonly others: readonly {
    /** Its name, as in `0.65 of node:http`. */
    readonly of: string
    readonly turns: readonly Turn[]
    /** The aim for the ratio of rates; absent if there is none. */
    readonly atLeast?: number | undefined
  }[]
}

/** The turns of several processes of the same servers as those of one. */
export function pooled([first, ...more]: readonly [Comparison, ...Comparison[]]): Comparison {
  return more.reduce(
    (sum, { turns, others }) => ({
      turns: [...sum.turns, ...turns],
      others: sum.others.map((other, index) => ({
        ...other,
        turns: [other, ...others.slice(index, index + 1)].flatMap((each) => each.turns),
      })),
    }),
    first,
  )
}

/** A figure of requests per second, with ratios above 1 if the server answers more than others. */
export function describeTurns(name: string, comparison: Comparison): Figure {
  const rates = ratesOf(comparison)
  const ratios = comparison.others.map(({ of, atLeast, ...other }) => {
    const spread = ratioQuartiles(rates, ratesOf(other))
    return { of, atLeast, spread, ratio: spread[1] }
  })
  return {
    name,
    value: `${Math.round(median(rates))} requests/s`,
    ratios: ratios.map(({ of, spread }) => `${renderQuartiles(spread)} of ${of}`),
    ...describeCpu(comparison),
    ...aimOf(ratios),
  }
}

/** The processor time of a request, and its ratios: above 1 if the server uses less than others. */
function describeCpu({ turns, others }: Comparison): Pick<Figure, 'cpu'> {
  const times = cpuTimesOf({ turns })
  if (times.length === 0) return {}
  const ratios = others.map((other) => {
    const [, ratio] = ratioQuartiles(cpuTimesOf(other), times)
    return `${ratio.toFixed(2)} of ${other.of}`
  })
  return { cpu: [`${(median(times) / 1000).toFixed(1)} µs`, ...ratios] }
}

function ratesOf({ turns }: Pick<Comparison, 'turns'>): number[] {
  return turns.map(({ rate }) => rate)
}

function cpuTimesOf({ turns }: Pick<Comparison, 'turns'>): number[] {
  return turns.flatMap(({ cpuNs }) => cpuNs ?? [])
}
