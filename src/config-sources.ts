import type { Static, TObject } from '@sinclair/typebox'
import { type AnyOption, environmentName, optionKind } from './config-any-option.ts'
import { type Environment, readVariable } from './config-environment.ts'
import { SECRET_OPTIONS } from './config-options.ts'
import { checkShape } from './documents/check-shape.ts'
import { didYouMean } from './documents/did-you-mean.ts'
import { isJsonList, isJsonObject, type JsonValue } from './documents/json-value.ts'
import type { LocatedDocument } from './documents/located-document.ts'
import { cutText } from './documents/quote-text.ts'
import type { JsonPath } from './documents/reading.ts'

/** The value of a flag: a string, strings if the flag repeats, true if it has no value. */
export type FlagValue = string | readonly string[] | true

/** Flags, by option name. */
export type Flags = Readonly<Record<string, FlagValue | undefined>>

/** The sources of options. Flags override the environment, which overrides the file. */
export interface ConfigSources {
  readonly flags: Flags
  readonly env: Environment
  readonly file?: { readonly name: string; readonly document: LocatedDocument }
}

/** Invalid options. Each problem names its source: flag, variable, or file, line and column. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Cannot use the options: ${problems.join('; ')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** A value and its source, as problems name it. */
export interface Given {
  readonly value: JsonValue
  readonly origin: string
}

/** The options of these names that are given, each from the first source that has it. */
export function readGiven<Name extends AnyOption>(
  names: readonly Name[],
  sources: ConfigSources,
): Map<Name, Given> {
  const given = new Map<Name, Given>()
  for (const name of names) {
    const found = READERS.map((read) => read(sources, name)).find((one) => one !== undefined)
    if (found) given.set(name, found)
  }
  return given
}

/** The readers of the sources, in order of precedence. */
const READERS = [fromFlags, fromEnvironment, fromFile]

function fromFlags({ flags }: ConfigSources, name: AnyOption): Given | undefined {
  const value = flags[name]
  return value === undefined ? undefined : { value: readValue(name, value), origin: `--${name}` }
}

function fromEnvironment({ env }: ConfigSources, name: AnyOption): Given | undefined {
  const text = readVariable(env, name)
  if (text === undefined) return undefined
  const value = readValue(name, text)
  // Only commas: unset, like an empty variable.
  if (isJsonList(value) && value.length === 0) return undefined
  return { value, origin: environmentName(name) }
}

function fromFile({ file }: ConfigSources, name: AnyOption): Given | undefined {
  if (file === undefined || !isJsonObject(file.document.value)) return undefined
  const value = file.document.value[name]
  if (value === undefined) return undefined
  const { line, column } = file.document.locate([name], 'value')
  return { value, origin: `${file.name}:${line}:${column}: ${name}` }
}

/** Converts the text of a flag or variable to the option's type, if it is written as such. */
function readValue(name: AnyOption, value: FlagValue): JsonValue {
  const kind = optionKind(name)
  if (kind === 'list' && value !== true) return [value].flat().flatMap(splitList)
  if (typeof value !== 'string') return value
  if (kind === 'switch' && (value === 'true' || value === 'false')) return value === 'true'
  return kind === 'integer' && /^\d+$/.test(value) ? Number(value) : value
}

/** The values of a list: `a, b` and `a,b,` are two. */
function splitList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '')
}

/** One problem for each key of the file that is not among the names. */
export function unknownKeys(
  names: readonly string[],
  { file }: Pick<ConfigSources, 'file'>,
): string[] {
  if (file === undefined) return []
  const { value } = file.document
  const placeOf = (path: JsonPath) => {
    const { line, column } = file.document.locate(path, 'key')
    return `${file.name}:${line}:${column}`
  }
  if (!isJsonObject(value)) return [`${placeOf([])}: expected an object with options`]
  return Object.keys(value)
    .filter((key) => !names.includes(key))
    .map((key) => `${placeOf([key])}: unknown option ${cutText(key)}${didYouMean(key, names)}`)
}

/** The options whose values are not quoted: a URL may have a password. */
const UNQUOTED: ReadonlySet<string> = new Set<AnyOption>([...SECRET_OPTIONS, 'upstream'])

/**
 * Checks the options that are given, and adds the defaults of the others.
 *
 * @throws ConfigError with all problems: those that are already found, also of options that are
 *   missing, and those of the values.
 */
export function checkGiven<Schema extends TObject>(
  schema: Schema,
  { given, found }: { given: ReadonlyMap<string, Given>; found: readonly string[] },
): Static<Schema> {
  const defaults = Object.entries(schema.properties).map(([name, one]) => [name, one.default])
  const values = Object.fromEntries([
    ...defaults.filter(([, value]) => value !== undefined),
    ...Array.from(given, ([name, { value }]) => [name, value]),
  ])
  const shaped = checkShape(schema, values)
  if ('value' in shaped && found.length === 0) return shaped.value
  const wrong = 'problems' in shaped ? shaped.problems : []
  const problems = wrong.flatMap(({ path, message }) => {
    const name = String(path[0])
    const source = given.get(name)
    if (source === undefined) return []
    return `${source.origin}: ${UNQUOTED.has(name) ? message.replace(/, got .*$/s, '') : message}`
  })
  throw new ConfigError([...found, ...problems])
}
