import { writeJson } from '../documents/write-json.ts'
import type { KeptAnswer, ResultPage } from '../exchanges/kept-answer.ts'
import type { Row } from '../jobs/result.ts'
import { canonicalJson } from './canonical-json.ts'
import { type CallSequence, keyOf } from './recorded-calls.ts'
import { isSameValue } from './same-value.ts'
import { thenOfRows } from './write-rows.ts'

/** The fields of a request that choose a page. */
const PAGE_FIELDS = ['offset', 'limit']

/**
 * Joins the pages of a result that were fetched one after the other: one rule with all rows answers
 * each of them. Pages that leave out rows, or contradict each other, stay as they are.
 */
export function joinPages(
  sequences: readonly CallSequence<KeptAnswer>[],
): CallSequence<KeptAnswer>[] {
  const groups = new Map<string, CallSequence<KeptAnswer>[]>()
  for (const sequence of sequences) {
    const key = groupOf(sequence)
    const group = groups.get(key)
    if (group) group.push(sequence)
    else groups.set(key, [sequence])
  }
  return [...groups.values()].flatMap((group) => {
    const joined = join(group)
    return joined === undefined ? group : [joined]
  })
}

function groupOf({ condition }: CallSequence<KeptAnswer>): string {
  return keyOf(withoutPage(condition))
}

function withoutPage(condition: CallSequence<KeptAnswer>['condition']) {
  const { pattern } = condition
  const entries = Object.entries(pattern.fields).filter(([name]) => !PAGE_FIELDS.includes(name))
  if (entries.length === Object.keys(pattern.fields).length) return condition
  const fields = Object.fromEntries(entries)
  const removed = Object.keys(pattern.fields).length - entries.length
  const weight = pattern.weight - removed
  return { ...condition, pattern: { ...pattern, fields, key: canonicalJson(fields), weight } }
}

function join(group: readonly CallSequence<KeptAnswer>[]): CallSequence<KeptAnswer> | undefined {
  const runs = group.flatMap((sequence) => sequence.runs)
  const pages = runs.flatMap(({ answer }) => answer.page ?? [])
  const [[first], [run], [page]] = [group, runs, pages]
  const isWhole = runs.length === group.length && pages.length === group.length
  if (!isWhole || first === undefined || run === undefined || page === undefined) return undefined
  const rows = joinRows(pages, page)
  if (rows === undefined) return undefined
  const text = thenOfRows({ ...page.set, rows }, page.fields)
  const count = runs.reduce((sum, one) => sum + one.count, 0)
  return {
    condition: withoutPage(first.condition),
    runs: [{ answer: { ...run.answer, text }, count }],
  }
}

/** All rows of a whole; undefined if some are missing, or the pages are not of one whole. */
function joinRows(pages: readonly ResultPage[], first: ResultPage): Row[] | undefined {
  const ordered = [...pages].sort((one, other) => one.offset - other.offset)
  const rows: Row[] = []
  for (const page of ordered) {
    if (!isAlike(page, first) || !continues(rows, page)) return undefined
    for (const row of page.set.rows.slice(rows.length - page.offset)) rows.push(row)
  }
  return rows.length === first.total ? rows : undefined
}

function isAlike(page: ResultPage, first: ResultPage): boolean {
  const partsOf = ({ set, total, fields }: ResultPage) =>
    writeJson([total, fields, [...set.columns]])
  return page === first || partsOf(page) === partsOf(first)
}

/** Whether a page starts in or right after some rows, and has those that are in it. */
function continues(rows: readonly Row[], { set, offset }: ResultPage): boolean {
  if (offset > rows.length) return false
  const known = rows.slice(offset, offset + set.rows.length)
  return isSameValue(set.rows.slice(0, known.length), known)
}
