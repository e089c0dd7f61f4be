import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadedFixtures, loadFixtures } from '../src/fixtures/load-fixtures.ts'
import { OWN_ENDPOINTS } from '../src/gpudb/own-endpoints.ts'
import { catalogue } from './direct-mock.ts'
import type { Figure } from './figure.ts'
import { median, sum } from './statistics.ts'

/** Longer loads are not repeated. */
const ENOUGH_MS = 10_000

/** The texts of files, by name. */
export type Files = Readonly<Record<string, string>>

/** A measurement of loading. */
export interface Loading {
  /** The name of the figure. */
  readonly name: string
  readonly files: Files
  /** What the files contain: how many, and the name of one. */
  readonly count: number
  readonly unit: string
  /** The aim, in seconds. */
  readonly belowSeconds: number
  /** The maximum number of loads. */
  readonly loads: number
}

/** The median time to load files, with all checks. */
export function measureLoading(loading: Loading): Figure {
  const { name, files, count, unit, belowSeconds, loads } = loading
  const times: number[] = []
  while (times.length < loads && sum(times) < ENOUGH_MS) times.push(timedLoad(files).ms)
  const ms = median(times)
  return {
    name,
    value: `${(ms / 1000).toFixed(2)} s`,
    ratios: [`${((ms / count) * 1000).toFixed(1)} µs a ${unit}`],
    aim: { text: `< ${belowSeconds} s`, met: ms < belowSeconds * 1000 },
  }
}

/** The content of files. Throws if they have a problem. */
export function loadFiles(files: Files): LoadedFixtures {
  return timedLoad(files).loaded
}

function timedLoad(files: Files): { readonly ms: number; readonly loaded: LoadedFixtures } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fixtures-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const startedAtMs = performance.now()
  const loaded = loadFixtures([folder], {
    catalogue,
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 1000,
    clusters: ['a'],
  })
  const ms = performance.now() - startedAtMs
  rmSync(folder, { recursive: true })
  const [problem] = loaded.problems
  if (problem) throw new Error(`Cannot measure: ${problem.message}`)
  return { ms, loaded }
}
