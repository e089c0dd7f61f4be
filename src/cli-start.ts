import { type CliHost, type ExitCode, FAILED, OK } from './cli-host.ts'
import { configure } from './cli-options.ts'
import type { Config } from './config.ts'
import { unknownVariables } from './config-environment.ts'
import { readAccess, readTls } from './config-files.ts'
import type { Flags } from './config-sources.ts'
import { toPrintable } from './documents/printable-text.ts'
import { describeFixtures } from './fixtures/describe-fixtures.ts'
import { checkHealth } from './http/check-health.ts'
import { noticeLine } from './http-parts/logging.ts'
import { type RunningMock, startMock } from './mock.ts'
import { LogQueue, MAX_QUEUED_LOG } from './process/log-queue.ts'

/** Starts the server, and resolves when a signal has stopped it. */
export async function start(flags: Flags, host: CliHost): Promise<ExitCode> {
  const config = configure(flags, host.env)
  const { tls, logging, accessFiles, defaultFixtures, inlineFixtures, ...settings } = config
  const notice = (message: string) => noticeLine(logging.format, message)
  for (const warning of unknownVariables(host.env)) host.stderr.write(notice(warning))
  stopWithInput(config, host)
  const log = new LogQueue(host.stderr, { maxQueued: MAX_QUEUED_LOG, notice })
  const starting = startMock({
    ...settings,
    fixtures: [...config.fixtures, ...inlineFixtures],
    access: readAccess({ access: config.access, accessFiles }),
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    logging: { ...logging, write: (line) => log.write(line), dropped: () => log.dropped },
  })
  const mock = await untilSignal(starting, host)
  if (mock === undefined) return OK
  const { line, warnings } = describeFixtures(mock.loaded, defaultFixtures)
  host.stderr.write(noticeLine(logging.format, line, { level: 'info' }))
  for (const warning of warnings) host.stderr.write(notice(warning))
  if (config.page !== 'off') {
    const page = `live page on ${mock.controlUrl ?? mock.url}/__mock/`
    host.stderr.write(noticeLine(logging.format, page, { level: 'info' }))
  }
  const apart = mock.controlUrl === undefined ? '' : `control API on ${mock.controlUrl}\n`
  host.stdout.write(`${apart}listening on ${mock.url}\n`)
  await host.signals.received
  await mock.stop()
  return OK
}

/** With `--stop-with-stdin`, lets the end of the standard input stop the command, with a line on stderr. */
export function stopWithInput(
  { stopWithStdin, logging }: Pick<Config, 'stopWithStdin' | 'logging'>,
  { signals, stderr }: CliHost,
): void {
  if (!stopWithStdin) return
  const line = noticeLine(logging.format, 'stopping: the standard input has ended', {
    level: 'info',
  })
  void signals.inputEnd().then(() => stderr.write(line))
}

/** The started mock; undefined if a signal is received before it listens: it then stops at once. */
async function untilSignal(
  starting: Promise<RunningMock>,
  { signals }: CliHost,
): Promise<RunningMock | undefined> {
  const mock = await Promise.race([starting, signals.received])
  if (mock !== undefined) return mock
  void starting.then(
    ({ stop }) => stop(),
    () => undefined,
  )
  return undefined
}

/** Checks whether the server with the same options answers. */
export async function health(flags: Flags, host: CliHost): Promise<ExitCode> {
  const answer = await checkHealth(configure(flags, host.env))
  const stream = answer.healthy ? host.stdout : host.stderr
  stream.write(`${toPrintable(answer.message)}\n`)
  return answer.healthy ? OK : FAILED
}
