import { cutText } from './quote-text.ts'

/** The keys and indexes that lead from the root of a JSON value to a part of it. */
export type JsonPath = readonly (string | number)[]

/** The longest path that a message names, in characters. */
const MAX_PATH_LENGTH = 200

/** A path as JavaScript writes it: `rules[0].when.endpoint`. Long keys and long paths are cut. */
export function describePath(path: JsonPath): string {
  const steps = path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`
    return `${index === 0 ? '' : '.'}${cutText(step)}`
  })
  return cutText(steps.join(''), MAX_PATH_LENGTH)
}

/** A mistake in a JSON value. */
export interface JsonProblem {
  readonly path: JsonPath
  /** Whether the key at the end of the path is wrong, or its value. */
  readonly part: 'key' | 'value'
  /** What is wrong and what was expected, without the path. */
  readonly message: string
}

/** What a text or a JSON value was read as, or every mistake that was found in it. */
export type Reading<Value, Problem = JsonProblem> =
  | { readonly value: Value }
  | { readonly problems: readonly Problem[] }

/**
 * Maximum number of problems that are reported for one value or text: a hostile one could have
 * millions. Reading stops there.
 */
export const MAX_PROBLEMS = 100

/** The problems of a reading; none if it has a value. */
export function problemsOf<Problem>(reading: Reading<unknown, Problem>): readonly Problem[] {
  return 'problems' in reading ? reading.problems : []
}

/** The value, if nothing is wrong with it. */
export function unless<Value>(problems: readonly JsonProblem[], value: Value): Reading<Value> {
  return problems.length > 0 ? { problems } : { value }
}

/** Prefixes the paths of problems with the path of the part that they were found in. */
export function within(path: JsonPath, problems: readonly JsonProblem[]): JsonProblem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }))
}

/** As within, for the reading of a part. */
export function at<Value>(path: JsonPath, reading: Reading<Value>): Reading<Value> {
  return 'problems' in reading ? { problems: within(path, reading.problems) } : reading
}

/** Readings of several parts, by the names of the parts. */
type Readings<Parts> = { readonly [Name in keyof Parts]: Reading<Parts[Name]> }

/** All parts, or the first problems of all of them, in the order of the parts. */
export function combine<Parts extends object>(readings: Readings<Parts>): Reading<Parts> {
  // Every part has its value.
  return combineEntries(Object.entries(readings)) as Reading<Parts>
}

/** As combine, for parts of any names. */
export function combineEntries<Part>(
  entries: readonly (readonly [name: string, reading: Reading<Part>])[],
): Reading<Readonly<Record<string, Part>>> {
  const values: Record<string, Part> = {}
  let problems: JsonProblem[] | undefined
  for (const [name, reading] of entries) {
    if ('value' in reading) setOwn(values, name, reading.value)
    else problems = [...(problems ?? []), ...reading.problems].slice(0, MAX_PROBLEMS)
  }
  return problems === undefined ? { value: values } : { problems }
}

/** Sets an own property, `__proto__` too. Faster than Object.fromEntries by a multiple. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
}

/** The items of a list that could be read, by their indexes, and the problems of the others. */
export interface ListReading<Item> {
  readonly items: readonly (readonly [index: number, item: Item])[]
  readonly problems: readonly JsonProblem[]
}

/** Reads each item of a list, until there are too many problems. */
export function readEach<Text, Item>(
  texts: readonly Text[],
  read: (text: Text, index: number) => Reading<Item>,
): ListReading<Item> {
  const items: (readonly [number, Item])[] = []
  const problems: JsonProblem[] = []
  for (const [index, text] of texts.entries()) {
    const reading = at([index], read(text, index))
    if ('value' in reading) items.push([index, reading.value])
    else problems.push(...reading.problems)
    if (problems.length >= MAX_PROBLEMS) break
  }
  return { items, problems: problems.slice(0, MAX_PROBLEMS) }
}
