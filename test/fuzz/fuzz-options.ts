import { parseArgs } from 'node:util'

/** The options of a run. */
export interface FuzzOptions {
  readonly seconds: number
  /** The same seed gives the same inputs. */
  readonly seed: number
  /** The only target to run; undefined runs all. */
  readonly target: string | undefined
  /** The path of a failure, which a failed run prints: the run repeats only that. */
  readonly path: string | undefined
}

const DEFAULT_SECONDS = 60
const USAGE = 'usage: npm run test:fuzz -- [seconds] [--seed N] [--target NAME] [--path PATH]'

/** Reads the command line; `random` makes a seed. Throws an error with the usage if it is wrong. */
export function readFuzzOptions(argv: readonly string[], random: () => number): FuzzOptions {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { seed: text, target: text, path: text },
    allowPositionals: true,
  })
  const seconds = Number(positionals[0] ?? DEFAULT_SECONDS)
  const seed = Number(values.seed ?? Math.floor(random() * 2 ** 31))
  if (!(seconds > 0) || !Number.isSafeInteger(seed) || positionals.length > 1)
    throw new Error(USAGE)
  return { seconds, seed, target: values.target, path: values.path }
}
