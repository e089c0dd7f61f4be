import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify'
import { pino } from 'pino'
import { readSystemClock } from '../clock/time-source.ts'
import { toPrintable, toPrintableLines } from '../documents/printable-text.ts'
import { consoleLine } from './console-line.ts'

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
  /** How many lines were dropped instead. Undefined: none is. */
  readonly dropped?: () => number
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
  const shared = { level, timestamp, serializers: { err: pino.stdSerializers.err } }
  if (format === 'json') {
    // An escaped character in a string of JSON is the same string.
    return pino(shared, { write: (line) => write(toPrintableLines(line)) })
  }
  return pino(
    { ...shared, base: null, formatters: { log: fieldsForPeople } },
    { write: (line) => write(consoleLine(JSON.parse(line))) },
  )
}

/** The fields of a console line: the message has the others in words. */
function fieldsForPeople({ err }: Record<string, unknown>): Record<string, unknown> {
  return { err }
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
