import type { Alias, YAMLMap, YAMLSeq } from 'yaml'
import {
  isJsonList,
  isJsonObject,
  type JsonValue,
  MAX_NESTING,
  TOO_DEEP,
} from '../documents/json-value.ts'
import type { LineIndex, LocatedProblem } from '../documents/located-document.ts'
import { cutText, quoteText } from '../documents/quote-text.ts'
import { describePath, MAX_PROBLEMS, type Reading, setOwn } from '../documents/reading.ts'
import { loadYaml } from './load-yaml.ts'

/** The maximum number of values that aliases repeat: a bomb of nested aliases has billions. */
const MAX_REPEATED = 100_000

/** Reads a parsed node. What an anchor names is shared by its aliases, not copied. */
export function readYamlValue(node: unknown, lines: LineIndex): Reading<JsonValue, LocatedProblem> {
  const reader = new YamlReader(lines)
  const { value, levels } = reader.read(node)
  if (levels > MAX_NESTING) reader.report(node, TOO_DEEP)
  return reader.problems.length > 0 ? { problems: reader.problems } : { value }
}

/** What the tags of YAML's own types begin with. */
const CORE = 'tag:yaml.org,2002:'

/** The tags that the parser knows in each schema, for values that JSON has not. */
const NOT_JSON: ReadonlySet<string> = new Set(
  ['binary', 'timestamp', 'set', 'omap', 'pairs', 'merge'].map((name) => CORE + name),
)

/** A value, how many values it has with those inside it, and how deep they are nested. */
interface SizedValue {
  readonly value: JsonValue
  readonly size: number
  readonly levels: number
}

const NOTHING: SizedValue = { value: null, size: 1, levels: 0 }

class YamlReader {
  readonly problems: LocatedProblem[] = []
  readonly #lines: LineIndex
  readonly #path: (string | number)[] = []
  /** The values of anchors; undefined while the value is read. */
  readonly #anchors = new Map<string, SizedValue | undefined>()
  #repeated = 0

  constructor(lines: LineIndex) {
    this.#lines = lines
  }

  read(node: unknown): SizedValue {
    const { isAlias, isMap, isScalar, isSeq } = loadYaml()
    if (isAlias(node)) return this.#alias(node)
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return NOTHING
    const { anchor, tag } = node
    if (tag !== undefined && NOT_JSON.has(tag)) {
      this.report(
        node,
        `this is not YAML that JSON can hold: its tag is ${tag.replace(CORE, '!!')}`,
      )
      return NOTHING
    }
    if (anchor !== undefined) this.#anchors.set(anchor, undefined)
    const sized = isScalar(node) ? { ...NOTHING, value: toScalar(node.value) } : this.#inside(node)
    if (anchor !== undefined) this.#anchors.set(anchor, sized)
    return sized
  }

  report(node: unknown, message: string): void {
    if (this.problems.length >= MAX_PROBLEMS) return
    const position = this.#lines.position(startOf(node))
    this.problems.push({ position, path: describePath(this.#path), message })
  }

  #inside(node: YAMLMap | YAMLSeq): SizedValue {
    return loadYaml().isMap(node) ? this.#map(node) : this.#list(node)
  }

  #alias(alias: Alias): SizedValue {
    const { source } = alias
    const sized = this.#anchors.get(source)
    if (sized === undefined) {
      const reason = this.#anchors.has(source) ? 'contains itself' : 'is not defined before this'
      this.report(alias, `this is not YAML: the anchor ${cutText(source)} ${reason}`)
      return NOTHING
    }
    const isFirst = this.#repeated <= MAX_REPEATED
    this.#repeated += sized.size
    if (this.#repeated <= MAX_REPEATED) return sized
    const message = `this YAML is rejected: its aliases repeat more than ${MAX_REPEATED} values`
    if (isFirst) this.report(alias, message)
    return NOTHING
  }

  #list({ items }: YAMLSeq): SizedValue {
    const parts = items.map((item, index) => this.#at(index, () => this.read(item)))
    return enclose(
      parts.map(({ value }) => value),
      parts,
    )
  }

  #map({ items }: YAMLMap): SizedValue {
    const parts = new Map<string, SizedValue>()
    for (const { key, value } of items) {
      const name = this.#key(key)
      const part = this.#at(name, () => {
        if (parts.has(name)) this.report(key, `the key ${quoteText(name)} is repeated`)
        return this.read(value)
      })
      parts.set(name, part)
    }
    const object: Record<string, JsonValue> = {}
    for (const [name, { value }] of parts) setOwn(object, name, value)
    return enclose(object, [...parts.values()])
  }

  #key(node: unknown): string {
    const { value } = this.read(node)
    const isText = value !== null && !isJsonObject(value) && !isJsonList(value)
    if (!isText) this.report(node, 'this is not YAML that JSON can hold: a key must be a text')
    return String(value)
  }

  #at<Result>(step: string | number, read: () => Result): Result {
    this.#path.push(step)
    const result = read()
    this.#path.pop()
    return result
  }
}

function enclose(value: JsonValue, parts: readonly SizedValue[]): SizedValue {
  let size = 1
  let levels = 0
  for (const part of parts) {
    size += part.size
    levels = Math.max(levels, part.levels)
  }
  return { value, size, levels: levels + 1 }
}

/** Turns an integer that a number holds exactly into a number, as in JSON. */
function toScalar(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  const isPlain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isPlain ? value : null
}

/** The offset at which a node starts. */
export function startOf(node: unknown): number {
  /* c8 ignore next -- every parsed node has a range; an empty document has no node */
  return loadYaml().isNode(node) && node.range ? node.range[0] : 0
}
