import type { FixtureDocument, FixtureJob, FixtureTable } from '../fixtures/fixture-format.ts'
import type { NamedList } from '../fixtures/read-content.ts'
import { writeJob } from '../fixtures/write-job.ts'
import type { JobView } from '../jobs/stored-job.ts'
import { findShadowed } from '../rules/find-shadowed.ts'
import type { Redaction } from '../rules/redaction.ts'
import type { Table } from '../tables/table.ts'
import type { ScopeContext } from './control-context.ts'
import { type FaultDocument, toFaultDocument, toFaultFixture } from './fault-control.ts'
import { type JobDocument, toJobDocument } from './job-document.ts'
import { readFixtures } from './read-fixtures.ts'
import { type RuleDocument, toRuleDocument } from './rule-control.ts'
import { type TableDocument, toFixture, toTableDocument } from './table-control.ts'

/** The jobs, rules, faults and tables that a document brought. */
export interface LoadedDocument {
  readonly jobs: JobDocument[]
  readonly rules: RuleDocument[]
  readonly faults: FaultDocument[]
  readonly tables: TableDocument[]
}

/** Loads fixtures into a scope, and saves a scope as a fixture. */
export class FixtureControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * Creates the jobs and tables of a document, and adds its rules and faults before all others;
   * all or nothing.
   *
   * @throws ControlError if the document is invalid, by the checks of files; JobError if an id or a
   *   tag is in use or there are too many jobs; RuleError if there are too many rules or faults;
   *   TableError if the name of a table is taken or there are too many rows.
   */
  load(document: FixtureDocument): LoadedDocument {
    this.#context.assertUsable()
    // Rules and faults without a name get the id of the first one and their place.
    const nameOf = (list: NamedList, index: number) => {
      return `${this.#context.scope()[list].nextId}[${index}]`
    }
    const given = readFixtures(document, { ...this.#context, nameOf })
    const scope = this.#context.scope()
    const { redaction } = scope
    scope.rules.assertRoomToAdd(given.rules)
    scope.faults.assertRoom(given.faults.length)
    const addTables = scope.tables.prepare(given.tables)
    const jobs = scope.jobs.addAll(given.jobs)
    addTables()
    const faults = scope.faults.add(given.faults, scope.clock.now())
    return {
      jobs: jobs.map(({ id }) => toJobDocument(scope.jobs.get({ id }), redaction)),
      rules: scope.rules.add(given.rules).map((rule) => toRuleDocument(rule, redaction)),
      faults: faults.map((fault) => toFaultDocument(fault, redaction)),
      tables: given.tables.map(({ name }) => toTableDocument(scope.tables.get(name))),
    }
  }

  /**
   * The scope as a document. When it is loaded again, its jobs go on from where they are. Rules that
   * never answer, because of another one before them, are omitted: a document with them is invalid.
   * Secrets are numbered, so that rules for different ones stay different.
   */
  save(): FixtureDocument {
    const { jobs, rules, faults, tables, clock, redaction } = this.#context.scope()
    const numbering = redaction.numbering()
    const nowMs = clock.now()
    const listed = rules.list()
    const all = listed.map(({ rule }) => rule)
    const shadowed = [...findShadowed(all, this.#context.ownEndpoints)]
    const dead = new Set(shadowed.map(({ rule }) => rule))
    return {
      jobs: jobs.list().map((view) => writeRedacted(view, { nowMs, redaction: numbering })),
      rules: listed
        .filter(({ rule }) => !dead.has(rule))
        .map((one) => toRuleDocument(one, numbering).rule),
      ...(faults.isEmpty
        ? {}
        : { faults: faults.list().map((one) => toFaultFixture(one, numbering)) }),
      ...(tables.size === 0 ? {} : { tables: tables.list().map(writeWhole) }),
    }
  }
}

function writeWhole(table: Table): FixtureTable {
  return toFixture(table, { from: 0, to: table.count })
}

/** Writes a job without secrets: its request's are not shown where its end quotes them. */
function writeRedacted(
  view: JobView,
  { nowMs, redaction }: { readonly nowMs: number; readonly redaction: Redaction },
): FixtureJob {
  return redaction.knowing(view.job.request).value(writeJob(view, nowMs))
}
