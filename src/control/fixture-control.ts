import type { ScopeContext } from '../control-parts/control-context.ts'
import { type JobDocument, toJobDocument } from '../control-parts/job-document.ts'
import { type GivenFixtures, readFixtures } from '../control-parts/read-fixtures.ts'
import type { FixtureFault } from '../fixture-format/fault-format.ts'
import type { FixtureDocument, FixtureJob, FixtureTable } from '../fixture-format/fixture-format.ts'
import { writeJob } from '../fixture-writing/write-job.ts'
import { writeRing } from '../fixture-writing/write-ring.ts'
import { faultsAhead, writeTimeline } from '../fixture-writing/write-timeline.ts'
import type { NamedList } from '../fixtures/read-content.ts'
import type { JobView } from '../jobs/stored-job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { findShadowed } from '../rules/find-shadowed.ts'
import type { Scope } from '../scope/scope.ts'
import type { Table } from '../tables/table.ts'
import { type FaultDocument, toFaultDocument, toFaultFixture } from './fault-control.ts'
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
   * Creates the jobs and tables of a document, adds its rules and faults before all others, and its
   * timeline, which starts now; its ring replaces that of the scope. All or nothing.
   *
   * @throws ControlError if the document is invalid, by the checks of files; JobError if an id or a
   *   tag is in use or there are too many jobs; RuleError if there are too many rules or faults;
   *   TableError if the name of a table is taken or there are too many rows; ScopeError if the ring
   *   would change although clients have called, or there are too many entries.
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
    scope.faults.assertRoomToAdd(given.faults, given.rules)
    scope.timeline.assertRoomToAdd(given.timeline.length)
    const addTables = scope.tables.prepare(given.tables)
    changeRing(scope, given)
    const jobs = scope.jobs.addAll(given.jobs.map((job) => scope.ring.placed(job)))
    addTables()
    scope.timeline.add(given.timeline, scope.clock.now())
    const faults = scope.faults.add(given.faults, scope.clock.now())
    return {
      jobs: jobs.map(({ id }) => toJobDocument(scope.jobs.get({ id }), redaction)),
      rules: scope.rules.add(given.rules).map((rule) => toRuleDocument(rule, redaction)),
      faults: faults.map((fault) => toFaultDocument(fault, redaction)),
      tables: given.tables.map(({ name }) => toTableDocument(scope.tables.get(name))),
    }
  }

  /**
   * The scope as a document. When it is loaded again, its jobs and its timeline go on from where they
   * are. Rules that never answer, because of another one before them, are omitted: a document with
   * them is invalid.
   * Secrets are numbered, so that rules for different ones stay different.
   */
  save(): FixtureDocument {
    const scope = this.#context.scope()
    const { jobs, rules, faults, tables, ring, redaction } = scope
    // Whatever is due happens first.
    const views = jobs.list()
    const timeline = writeTimeline(scope)
    const numbering = redaction.numbering()
    const listed = rules.list()
    const all = listed.map(({ rule }) => rule)
    const shadowed = [...findShadowed(all, this.#context.ownEndpoints)]
    const dead = new Set(shadowed.map(({ rule }) => rule))
    return {
      jobs: views.map((view) => writeRedacted(view, { scope, redaction: numbering })),
      rules: listed
        .filter(({ rule }) => !dead.has(rule))
        .map((one) => toRuleDocument(one, numbering).rule),
      ...(faults.isEmpty ? {} : { faults: writeFaults(scope, numbering) }),
      ...(tables.size === 0 ? {} : { tables: tables.list().map(writeWhole) }),
      ...(ring.isHa ? { ring: writeRing(ring) } : {}),
      ...(timeline.length === 0 ? {} : { timeline: numbering.value(timeline) }),
    }
  }
}

/** Changes the ring of a scope to that of a document. Throws if its jobs could not be created then. */
function changeRing(scope: Scope, { ring, jobs }: GivenFixtures): void {
  if (ring === undefined || scope.ring.isLike(ring)) return
  const change = scope.prepareRing(ring, jobs)
  scope.jobs.makeRoomFor(jobs)
  change()
}

/** A fault that the timeline switches has a name, by which it is found again. */
function writeFaults(scope: Scope, redaction: Redaction): FixtureFault[] {
  const named = faultsAhead(scope)
  return scope.faults.list().map((one) => {
    const { name } = one.fault
    return { ...(named.has(name) ? { name } : {}), ...toFaultFixture(one, redaction) }
  })
}

function writeWhole(table: Table): FixtureTable {
  return toFixture(table, { from: 0, to: table.count })
}

/** Writes a job without secrets: its request's are not shown where its end quotes them. */
function writeRedacted(
  view: JobView,
  { scope: { clock, ring }, redaction }: { readonly scope: Scope; readonly redaction: Redaction },
): FixtureJob {
  const { request, placement } = view.job
  const written = redaction.knowing(request).value(writeJob(view, clock.now()))
  const { home, on } = placement
  return {
    ...written,
    ...(home === ring.first.name ? {} : { cluster: home }),
    // Placements that are alike are one object.
    ...(ring.place(home) === placement ? {} : { found_on: [...on] }),
  }
}
