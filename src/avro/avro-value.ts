/** A value of a GPUdb record in memory: longs are bigint, bytes are Buffer. */
export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | readonly AvroValue[]
  | AvroMap

/** A map from strings; it inherits nothing, so every key (`__proto__` too) is data. */
export interface AvroMap {
  readonly [key: string]: AvroValue
}

/** A record: its fields by name. */
export interface AvroRecord {
  readonly [field: string]: AvroValue
}

/**
 * Objects in which every key is data. V8 keeps them small; Object.create(null) would be a hash
 * table.
 */
class PlainMap {
  [key: string]: AvroValue
}
Object.setPrototypeOf(PlainMap.prototype, null)
Reflect.deleteProperty(PlainMap.prototype, 'constructor')

const EMPTY_MAP: AvroMap = Object.freeze(new PlainMap())

/** The number of entries from which V8 is faster with a hash table than with a shape of its own. */
const MANY = 100

function createTable(): PlainMap {
  return Object.setPrototypeOf(Object.create(null), PlainMap.prototype)
}

/** Makes a map of entries; the last entry of a key wins. All empty maps are one object. */
export function createMap(entries: readonly (readonly [string, AvroValue])[]): AvroMap {
  if (entries.length === 0) return EMPTY_MAP
  const map = startMap(entries.length)
  for (const [key, value] of entries) map[key] = value
  return map
}

/** A map to fill with at most `size` entries: large ones need no list of all entries before. */
export function startMap(size: number): Record<string, AvroValue> {
  return size > MANY ? createTable() : new PlainMap()
}
