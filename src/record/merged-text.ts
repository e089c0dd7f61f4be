import { existsSync, readFileSync } from 'node:fs'
import { hasShape } from '../documents/check-shape.ts'
import { FixtureDocument } from '../fixture-format/fixture-format.ts'
import { FixtureError, type LoadContext, loadFixtures } from '../fixtures/load-fixtures.ts'
import { type MergePolicy, mergeFixtures } from '../recording/merge-fixtures.ts'
import type { FinishedRecording } from '../recording/recording.ts'
import { renderFixture } from '../recording/render-fixture.ts'
import { parseDocumentFile } from '../yaml/parse-document.ts'

/** How a recording is merged into a file. */
export interface MergeParts {
  readonly path: string
  readonly policy: MergePolicy
  readonly context: LoadContext
}

/** The fixture in a file; undefined if there is no such file. Throws FixtureError if it is invalid. */
export function readExisting({
  path,
  context,
}: Pick<MergeParts, 'path' | 'context'>): FixtureDocument | undefined {
  if (!existsSync(path)) return undefined
  const { problems } = loadFixtures([path], context)
  if (problems.length > 0) throw new FixtureError(problems)
  const parsed = parseDocumentFile(path, readFileSync(path))
  /* c8 ignore next -- the same file was just read without a problem */
  if ('problems' in parsed || !hasShape(FixtureDocument, parsed.value.value)) return undefined
  return parsed.value.value
}

/** The text of a recording with the content of the file. Throws FixtureError if that is invalid by now. */
export function mergedText(
  { fixture, comments, text }: Pick<FinishedRecording, 'fixture' | 'comments' | 'text'>,
  { path, policy, context }: MergeParts,
): string {
  const existing = readExisting({ path, context })
  if (existing === undefined) return text
  const { catalogue } = context
  return renderFixture(mergeFixtures(existing, fixture, { policy, catalogue }), comments)
}
