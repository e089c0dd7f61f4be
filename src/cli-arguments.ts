import { ALL_OPTIONS, type OptionKind, optionKind } from './config-any-option.ts'
import { SECRET_OPTIONS } from './config-options.ts'
import { didYouMean } from './documents/did-you-mean.ts'

/** A command line that is wrong before its options are read; the message is for the user. */
export class CommandLineError extends Error {
  readonly code = 'BAD_COMMAND_LINE'

  constructor(message: string) {
    super(`error: ${message}`)
    this.name = 'CommandLineError'
  }
}

const COMMANDS =
  'start health record status requests jobs validate schema openapi version help'.split(' ')

/** The commands that have options, but no other arguments. */
const OPTIONS_ONLY: readonly string[] = ['start', 'health', 'record']

/** Flags of single commands. */
const OWN_SWITCHES = ['--help', '-h', '--version', '-V', '--json', '--follow', '--unmatched']
const OWN_VALUES = ['--config', '--format', '--scope', '--endpoint', '--limit', '--status']

const SWITCHES = new Set([...flagsOf('switch'), ...OWN_SWITCHES])
const LIST_FLAGS = new Set(flagsOf('list'))
const SECRET_FLAGS = new Set(Array.from(SECRET_OPTIONS, toFlag))

/** The flags that take the next argument as their value. */
const VALUE_FLAGS = new Set([
  ...ALL_OPTIONS.map(toFlag).filter((flag) => !SWITCHES.has(flag)),
  ...OWN_VALUES,
])

/**
 * Moves the command before its flags: `--port 0 health` is `health --port 0`.
 *
 * @throws CommandLineError if a word is neither a command nor the value of a flag.
 */
export function commandFirst(argv: readonly string[]): readonly string[] {
  const [first, second] = findOperands(argv)
  if (first === undefined) return argv
  const command = String(argv[first])
  if (!COMMANDS.includes(command)) {
    const hint = didYouMean(command, COMMANDS)
    throw explainStray(argv, { place: first, hint, noun: 'command' })
  }
  if (second !== undefined && OPTIONS_ONLY.includes(command)) {
    throw explainStray(argv, { place: second, hint: '', noun: 'argument' })
  }
  return [command, ...argv.slice(0, first), ...argv.slice(first + 1)]
}

/** The places of the words that are not flags or their values; none after an unknown flag. */
function findOperands(argv: readonly string[]): number[] {
  const found: number[] = []
  for (let place = 0; place < argv.length; place += 1) {
    const word = String(argv[place])
    if (!word.startsWith('-')) found.push(place)
    else if (VALUE_FLAGS.has(word)) place += 1
    else if (!SWITCHES.has(word) && !VALUE_FLAGS.has(word.replace(/=.*/s, ''))) break
  }
  return found
}

/** A word without a meaning: its place, and the command that is similar. */
interface Stray {
  readonly place: number
  readonly hint: string
  readonly noun: 'command' | 'argument'
}

/** Explains a word without a meaning. A part of a secret is not quoted. */
function explainStray(argv: readonly string[], { place, hint, noun }: Stray): CommandLineError {
  const word = String(argv[place])
  const flag = argv[place - 2] ?? ''
  const before = argv[place - 1] ?? ''
  if (VALUE_FLAGS.has(flag) && (hint === '' || SECRET_FLAGS.has(flag))) {
    const advice = LIST_FLAGS.has(flag) ? ': repeat the flag, or use commas' : ''
    return new CommandLineError(`${flag} takes one value${advice}`)
  }
  if (SWITCHES.has(before) && /^(?:true|false)$/.test(word)) {
    return new CommandLineError(`${before} takes no value`)
  }
  return new CommandLineError(`unknown ${noun} '${word}'${hint}`)
}

function flagsOf(kind: OptionKind): string[] {
  return ALL_OPTIONS.filter((name) => optionKind(name) === kind).map(toFlag)
}

function toFlag(name: string): string {
  return `--${name}`
}
