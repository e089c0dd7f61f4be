import type { Command } from '../clients/client.ts'
import { type Ending, runCommand } from '../clients/process-group.ts'
import type { Example } from './example.ts'

/** What came of an example. */
export interface ExampleResult {
  readonly name: string
  readonly verdict: 'pass' | 'FAIL' | 'not run'
  /** Why it is no pass; empty for one. */
  readonly detail: string
}

/** What an example is run with. */
export interface RunExampleOptions {
  /** The folder with the copies of the examples. */
  readonly home: string
  /** What MOCK_GPUDB says: the command of the mock, seen from a folder in `home`. */
  readonly mock: string
  /** How long each command may take. */
  readonly limitMs?: number
}

const LIMIT_MS = 150_000

/** Runs examples two at a time, since installing is mostly waiting; gives results in their order. */
export async function runExamples(
  examples: readonly Example[],
  options: RunExampleOptions,
): Promise<readonly ExampleResult[]> {
  const results: ExampleResult[] = []
  const queue = examples.entries()
  const work = async () => {
    for (const [index, example] of queue) results[index] = await runExample(example, options)
  }
  await Promise.all([work(), work()])
  return results
}

/** Installs and runs the copy of an example. Never rejects. */
export async function runExample(
  { name, probe, install, run }: Example,
  { home, mock, limitMs = LIMIT_MS }: RunExampleOptions,
): Promise<ExampleResult> {
  const attempt = async (command: Command): Promise<string> => {
    const started = inFolder(`${home}/${name}`, ['env', `MOCK_GPUDB=${mock}`, ...command])
    const ended = await runCommand(started, { limitMs })
    return ended.ok ? '' : tell(command, ended)
  }
  const missing = await attempt(probe)
  if (missing !== '') return { name, verdict: 'not run', detail: missing }
  for (const command of [...install, run]) {
    const detail = await attempt(command)
    if (detail !== '') return { name, verdict: 'FAIL', detail }
  }
  return { name, verdict: 'pass', detail: '' }
}

/** A line for each example, with the reason below it where it is no pass, and the counts. */
export function renderResults(results: readonly ExampleResult[]): string {
  return `${results.map(renderResult).join('')}${renderSummary(results)}`
}

function renderResult({ name, verdict, detail }: ExampleResult): string {
  const reason = detail === '' ? '' : `    ${detail.trimEnd().replaceAll('\n', '\n    ')}\n`
  return `${verdict.padEnd(7)}  ${name}\n${reason}`
}

/** The counts, in one line that scripts read. */
function renderSummary(results: readonly ExampleResult[]): string {
  const count = (wanted: ExampleResult['verdict']) =>
    results.filter(({ verdict }) => verdict === wanted).length
  return `examples: ${count('pass')} pass, ${count('FAIL')} FAIL, ${count('not run')} not run\n`
}

/** The command, run from another folder. */
export function inFolder(folder: string, command: Command): Command {
  return ['sh', '-c', 'cd "$0" && exec "$@"', folder, ...command]
}

function tell(command: Command, { reason, lastOutput }: Ending): string {
  return `${command.join(' ')}: ${reason}\n${lastOutput}`.trimEnd()
}
