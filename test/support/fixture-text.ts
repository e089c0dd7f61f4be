import { join } from 'node:path'
import { type LoadedFixtures, loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { FIXTURE_CONTEXT } from './server.ts'

/** Loads a text as a fixture file named `fixture.json` in the test's own folder. */
export function loadText(
  t: { testdir(content: Record<string, string>): string },
  text: string,
): LoadedFixtures {
  const folder = t.testdir({ 'fixture.json': text })
  return loadFixtures([join(folder, 'fixture.json')], FIXTURE_CONTEXT)
}
