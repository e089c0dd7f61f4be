import { createHash } from 'node:crypto'
import type { JsonObject } from '../documents/json-value.ts'
import { writeJson } from '../documents/write-json.ts'
import type { FixtureThen } from '../fixture-format/fixture-format.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { RowSet } from '../jobs/result.ts'

/** The longest answer that is kept, in characters of JSON. */
export const MAX_ANSWER_LENGTH = 4 * 1024 * 1024

/** What a kept character of JSON takes in memory as a value, as an estimate. */
const BYTES_PER_CHARACTER = 3

/** An answer as a rule gives it again. */
export interface KeptAnswer {
  /** As `then` of a rule. Undefined: the endpoint behaves as usual. */
  readonly text: FixtureThen | undefined
  /** Equal for equal answers. */
  readonly key: string
  /** What it takes in memory, as an estimate. */
  readonly bytes: number
  /** Undefined: a rule answers all encodings with it. */
  readonly encoding?: Encoding | undefined
  /** The rows of the answer as a part of a whole; undefined if they are not a part. */
  readonly page?: ResultPage | undefined
  /** Why it is not kept; undefined if it is. */
  readonly lost?: string | undefined
}

/** A page of rows. */
export interface ResultPage {
  readonly set: RowSet
  /** The index of its first row in the whole. */
  readonly offset: number
  /** The number of rows of the whole. */
  readonly total: number
  /** The fields of the response that a rule with the whole has besides. */
  readonly fields: JsonObject
}

/** The parts of an answer that are kept. */
export type AnswerParts = Pick<KeptAnswer, 'encoding' | 'page'> & {
  readonly text: FixtureThen | undefined
}

/** Keeps an answer; undefined if it is too long. */
export function keepAnswer({ text, encoding, page }: AnswerParts): KeptAnswer | undefined {
  const json = writeJson([text, encoding])
  if (json.length > MAX_ANSWER_LENGTH) return undefined
  const key = createHash('sha256').update(json).digest('base64')
  const bytes = json.length * BYTES_PER_CHARACTER * (page === undefined ? 1 : 2)
  return { text, key, bytes, encoding, page }
}

/** An endpoint behaves as usual: it was called, and no rule answers. */
export const AS_USUAL: KeptAnswer = { text: undefined, key: '', bytes: 0 }

/** An answer that is not kept: its call is counted, so that others are answered in their turn. */
export function lostAnswer(why: string): KeptAnswer {
  return { text: undefined, key: why, bytes: 0, lost: why }
}
