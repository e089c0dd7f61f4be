import type { JsonValue } from '../documents/json-value.ts'
import type { FixtureDocument } from '../fixtures/fixture-format.ts'
import { writeJob } from '../fixtures/write-job.ts'
import type { JobDefinition } from '../jobs/job.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeContext } from './control-context.ts'
import { type JobDocument, toJobDocument } from './job-document.ts'
import { readFixtures } from './read-fixtures.ts'
import { type RuleDocument, toRuleDocument } from './rule-control.ts'

/** What came of a document. */
export interface LoadedDocument {
  readonly jobs: JobDocument[]
  readonly rules: RuleDocument[]
}

/** Fixtures that a test brings into a scope, and a scope as a fixture. */
export class FixtureControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * Creates the jobs of a document, and puts its rules before all others; all or nothing.
   *
   * @throws ControlError where it is wrong, checked as files are; JobError where an id or a tag is
   *   in use.
   */
  load(document: FixtureDocument): LoadedDocument {
    const scope = this.#context.scope()
    // A fixture is JSON: an object with optional keys has no index signature.
    const given = document as JsonValue
    const { nextId } = scope.rules
    const nameOf = (index: number) => `${nextId}[${index}]`
    const { jobs, rules } = readFixtures(given, { ...this.#context, nameOf })
    const ids = createAll(scope, jobs)
    return {
      jobs: ids.map((id) => toJobDocument(scope.jobs.get({ id }))),
      rules: scope.rules.add(rules).map(toRuleDocument),
    }
  }

  /** The scope as a document: loaded again, its jobs stand where they stand now, and go on. */
  save(): FixtureDocument {
    const { jobs, rules, clock } = this.#context.scope()
    const nowMs = clock.now()
    return {
      jobs: jobs.list().map((view) => writeJob(view, nowMs)),
      rules: rules.list().map((listed) => toRuleDocument(listed).rule),
    }
  }
}

/** Creates all jobs, or none where one is refused. */
function createAll(scope: Scope, jobs: readonly JobDefinition[]): bigint[] {
  const ids: bigint[] = []
  try {
    for (const job of jobs) ids.push(scope.jobs.add(job).id)
    return ids
  } catch (error) {
    for (const id of ids) scope.jobs.remove({ id })
    throw error
  }
}
