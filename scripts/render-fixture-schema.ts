import { FixtureDocument } from '../src/fixtures/fixture-format.ts'

const DRAFT = 'http://json-schema.org/draft-07/schema#'

/** The text of `schemas/fixture.schema.json`, from the TypeBox schema of the format. */
export function renderFixtureSchema(): string {
  // `expected` is the wording of our own messages, no keyword of JSON Schema.
  const keep = (key: string, value: unknown) => (key === 'expected' ? undefined : value)
  return `${JSON.stringify({ $schema: DRAFT, ...FixtureDocument }, keep, 2)}\n`
}
