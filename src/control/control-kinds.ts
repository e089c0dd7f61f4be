import { Kind, type Static, type TUnsafe, Type, TypeRegistry } from '@sinclair/typebox'
import { isLong } from '../avro/long-type.ts'
import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { countText } from '../documents/count-text.ts'

/** The TypeBox schema of a 64-bit integer in a document: a bigint; in JSON a bare number. */
export function long(): TUnsafe<bigint> {
  return Type.Unsafe<bigint>({ type: 'integer', format: 'int64' })
}

TypeRegistry.Set('Id', (_schema, value) => isId(value))

/** Whether a value is an id: an integer of 64 bits from 1, exact. */
export function isId(value: unknown): value is number | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1
  return typeof value === 'bigint' && value >= 1n && isLong(value)
}

/** The TypeBox schema of an id in an input: a number, or a bigint. */
export function id(description: string): TUnsafe<number | bigint> {
  return Type.Unsafe<number | bigint>({
    ...{ [Kind]: 'Id', type: 'integer', format: 'int64', minimum: 1, description },
    expected: 'an integer from 1 to 9223372036854775807',
  })
}

/** The TypeBox schema of a time on a scope's clock. */
export function moment(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({
      ...{ minimum: 0, maximum: MAX_TIME_MS },
      description: `${description}, in epoch milliseconds`,
    }),
    expected: `epoch milliseconds as a whole number from 0 to ${MAX_TIME_MS}`,
  })
}

/** The TypeBox schema of a number of things. */
export function count(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({ minimum: 0, description }),
    expected: 'a whole number from 0',
  })
}

/** An object with no keys but those of its schema. */
export const CLOSED = { additionalProperties: false, expected: 'an object' } as const

/** The decoded fields of a record in a document. */
export const Fields = Type.Unsafe<Readonly<Record<string, unknown>>>(
  Type.Object({}, { additionalProperties: true, description: 'Fields of a record.' }),
)

/** How often something must have happened. */
export const Times = Type.Object(
  {
    exactly: Type.Optional(count('Exactly this often.')),
    at_least: Type.Optional(count('This often or more.')),
    at_most: Type.Optional(count('This often or less.')),
  },
  { ...CLOSED, minProperties: 1, expected: 'an object with exactly, at_least or at_most' },
)
export type Times = Static<typeof Times>

/** The part of a list to return. */
export const Paging = {
  limit: Type.Optional(count('The maximum number to return. Omitted: all.')),
  offset: Type.Optional(count('How many to skip. Omitted: none.')),
}

/** The part of a list that a filter asks for. */
export function page<Item>(
  items: readonly Item[],
  { limit = items.length, offset = 0 }: { readonly limit?: number; readonly offset?: number },
): Item[] {
  return items.slice(offset, offset + limit)
}

/** The unmet part of an expectation, such as `exactly 2 polls`; undefined if all is met. */
export function missedTimes(
  { exactly, at_least, at_most }: Times,
  { number, noun }: { readonly number: number; readonly noun: string },
): string | undefined {
  if (exactly !== undefined && number !== exactly) return `exactly ${countText(exactly, noun)}`
  if (at_least !== undefined && number < at_least) return `at least ${countText(at_least, noun)}`
  if (at_most === undefined || number <= at_most) return undefined
  return `at most ${countText(at_most, noun)}`
}
