import { type Static, type TString, type TUnsafe, Type } from '@sinclair/typebox'
import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { countText } from '../documents/count-text.ts'
import { cutText } from '../documents/quote-text.ts'
import { CLOSED, choice } from '../documents/schema-kinds.ts'
import { MAX_ENDPOINT_LENGTH } from '../fixture-format/matched-endpoints.ts'

/** The TypeBox schema of a 64-bit integer in a document: a bigint; in JSON a bare number. */
export function long(): TUnsafe<bigint> {
  return Type.Unsafe<bigint>({ type: 'integer', format: 'int64' })
}

/** The TypeBox schema of a time on a scope's clock. */
export function moment(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({
      minimum: 0,
      maximum: MAX_TIME_MS,
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

/** As `count`, where none would mean nothing. */
export function countFrom1(description: string): TUnsafe<number> {
  return Type.Unsafe<number>({
    ...Type.Integer({ minimum: 1, description }),
    expected: 'a whole number from 1',
  })
}

/** The TypeBox schema of any text. */
export function text(description: string): TString {
  return Type.String({ description, expected: 'a text' })
}

/** The TypeBox schema of an endpoint in a filter, in which `*` is any text. */
export function endpointFilter(description: string): TString {
  return Type.String({
    maxLength: MAX_ENDPOINT_LENGTH,
    description,
    expected: `a text of at most ${MAX_ENDPOINT_LENGTH} characters`,
  })
}

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

/** Whether any number meets an expectation: an assertion with it would assert nothing. */
export function isAlwaysMet({ exactly, at_least = 0, at_most }: Times): boolean {
  return exactly === undefined && at_most === undefined && at_least === 0
}

/** The part of a list to return. */
export const Paging = {
  limit: Type.Optional(count('The maximum number to return. Omitted: all.')),
  offset: Type.Optional(count('How many to skip. Omitted: none.')),
}

const ORDERS = ['oldest', 'newest'] as const

/** The part of a list of what has come to be, in which order, and how much of each item. */
export const Listing = {
  ...Paging,
  order: Type.Optional(choice(ORDERS, { description: 'What is first. Omitted: the oldest.' })),
  brief: Type.Optional(
    Type.Boolean({
      description:
        'Whether to omit what each item contains, and to cut long errors. Omitted: false.',
      expected: 'true or false',
    }),
  ),
}

/** The longest `error` in a brief list, in characters. */
export const MAX_BRIEF_ERROR = 500

/** The `error` of a document without secrets, as a brief list has it: a long one is cut. */
export function briefError(error: string): string {
  return cutText(error, MAX_BRIEF_ERROR)
}

/** The part of a list that a filter asks for. */
interface Page {
  readonly limit?: number
  readonly offset?: number
  readonly order?: (typeof ORDERS)[number]
}

/** The part of a list, given with the oldest item first, that a filter asks for. */
export function page<Item>(items: readonly Item[], wanted: Page): Item[] {
  const { start, end } = pageRange(items.length, wanted)
  return inOrder(items.slice(start, end), wanted)
}

/** Where the part that a filter asks for is in a list of `total` items, the oldest first. */
export function pageRange(
  total: number,
  { limit = total, offset = 0, order = 'oldest' }: Page,
): { readonly start: number; readonly end: number } {
  if (order === 'oldest') return { start: offset, end: offset + limit }
  const end = Math.max(total - offset, 0)
  return { start: Math.max(end - limit, 0), end }
}

/** Brings a part of a list, given with the oldest item first, into the order that a filter asks for. */
export function inOrder<Item>(part: Item[], { order }: Page): Item[] {
  return order === 'newest' ? part.reverse() : part
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
