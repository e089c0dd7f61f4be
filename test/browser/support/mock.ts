import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Program, runProgram } from '../../support/program.ts'

/** A built mock in a process of its own. */
export interface PageMock {
  readonly program: Program
  /** Without a slash at the end. */
  readonly url: string
  /** Calls a path and returns the parsed body. Throws Error if it is an error. */
  call(path: string, body?: unknown, method?: string): Promise<Record<string, unknown>>
}

/** The jobs, rules, faults, clusters, timeline and tables of the tests of the page. */
export const FIXTURES = {
  ring: { clusters: [{ name: 'west' }, { name: 'east' }] },
  jobs: [
    {
      job_id: 42,
      tag: 'nightly',
      endpoint: '/create/backup',
      lifecycle: {
        steps: [{ after: '40s', progress: 40 }, { after: '20s', progress: 80 }, { hold: true }],
      },
    },
    {
      job_id: 43,
      tag: 'held',
      endpoint: '/alter/table',
      lifecycle: { steps: [{ hold: true, progress: 35 }] },
    },
    { job_id: 44, tag: 'late', endpoint: '/execute/sql', lifecycle: { duration: '10m' } },
    { job_id: 45, tag: 'later', endpoint: '/execute/sql', lifecycle: { duration: '10m' } },
    { job_id: 46, tag: 'latest', endpoint: '/execute/sql', lifecycle: { duration: '10m' } },
    {
      job_id: 9223372036854775807n,
      tag: 'large',
      endpoint: '/admin/rebalance',
      lifecycle: { steps: [{ after: 0, progress: 60 }], outcome: 'ERROR', error: 'no rank 2' },
    },
  ],
  rules: [
    {
      name: 'orders exist',
      when: { endpoint: '/has/table', request: { table_name: 'orders' } },
      then: { response: { table_exists: true } },
    },
    { when: { endpoint: '/clear/table' }, times: 1, then: { error: 'the table is locked' } },
  ],
  faults: [{ name: 'broken schemas', when: { endpoint: '/show/schema' }, fault: 'empty' }],
  timeline: [{ at: '1h', cluster: 'east', state: 'down', for: '10s' }],
  tables: [{ name: 'sales.orders', columns: ['id long', 'note char16?'], rows: [[1, 'a']] }],
}

/** Starts the built mock with the fixtures of the tests and more arguments, until the test ends. */
export async function startMock(t: Test, ...argv: string[]): Promise<PageMock> {
  const folder = t.testdir()
  writeFileSync(join(folder, 'suite.json'), toJson(FIXTURES))
  const program = runProgram(t, {
    argv: ['start', '--port', '0', '--fixtures', 'suite.json', ...argv],
    cwd: folder,
  })
  const url = await program.listening()
  return { program, url, call: (...call) => callMock(url, ...call) }
}

async function callMock(url: string, path: string, body?: unknown, method?: string) {
  const given = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...given,
  })
  const text = await response.text()
  if (path.includes('/__mock/') && !response.ok) throw new Error(`${path}: ${text}`)
  return text.startsWith('{') ? JSON.parse(text) : {}
}

/** JSON with bigints as bare numbers. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}n` : item))
  return text.replace(/"(\d+)n"/g, '$1')
}
