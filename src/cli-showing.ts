import type { Command } from 'commander'
import type { CliHost } from './cli-host.ts'
import { readTarget } from './cli-target.ts'
import type { JobFlags, RequestFlags, StatusFlags } from './cli-terminal.ts'
import { RealTime, startRealTimer, type TimeSource } from './clock/time-source.ts'
import { toPrintable } from './documents/printable-text.ts'
import { ControlClient } from './terminal/control-client.ts'
import { followRequests } from './terminal/follow-requests.ts'
import type { CommandContext } from './terminal/output.ts'
import { printJobs } from './terminal/print-jobs.ts'
import { printRequests } from './terminal/print-requests.ts'
import { printStatus } from './terminal/print-status.ts'
import { paintNothing, paintStyles } from './terminal/style.ts'
import { watchStatus } from './terminal/watch-status.ts'

/** Where a command finds its mock, and what it needs of the process. */
interface Place {
  /** Undefined: the mock is found by options. */
  readonly url: string | undefined
  readonly command: Command
  readonly host: CliHost
}

/** Runs `status`. */
export async function showStatus(flags: StatusFlags, place: Place): Promise<void> {
  const { watch = false, json = false } = flags
  await (watch ? watchStatus : printStatus)(clientOf(place), { context: contextOf(place), json })
}

/** Runs `requests`. */
export async function showRequests(flags: RequestFlags, place: Place): Promise<void> {
  const { follow = false, json = false, ...choice } = flags
  const options = { ...choice, context: contextOf(place), json }
  await (follow ? followRequests : printRequests)(clientOf(place), options)
}

/** Runs `jobs`. */
export async function showJobs(flags: JobFlags, place: Place): Promise<void> {
  const { json = false, ...choice } = flags
  await printJobs(clientOf(place), { ...choice, context: contextOf(place), json })
}

function clientOf({ url, command, host }: Place): ControlClient {
  return new ControlClient(readTarget(url, { command, host }), KEEPING_TIME)
}

/** Real time whose timers keep the process alive: nothing else does while a connection is lost. */
const KEEPING_TIME: TimeSource = {
  now: () => new RealTime().now(),
  startTimer: (ms, callback) => startRealTimer(ms, callback, { keepsAlive: true }),
}

function contextOf({ host }: Place): CommandContext {
  const { env, stdout, stderr, signals } = host
  const ending = new AbortController()
  void signals.received.then(() => ending.abort())
  const isScreen = stdout.terminal !== undefined && env['TERM'] !== 'dumb'
  // https://no-color.org: any value that is not empty.
  const hasColours = isScreen && (env['NO_COLOR'] ?? '') === ''
  return {
    stdout,
    isScreen,
    plainWidth: readWidth(env['COLUMNS']),
    paint: hasColours ? paintStyles : paintNothing,
    signal: ending.signal,
    time: KEEPING_TIME,
    report: (line) => stderr.write(`${toPrintable(line)}\n`),
  }
}

/** A width in cells; undefined for any other text. */
function readWidth(text = ''): number | undefined {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined
}
