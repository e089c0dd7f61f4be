/** The keys and indexes that lead from the root of a JSON value to a part of it. */
export type JsonPath = readonly (string | number)[]

/** A mistake in a JSON value. */
export interface JsonProblem {
  readonly path: JsonPath
  /** Whether the key at the end of the path is wrong, or its value. */
  readonly part: 'key' | 'value'
  /** What is wrong and what was expected, without the path. */
  readonly message: string
}

/** What a JSON value was read as, or every mistake that was found in it. */
export type Reading<Value> =
  | { readonly value: Value }
  | { readonly problems: readonly JsonProblem[] }

/** Prefixes the paths of problems with the path of the part that they were found in. */
export function within(path: JsonPath, problems: readonly JsonProblem[]): JsonProblem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }))
}
