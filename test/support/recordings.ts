import { join } from 'node:path'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { formatProblem } from '../../src/fixture-format/fixture-problem.ts'
import { type LoadedFixtures, loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { Redaction } from '../../src/patterns/redaction.ts'
import { Recording, type RecordingOptions } from '../../src/recording/recording.ts'
import { catalogue, FIXTURE_CONTEXT } from './server.ts'

/** A recording with roomy limits; `parts` overrides options. */
export function recordingOf(parts: Partial<RecordingOptions> = {}): Recording {
  const maxBytes = 64 * 1024 * 1024
  return new Recording({ catalogue, redaction: new Redaction(), raw: 'never', maxBytes, ...parts })
}

/** What is recorded of exchanges. */
export function record(exchanges: readonly Exchange[], parts: Partial<RecordingOptions> = {}) {
  const recording = recordingOf(parts)
  for (const one of exchanges) recording.add(one)
  return recording.finish()
}

/** Loads the text of a recorded fixture as a file. Throws if it has a problem. */
export function loadRecorded(
  t: { testdir(content: Record<string, string>): string },
  text: string,
): LoadedFixtures {
  const folder = t.testdir({ 'recorded.yaml': text })
  const loaded = loadFixtures([join(folder, 'recorded.yaml')], FIXTURE_CONTEXT)
  const { problems } = loaded
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  return loaded
}
