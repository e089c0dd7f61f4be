import { parseArgs } from 'node:util'

/** The options of a run. */
export interface SoakOptions {
  readonly minutes: number
  /** The number of connections that are held without a request at the end; 0 skips that. */
  readonly idle: number
}

const DEFAULT_MINUTES = 10
const DEFAULT_IDLE = 10_000
const USAGE = 'usage: npm run test:soak -- [minutes] [--idle N]'

/** Reads the command line. Throws an error with the usage if it is wrong. */
export function readSoakOptions(argv: readonly string[]): SoakOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { idle: { type: 'string' } },
    allowPositionals: true,
  })
  const minutes = Number(positionals[0] ?? DEFAULT_MINUTES)
  const idle = Number(values.idle ?? DEFAULT_IDLE)
  const isWrong = !(minutes > 0) || !Number.isSafeInteger(idle) || idle < 0
  if (isWrong || positionals.length > 1) throw new Error(USAGE)
  return { minutes, idle }
}
