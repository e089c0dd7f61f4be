import { type Ending, startGroup } from './process-group.ts'

/** A mock, built and started as users do. */
export interface Mock {
  readonly url: string
  /** Stops it and resolves with how it ended. */
  stop(): Promise<Ending>
}

const LIMIT_MS = 300_000

/**
 * Starts the mock on a free port of the loopback, with an auto clock.
 *
 * @throws Error with the last output of the mock if it ends before it listens.
 */
export async function startMock(flags: readonly string[]): Promise<Mock> {
  const group = startGroup(
    [
      process.execPath,
      'dist/bin/mock-gpudb.js',
      ...['start', '--host', '127.0.0.1', '--port', '0', '--clock', 'auto'],
      ...flags,
    ],
    { limitMs: LIMIT_MS },
  )
  const ready = await group.find(/^listening on (\S+)$/m)
  const url = ready?.[1]
  if (url === undefined) {
    const { reason, lastOutput } = await group.ended
    throw new Error(`the mock does not listen: ${reason}\n${lastOutput}`)
  }
  const stop = () => {
    group.signal('SIGTERM')
    return group.ended
  }
  return { url, stop }
}
