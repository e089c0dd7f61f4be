import { TOO_DEEP } from '../documents/json-value.ts'
import { LazyDocument } from '../documents/lazy-document.ts'
import { LineIndex, type LocatedDocument, type ParsedText } from '../documents/located-document.ts'
import { parseLocatedYaml } from './located-yaml.ts'
import { type PlainYaml, parsePlainYaml } from './plain-yaml.ts'

/** A line that opens more than two hundred blocks, or is indented like the content of as many. */
const DEEP_LINE = /^[ \t?:-]{400}/m

/** Reads one YAML 1.2 document; integers keep every digit. */
export function parseYamlDocument(text: string): ParsedText {
  const deep = text.search(DEEP_LINE)
  if (deep >= 0) {
    return { problems: [{ position: new LineIndex(text).position(deep), message: TOO_DEEP }] }
  }
  const plain = parsePlainYaml(text)
  return plain === undefined ? parseLocatedYaml(text) : { value: toDocument(text, plain) }
}

function toDocument(text: string, { value, items }: PlainYaml): LocatedDocument {
  return new LazyDocument(value, { text, findItems: () => items, findAll: () => locateAll(text) })
}

/** Finds the place of everything in a text that has been read before. */
function locateAll(text: string): LocatedDocument {
  const parsed = parseLocatedYaml(text)
  /* c8 ignore next -- a plain text has no problems */
  if ('problems' in parsed) throw new SyntaxError('this is not YAML')
  return parsed.value
}
