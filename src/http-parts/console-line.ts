import { showTimeOfDay } from '../clock/show-time.ts'
import { toPrintable, toPrintableLines } from '../documents/printable-text.ts'

/** The parts of a log record that people read; the message has the rest in words. */
export interface LogRecord {
  readonly level: number
  /** In epoch milliseconds. */
  readonly time: number
  readonly msg?: string
  readonly err?: LoggedError
}

/** An error as pino writes it. */
interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: string
}

/** The names of pino's numbers of levels. */
const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}

/**
 * A log record for people: `[12:30:01.250] INFO: Cannot …`, in UTC. An error follows in lines that
 * are indented, so that they start no others.
 */
export function consoleLine({ level, time, msg = '', err }: LogRecord): string {
  const line = `[${showTimeOfDay(time)}] ${LEVEL_NAMES[level]}: ${toPrintable(msg)}\n`
  return err === undefined ? line : line + describeError(err)
}

function describeError({ type, message, stack }: LoggedError): string {
  const lines = [
    'err: {',
    `  "type": ${JSON.stringify(type)},`,
    `  "message": ${JSON.stringify(toPrintable(message))},`,
    '  "stack":',
    ...toPrintableLines(stack)
      .split('\n')
      .map((line) => `      ${line}`),
    '}',
  ]
  return lines.map((line) => `    ${line}\n`).join('')
}
