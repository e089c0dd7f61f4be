import { ConfigError, type Flags, type FlagValue } from './config.ts'
import { type Environment, readEnvironment } from './config-environment.ts'
import {
  RECORD_OPTION_NAMES,
  type RecordOptionName,
  RecordOptions,
  recordVariable,
} from './config-record-options.ts'
import { checkShape } from './documents/check-shape.ts'
import type { JsonValue } from './documents/json-value.ts'

/** A value and its source, as problems name it. */
interface Given {
  readonly name: RecordOptionName
  readonly value: JsonValue
  readonly origin: string
}

/**
 * Reads the options that only `record` has. Flags override the environment.
 *
 * @throws ConfigError with all problems. A URL is not quoted: it may have a password.
 */
export function readRecordOptions(flags: Flags, env: Environment): RecordOptions {
  const given = RECORD_OPTION_NAMES.flatMap((name) => findGiven(name, { flags, env }) ?? [])
  const defaults = RECORD_OPTION_NAMES.map((name) => [name, RecordOptions.properties[name].default])
  const shaped = checkShape(
    RecordOptions,
    Object.fromEntries([
      ...defaults.filter(([, value]) => value !== undefined),
      ...given.map(({ name, value }) => [name, value]),
    ]),
  )
  if ('value' in shaped) return shaped.value
  const problems = shaped.problems.map(({ path, message }) => {
    const source = given.find(({ name }) => name === path[0])
    if (source === undefined) return `--upstream: expected the URL of the database`
    const isUrl = source.name === 'upstream'
    return `${source.origin}: ${isUrl ? message.replace(/, got .*$/s, '') : message}`
  })
  throw new ConfigError(problems)
}

function findGiven(
  name: RecordOptionName,
  { flags, env }: { readonly flags: Flags; readonly env: Environment },
): Given | undefined {
  const flag = flags[name]
  if (flag !== undefined) return { name, value: readValue(name, flag), origin: `--${name}` }
  const variable = recordVariable(name)
  const text = readEnvironment(env, variable)
  if (text === undefined) return undefined
  return { name, value: readValue(name, text), origin: variable }
}

/** Converts a text to the type of the option, if it is written as such. */
function readValue(name: RecordOptionName, value: FlagValue): JsonValue {
  const type = RecordOptions.properties[name]['type']
  if (typeof value !== 'string') return value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return type === 'integer' && /^\d+$/.test(value) ? Number(value) : value
}
