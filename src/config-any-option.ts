import type { TSchema } from '@sinclair/typebox'
import { ConfigOptions, OPTION_NAMES, type OptionName } from './config-options.ts'
import {
  RECORD_OPTION_NAMES,
  type RecordOptionName,
  RecordOptions,
} from './config-record-options.ts'

/** The name of an option of `start` or `record`. No two of them are the same: `record` has both. */
export type AnyOption = OptionName | RecordOptionName

/** The names of all options: those of `start`, then those that only `record` has. */
export const ALL_OPTIONS: readonly AnyOption[] = [...OPTION_NAMES, ...RECORD_OPTION_NAMES]

const SCHEMAS: Readonly<Record<AnyOption, TSchema>> = {
  ...ConfigOptions.properties,
  ...RecordOptions.properties,
}

/** How an option is written: a switch is a flag without a value, and the flag of a list is repeated. */
export type OptionKind = 'switch' | 'list' | 'integer' | 'text'

const KINDS = new Map<unknown, OptionKind>([
  ['boolean', 'switch'],
  ['array', 'list'],
  ['integer', 'integer'],
])

export function optionKind(option: AnyOption): OptionKind {
  return KINDS.get(SCHEMAS[option]['type']) ?? 'text'
}

/** What an option is about, as `--help` shows it. */
export function describeOption(option: AnyOption): string {
  const fallback = describeDefault(option)
  const note = fallback === '' ? '' : `default: ${fallback}, `
  return `${SCHEMAS[option].description} (${note}env: ${environmentName(option)})`
}

/** The default of an option as `--help` shows it; empty without one. */
export function describeDefault(option: AnyOption): string {
  const { default: fallback, computed } = SCHEMAS[option]
  return typeof computed === 'string' ? computed : [fallback ?? []].flat().join(', ')
}

/**
 * The environment variable of an option, such as `MOCK_GPUDB_DEFAULT_DURATION`, or
 * `MOCK_GPUDB_RECORD_UPSTREAM` if only `record` has it; also of a name that is no option.
 */
export function environmentName(option: string): string {
  const prefix = Object.hasOwn(RecordOptions.properties, option) ? 'record-' : ''
  return `MOCK_GPUDB_${`${prefix}${option}`.toUpperCase().replaceAll('-', '_')}`
}
