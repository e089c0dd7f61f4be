import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { CaseName, ServerName } from './case-file.ts'
import type { Client } from './client.ts'
import { describeEnding } from './prepare-client.ts'
import { type Ending, runCommand } from './process-group.ts'
import type { Mock } from './start-mock.ts'

/** What the processes of a client in one encoding have in common. */
export interface ProcessOptions {
  readonly encoding: string
  /** Starts a mock with additional flags. */
  readonly startMock: (flags: readonly string[]) => Promise<Mock>
  /** The folder for the context files of the runs. */
  readonly folder: string
  /** The time limit of one process, in ms. */
  readonly limitMs?: number
}

/** How a process of a client ended. */
export interface ProcessRun {
  readonly ended: Ending
  /** What did not end cleanly: the client or a mock. */
  readonly problems: readonly string[]
}

/** The mocks of a process, and what its context says about them. */
interface Servers {
  readonly mocks: readonly Mock[]
  readonly context: {
    readonly servers: Readonly<Partial<Record<ServerName, string>>>
    readonly page?: string
  }
}

const RUN_LIMIT_MS = 240_000
const FIXTURES = 'test/clients/fixtures'
const USER = 'tester'
const PASSWORD = 'correct'

/** Runs cases against three mocks: an open one, one with a password, and a second cluster. */
export async function runPlain(
  client: Client,
  cases: readonly CaseName[],
  options: ProcessOptions,
): Promise<ProcessRun> {
  return runProcess(client, await startPlain(client, options), {
    ...options,
    cases,
    name: `${client.name}-${options.encoding}`,
  })
}

/** Runs cases against one mock with a ring of two clusters. */
export async function runRing(
  client: Client,
  cases: readonly CaseName[],
  options: ProcessOptions,
): Promise<ProcessRun> {
  return runProcess(client, await startRing(client, options), {
    ...options,
    cases,
    name: `${client.name}-${options.encoding}-ring`,
  })
}

async function startPlain(
  { fixtures = FIXTURES }: Client,
  { startMock }: ProcessOptions,
): Promise<Servers> {
  // The page of the browser prepares its cases with the control API.
  const page = `http://127.0.0.1:${await freePort()}`
  const flags = ['--fixtures', fixtures, '--control-origin', page]
  const open = await startMock(flags)
  const guarded = await startMock([...flags, '--user', `${USER}:${PASSWORD}`])
  const backup = await startMock(flags)
  const servers = { open: open.url, guarded: guarded.url, backup: underAnotherHost(backup) }
  return { mocks: [open, guarded, backup], context: { servers, page } }
}

async function startRing(
  { fixtures = FIXTURES }: Client,
  { startMock }: ProcessOptions,
): Promise<Servers> {
  const open = await startMock(['--fixtures', fixtures, '--ring', '2'])
  const servers = { open: open.url, second: underAnotherHost(open) }
  return { mocks: [open], context: { servers } }
}

/** Clients tell clusters apart by host name. */
function underAnotherHost({ url }: Mock): string {
  return url.replace('//127.0.0.1', '//localhost')
}

interface Job extends ProcessOptions {
  readonly cases: readonly CaseName[]
  /** The name of the context file. */
  readonly name: string
}

async function runProcess(
  { run }: Client,
  { mocks, context }: Servers,
  { cases, encoding, folder, name, limitMs = RUN_LIMIT_MS }: Job,
): Promise<ProcessRun> {
  const file = `${folder}/${name}.json`
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, JSON.stringify({ cases, ...context, user: USER, password: PASSWORD }))
  const ended = await runCommand([...run, encoding, file], { limitMs })
  const stopped: Ending[] = []
  for (const mock of mocks) stopped.push(await mock.stop())
  const problems = [
    ...(ended.ok ? [] : [describeEnding(run, ended)]),
    ...stopped.filter(({ ok }) => !ok).map((one) => describeEnding(['mock-gpudb'], one)),
  ]
  return { ended, problems }
}

/** A port of the loopback that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
