import { type Command, InvalidArgumentError } from 'commander'
import type { CommandParts } from './cli-host.ts'
import { addOptions } from './cli-options.ts'
import { PLACE_OPTIONS, TARGET_OPTIONS } from './cli-target.ts'
import { didYouMean } from './documents/did-you-mean.ts'
import { JOB_STATUSES } from './jobs/job-state.ts'
import type { RequestChoice } from './terminal/newest-requests.ts'
import type { JobChoice } from './terminal/print-jobs.ts'

/** Whether a command runs until a signal comes. */
export function isLasting(command: Command): boolean {
  const { follow = false, watch = false } = command.opts()
  return follow || (command.name() === 'status' && watch)
}

type Url = string | undefined

/** The flags of `status`. */
export interface StatusFlags {
  readonly watch?: boolean
  readonly json?: boolean
}

/** The flags of `requests`. */
export interface RequestFlags extends RequestChoice {
  readonly follow?: boolean
  readonly json?: boolean
}

/** The flags of `jobs`. */
export interface JobFlags extends JobChoice {
  readonly json?: boolean
}

/** Adds the commands that show what a running mock does: `status`, `requests` and `jobs`. */
export function addTerminalCommands(program: Command, { host }: CommandParts): void {
  addTargetOptions(program.command('status'))
    .description('show the scopes, time, jobs and last requests of a running mock')
    .option('--watch', 'show it again after each change')
    .action(async (url: Url, flags: StatusFlags, command: Command) => {
      const { showStatus } = await loadShowing()
      await showStatus(flags, { url, command, host })
    })
  addTargetOptions(program.command('requests'))
    .description('show the last requests that a running mock received, and what answered them')
    .option('--follow', 'show new ones when they come')
    .option('--unmatched', 'only those that nothing matched')
    .option('--endpoint <endpoint>', 'only those of an endpoint; * stands for any text')
    .option('--limit <number>', 'how many, at most 1000', readLimit, 20)
    .action(async (url: Url, flags: RequestFlags, command: Command) => {
      const { showRequests } = await loadShowing()
      await showRequests(flags, { url, command, host })
    })
  addTargetOptions(program.command('jobs'))
    .description('show the last jobs of a running mock')
    .option('--status <status>', `only those that are ${JOB_STATUSES.join(', ')}`, readStatus)
    .option('--endpoint <endpoint>', 'only those of an endpoint; * stands for any text')
    .option('--limit <number>', 'how many, at most 1000', readLimit, 20)
    .action(async (url: Url, flags: JobFlags, command: Command) => {
      const { showJobs } = await loadShowing()
      await showJobs(flags, { url, command, host })
    })
}

/** Most processes are servers, which start without it. */
function loadShowing(): Promise<typeof import('./cli-showing.ts')> {
  return import('./cli-showing.ts')
}

const WITHOUT_URL = `
Without a URL, the mock is found by the options of "start" or their variables:
--config, --host, --port, --control-port, --tls-cert and --tls-key. In its
container, they are not needed.`

function addTargetOptions(command: Command): Command {
  command
    .argument('[url]', 'the URL of the mock, such as http://localhost:9191/~suite-a')
    .option('--scope <name>', 'the scope to show (default: default)')
    .option('--json', 'print documents of the control API')
    .addHelpText('after', WITHOUT_URL)
  addOptions(command, TARGET_OPTIONS)
  for (const option of command.options) {
    const name = option.name()
    option.hideHelp(name === 'config' || PLACE_OPTIONS.some((place) => place === name))
  }
  return command
}

/** The largest list that the control API returns. */
const MAX_LIMIT = 1000

function readLimit(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= MAX_LIMIT) return Number(text)
  throw new InvalidArgumentError(`Expected a number from 0 to ${MAX_LIMIT}.`)
}

function readStatus(text: string): string {
  const status = JOB_STATUSES.find((name) => name === text.toUpperCase())
  if (status !== undefined) return status
  const hint = didYouMean(text.toUpperCase(), JOB_STATUSES)
  throw new InvalidArgumentError(`Expected one of ${JOB_STATUSES.join(', ')}${hint}.`)
}
