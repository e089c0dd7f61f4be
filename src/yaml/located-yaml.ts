import type { CST, Node, Pair, ScalarTag, Tags, YAMLMap } from 'yaml'
import { firstOf } from '../documents/first-of.ts'
import {
  type JsonValue,
  MAX_NESTING,
  MAX_NUMBER_LENGTH,
  TOO_DEEP,
  TOO_LONG_NUMBER,
} from '../documents/json-value.ts'
import {
  LineIndex,
  type LocatedDocument,
  type ParsedText,
  type Position,
} from '../documents/located-document.ts'
import { cutText } from '../documents/quote-text.ts'
import type { JsonPath, JsonProblem } from '../documents/reading.ts'
import { loadYaml } from './load-yaml.ts'
import { readYamlValue, startOf } from './yaml-value.ts'

/** The longest message of the parser that is passed on, in characters: it may quote the text. */
const MAX_MESSAGE_LENGTH = 200

/**
 * Reads one YAML 1.2 document with the place of everything in it. The text must have no line that
 * opens hundreds of blocks.
 */
export function parseLocatedYaml(text: string): ParsedText {
  const lines = new LineIndex(text)
  const { contents, error } = withoutStacks(() => parse(text))
  if (error)
    return { problems: [{ position: lines.position(error.offset), message: error.message }] }
  const reading = readYamlValue(contents, lines)
  if ('problems' in reading) return reading
  return { value: new LocatedYaml(contents, { lines, value: reading.value }) }
}

/** The content of a text, or why it is not one YAML document. */
interface Parsed {
  readonly contents: Node | null
  readonly error?: { readonly offset: number; readonly message: string }
}

function parse(text: string): Parsed {
  const { Composer } = loadYaml()
  const composer = new Composer({
    // Whatever the directive of a document says: YAML 1.1 has other values, such as dates.
    schema: 'core',
    customTags: limitNumbers,
    intAsBigInt: true,
    prettyErrors: false,
    // The check of the parser is quadratic; readYamlValue checks keys.
    uniqueKeys: false,
  })
  const reader = new TokenReader(text)
  const [document, second] = firstOf(composer.compose(reader.tokens(), true, text.length), 2)
  if (reader.deepAt >= 0) {
    return { contents: null, error: { offset: reader.deepAt, message: TOO_DEEP } }
  }
  /* c8 ignore next -- even an empty text is a document */
  if (document === undefined) return { contents: null }
  // The parser only warns about an unknown tag; the tag would be ignored silently.
  const [error] = [...document.errors, ...document.warnings]
  if (error) {
    const message = `this is not YAML: ${cutText(error.message, MAX_MESSAGE_LENGTH)}`
    return { contents: null, error: { offset: error.pos[0], message } }
  }
  if (second === undefined) return { contents: document.contents }
  const message = 'this is a second YAML document: write each into a file'
  return { contents: null, error: { offset: second.range[0], message } }
}

/** Calls a function whose errors get no stack: the parser makes thousands that are not used. */
function withoutStacks<Result>(act: () => Result): Result {
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 0
    return act()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** How many levels a token of the lexer opens. */
const LEVELS: ReadonlyMap<string, number> = new Map([
  ['{', 1],
  ['[', 1],
  ['}', -1],
  [']', -1],
])

/** Tokens of the lexer that are not in the text. */
const MARKERS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001F'])

/**
 * Reads the tokens of a text up to the first that is an error, since a hostile text has one for each
 * character, or to where brackets are nested so deeply that the recursion of the composer would end the
 * process.
 */
class TokenReader {
  /** Where the text is nested too deeply; -1 if nowhere. */
  deepAt = -1
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  *tokens(): Generator<CST.Token> {
    const { Parser } = loadYaml()
    const parser = new Parser()
    for (const lexeme of this.#lexemes()) {
      for (const token of parser.next(lexeme)) {
        yield token
        if (token.type === 'error') return
      }
    }
    yield* parser.end()
  }

  *#lexemes(): Generator<string> {
    const { Lexer } = loadYaml()
    let depth = 0
    let offset = 0
    for (const lexeme of new Lexer().lex(this.#text)) {
      depth += LEVELS.get(lexeme) ?? 0
      if (depth > MAX_NESTING) {
        this.deepAt = offset
        return
      }
      if (!MARKERS.has(lexeme)) offset += lexeme.length
      yield lexeme
    }
  }
}

/** Makes the tags of numbers refuse a text that is too long, before they convert it. */
function limitNumbers(tags: Tags): Tags {
  return tags.map((tag) => (isNumberTag(tag) ? limitNumber(tag) : tag))
}

function isNumberTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag === 'object' && /:(int|float)$/.test(tag.tag)
}

function limitNumber(tag: ScalarTag): ScalarTag {
  return {
    ...tag,
    resolve: (text, onError, options) => {
      if (text.length <= MAX_NUMBER_LENGTH) return tag.resolve(text, onError, options)
      onError(TOO_LONG_NUMBER)
      return null
    },
  }
}

class LocatedYaml implements LocatedDocument {
  readonly value: JsonValue
  readonly #root: Node | null
  readonly #lines: LineIndex
  /** The pairs of maps by their keys, of those maps that were searched. */
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<unknown, Pair>>()

  constructor(root: Node | null, parts: { readonly lines: LineIndex; readonly value: JsonValue }) {
    this.value = parts.value
    this.#root = root
    this.#lines = parts.lines
  }

  locate(path: JsonPath, part: JsonProblem['part']): Position {
    const { isNode } = loadYaml()
    let node = this.#root
    for (const [index, step] of path.entries()) {
      const child = this.#child(node, step)
      const next = part === 'key' && index === path.length - 1 ? child?.key : child?.value
      if (!isNode(next)) break
      node = next
    }
    return this.#lines.position(startOf(node))
  }

  /** A pair of a map, or an item of a list as value; an alias has neither. */
  #child(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
    const { isMap, isSeq } = loadYaml()
    if (isSeq(node)) return { key: node.items[Number(step)], value: node.items[Number(step)] }
    if (!isMap(node)) return undefined
    const known = this.#pairs.get(node)
    const pairs = known ?? new Map(node.items.map((pair) => [keyOf(pair), pair] as const))
    this.#pairs.set(node, pairs)
    return pairs.get(String(step))
  }
}

function keyOf({ key }: Pair): string | undefined {
  return loadYaml().isScalar(key) ? String(key.value) : undefined
}
