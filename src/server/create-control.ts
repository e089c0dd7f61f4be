import type { FastifyBaseLogger } from 'fastify'
import { Catalogue } from '../avro/catalogue.ts'
import type { ControlContext } from '../control/control-context.ts'
import { FixtureError, type FixtureSource, loadFixtures } from '../fixtures/load-fixtures.ts'
import { readRecorded } from '../gpudb/read-recorded.ts'
import { ScopeTable } from '../scope/scope-table.ts'
import { NOTICE_HEADER } from '../wire/call-handler.ts'
import { reloadFixtures, reloadToLog } from './reload-fixtures.ts'
import { type ScopeSettings, ScopeSources } from './scope-sources.ts'

/** What scopes and their control are made from. */
export interface ControlOptions extends ScopeSettings {
  /** Files, folders and documents, read in this order. */
  readonly fixtures: readonly FixtureSource[]
  /** How many scopes there may be. */
  readonly maxScopes: number
  /** The largest request body in bytes. */
  readonly bodyLimit: number
}

/** The scopes of a server, seeded, and what can be done with them. */
export interface Control {
  readonly control: ControlContext
  /** The folders among the fixtures that are not there. */
  readonly absentFixtures: readonly string[]
  /** Reads the fixtures again; the log says how it went. */
  readonly reloadTo: (log: FastifyBaseLogger) => void
}

/** Loads the fixtures and makes the default scope. Throws FixtureError where a fixture is wrong. */
export function createControl(options: ControlOptions): Control {
  const { fixtures, maxScopes, bodyLimit: maxBytes, defaultDurationMs } = options
  const catalogue = new Catalogue()
  const loaded = loadFixtures(fixtures, { catalogue, defaultDurationMs })
  if (loaded.problems.length > 0) throw new FixtureError(loaded.problems)
  const sources = new ScopeSources(options, loaded)
  const scopes = new ScopeTable({ create: sources.create.bind(sources), maxScopes })
  const reloading = { fixtures, catalogue, defaultDurationMs, scopes, sources }
  return {
    control: {
      catalogue,
      defaultDurationMs,
      scopes,
      noticeHeader: NOTICE_HEADER,
      reload: () => void reloadFixtures(reloading),
      readRecorded: (entry) => readRecorded(entry, { catalogue, maxBytes }),
    },
    absentFixtures: loaded.absent,
    reloadTo: (log) => reloadToLog(reloading, log),
  }
}
