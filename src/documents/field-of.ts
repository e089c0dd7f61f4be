/** Whether a value of unknown shape is an object, a list included. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** The properties of a value of unknown shape; none if it is no object. */
export function fieldsOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : []
}

/** A property of a value of unknown shape, such as `code` of a thrown value; undefined if it has none. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
