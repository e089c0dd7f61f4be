import { type Static, type TUnsafe, Type } from '@sinclair/typebox'

/** The TypeBox schema of a 64-bit integer that is shown: a bare number in JSON, with every digit. */
export function long(): TUnsafe<number | bigint> {
  return Type.Unsafe<number | bigint>({ type: 'integer', format: 'int64' })
}

/** The TypeBox schema of a moment of a scope's clock. */
export function moment(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({ minimum: 0, description: `${description}, in epoch milliseconds` }),
    expected: 'epoch milliseconds as a whole number from 0',
  })
}

/** The TypeBox schema of a number of things in a query. */
export function countText(description: string): TUnsafe<string> {
  return Type.Unsafe<string>({
    ...Type.String({ pattern: '^\\d{1,9}$', description }),
    expected: 'a whole number from 0 to 999999999',
  })
}

/** An object without other keys than those that are described. */
export const CLOSED = { additionalProperties: false, expected: 'an object' } as const

/** The decoded fields of a record, as they are shown. */
export const Fields = Type.Unsafe<Readonly<Record<string, unknown>>>(
  Type.Object({}, { additionalProperties: true, description: 'Fields of a record.' }),
)

/** How often something is to have happened. */
export const Times = Type.Object(
  {
    exactly: Type.Optional(count('Exactly so often.')),
    at_least: Type.Optional(count('So often or more.')),
    at_most: Type.Optional(count('So often or less.')),
  },
  { ...CLOSED, minProperties: 1, expected: 'an object with exactly, at_least or at_most' },
)
export type Times = Static<typeof Times>

/** Which part of a list is wanted. */
export const Paging = {
  limit: Type.Optional(
    Type.Unsafe<string>({
      ...Type.String({
        pattern: '^(\\d{1,3}|1000)$',
        description: 'How many are listed at most. Left out: 100.',
      }),
      expected: 'a whole number from 0 to 1000',
    }),
  ),
  offset: Type.Optional(countText('How many are passed over. Left out: none.')),
}

/** The TypeBox schema of a number of things. */
export function count(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({ minimum: 0, description }),
    expected: 'a whole number from 0',
  })
}

/** Cuts the wanted part out of a list. */
export function page<Item>(
  items: readonly Item[],
  { limit = '100', offset = '0' }: { readonly limit?: string; readonly offset?: string },
): Item[] {
  return items.slice(Number(offset), Number(offset) + Number(limit))
}

/** What is wrong with a number of times, such as `exactly 2`; undefined where nothing is. */
export function missedTimes(
  number: number,
  { exactly, at_least, at_most }: Times,
): string | undefined {
  if (exactly !== undefined && number !== exactly) return `exactly ${exactly}`
  if (at_least !== undefined && number < at_least) return `at least ${at_least}`
  return at_most !== undefined && number > at_most ? `at most ${at_most}` : undefined
}
