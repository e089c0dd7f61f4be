import type { JsonValue } from '../documents/json-value.ts'
import type { FixtureDocument } from '../fixture-format/fixture-format.ts'
import { writeYaml } from '../yaml/write-yaml.ts'

/** The levels of a document that have a line for each item: the lists, their items, their keys. */
const BLOCK_LEVELS = 3

/** Writes a fixture as YAML; the comments are about objects in it. */
export function renderFixture(
  fixture: FixtureDocument,
  comments: ReadonlyMap<unknown, string> = new Map(),
): string {
  // Every fixture is JSON.
  return writeYaml(fixture as JsonValue, { comments, blockLevels: BLOCK_LEVELS })
}
