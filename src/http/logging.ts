import { createRequire } from 'node:module'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { readSystemClock } from '../clock/time-source.ts'

const require = createRequire(import.meta.url)

type LoggerOptions = NonNullable<FastifyServerOptions['logger']>

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
  if (format === 'console') return `${message}\n`
  const line = { level: LEVEL_NUMBERS[level], time: readSystemClock(), msg: message }
  return `${JSON.stringify(line)}\n`
}

/** Fastify's logger options for a level and a format. */
export function loggerOptions({ level, format, write }: Logging): LoggerOptions {
  const timestamp = () => `,"time":${readSystemClock()}`
  return { level, timestamp, stream: { write: format === 'json' ? write : prettyWriter(write) } }
}

/** A log whose level info is shown also at the level warn: for rare and wanted news. */
export function noticeLog(log: FastifyBaseLogger): FastifyBaseLogger {
  return log.level === 'warn' ? log.child({}, { level: 'info' }) : log
}

/** The levels that log a line for each request. */
const LOGS_REQUESTS: ReadonlySet<LogLevel> = new Set(['info', 'debug', 'trace'])

/** Logs one line for each answered request at the levels info, debug and trace. */
export function createRequestLog(level: LogLevel): Fastify.LogController {
  return new RequestLog({ disableRequestLogging: !LOGS_REQUESTS.has(level) })
}

class RequestLog extends Fastify.LogController {
  override incomingRequest(): void {}

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (this.isLogDisabled(request)) return
    const { method, originalUrl: url } = request
    reply.log.info(`${method} ${url} ${reply.statusCode} in ${reply.elapsedTime.toFixed(1)} ms`)
  }
}

/** Formats JSON lines as readable text; the formatter is loaded with the first line. */
function prettyWriter(write: (line: string) => void): (line: string) => void {
  let prettify: ((line: string) => string) | undefined
  return (line) => {
    prettify ??= loadPrettifier()
    write(prettify(line))
  }
}

function loadPrettifier(): (line: string) => string {
  const { prettyFactory }: typeof import('pino-pretty') = require('pino-pretty')
  return prettyFactory({ colorize: false, ignore: 'pid,hostname,reqId', translateTime: true })
}
