import { createRequire } from 'node:module'
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify'
import { pino } from 'pino'
import { readSystemClock } from '../clock/time-source.ts'
import { toPrintable, toPrintableLines } from '../documents/printable-text.ts'

const require = createRequire(import.meta.url)

/** The log levels, from the least to the most; `silent` logs nothing. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The formats of log lines: readable text, or one JSON object a line. */
export const LOG_FORMATS = ['console', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** The settings of the log. */
export interface Logging {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Called with each complete line. */
  readonly write: (line: string) => void
}

/** The numbers of levels in JSON lines. */
const LEVEL_NUMBERS = { info: 30, warn: 40 } as const

/** A line for the user, whatever the log level: plain text, or JSON with a level as the log has. */
export function noticeLine(
  format: LogFormat,
  message: string,
  { level }: { readonly level: keyof typeof LEVEL_NUMBERS } = { level: 'warn' },
): string {
  if (format === 'console') return `${toPrintable(message)}\n`
  const line = { level: LEVEL_NUMBERS[level], time: readSystemClock(), msg: message }
  return `${toPrintable(JSON.stringify(line))}\n`
}

/** The log of a level and a format. Names and texts cannot forge a line. */
export function createLog({ level, format, write }: Logging): FastifyBaseLogger {
  const timestamp = () => `,"time":${readSystemClock()}`
  const writer = format === 'json' ? jsonWriter(write) : prettyWriter(write)
  return pino(
    { level, timestamp, serializers: { err: pino.stdSerializers.err } },
    { write: writer },
  )
}

/**
 * Fastify's options for a log. Without lines for requests it has none: it would spend a tenth of a
 * call on loggers.
 */
export function logOptions(
  log: FastifyBaseLogger,
): Pick<FastifyServerOptions, 'logger' | 'loggerInstance' | 'childLoggerFactory'> {
  if (!logsRequests(log)) return { logger: false }
  // A logger for each request would cost a tenth of a poll.
  return { loggerInstance: log, childLoggerFactory: (logger) => logger }
}

/** Whether a log has a line for each request. */
export function logsRequests({ level }: FastifyBaseLogger): boolean {
  return level === 'info' || level === 'debug' || level === 'trace'
}

/** A log whose level info is shown also at the level warn: for rare and wanted news. */
export function noticeLog(log: FastifyBaseLogger): FastifyBaseLogger {
  return log.level === 'warn' ? log.child({}, { level: 'info' }) : log
}

/** Writes JSON lines. An escaped character in a string of JSON is the same string. */
function jsonWriter(write: (line: string) => void): (line: string) => void {
  return (line) => write(toPrintableLines(line))
}

/** Formats JSON lines as readable text; the formatter is loaded with the first line. */
function prettyWriter(write: (line: string) => void): (line: string) => void {
  let prettify: ((record: object) => string) | undefined
  return (line) => {
    prettify ??= loadPrettifier()
    write(prettify(toPrintableRecord(line)))
  }
}

/** The parts of a record that people read; the message has the rest in words. */
interface LogRecord {
  readonly level: number
  readonly time: number
  readonly msg?: string
  /** A logged error. The formatter indents its stack, so that its lines start no others. */
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string }
}

function toPrintableRecord(line: string): LogRecord {
  const { level, time, msg = '', err }: LogRecord = JSON.parse(line)
  const shown = { level, time, msg: toPrintable(msg) }
  if (err === undefined) return shown
  const { type, message, stack } = err
  return { ...shown, err: { type, message: toPrintable(message), stack: toPrintableLines(stack) } }
}

function loadPrettifier(): (record: object) => string {
  const { prettyFactory }: typeof import('pino-pretty') = require('pino-pretty')
  return prettyFactory({ colorize: false, translateTime: true })
}
