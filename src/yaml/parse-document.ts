import { extname } from 'node:path'
import { parseJsonDocument } from '../documents/json-document.ts'
import type { ParsedText } from '../documents/located-document.ts'
import { readUtf8 } from '../documents/utf8-text.ts'
import { parseYamlDocument } from './yaml-document.ts'

/** The parsers by file extension. */
const PARSERS: ReadonlyMap<string, (text: string) => ParsedText> = new Map([
  ['.json', parseJsonDocument],
  ['.jsonc', parseJsonDocument],
  ['.yaml', parseYamlDocument],
  ['.yml', parseYamlDocument],
])

/** Whether a file of a folder is read. */
export function isDocumentFile(name: string): boolean {
  return PARSERS.has(extensionOf(name))
}

/** Parses a text by its file's extension; with an unknown one, as JSON with comments. */
export function parseNamedDocument(name: string, text: string): ParsedText {
  const parse = PARSERS.get(extensionOf(name)) ?? parseJsonDocument
  return parse(text)
}

/** As parseNamedDocument, from the bytes of a file. */
export function parseDocumentFile(name: string, bytes: Buffer): ParsedText {
  const text = readUtf8(bytes)
  return 'value' in text ? parseNamedDocument(name, text.value) : text
}

/**
 * Parses a text without a file name that says its language. What starts as JSON with comments is JSON,
 * unless only YAML can read it: `{ "jobs": [] }` is both, `{ "jobs": [{ job_id: 7 }] }` is YAML.
 */
export function parseUnnamedDocument(text: string): ParsedText {
  const readable = readUtf8(Buffer.from(text))
  if ('problems' in readable) return readable
  if (!JSON_START.test(readable.value)) return parseYamlDocument(readable.value)
  const json = parseJsonDocument(readable.value)
  if ('value' in json) return json
  const yaml = parseYamlDocument(readable.value)
  return 'value' in yaml ? yaml : json
}

/** An object that is empty or has a key in quotes, or a comment. */
const JSON_START = /^\s*(?:\{\s*["}/]|\/[/*])/

/** In lower case: some systems write `RULES.YAML`. */
function extensionOf(name: string): string {
  return extname(name).toLowerCase()
}
