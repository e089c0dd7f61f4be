import type { Command } from '../clients/client.ts'
import { type Ending, runCommand } from '../clients/process-group.ts'
import type { Example } from './example.ts'

/** The result of an example. */
export interface ExampleResult {
  readonly name: string
  readonly verdict: 'pass' | 'FAIL' | 'not run'
  /** The reason for a verdict other than pass; empty for pass. */
  readonly detail: string
}

/** The options for running examples. */
export interface RunExampleOptions {
  /** The folder with the copies of the examples. */
  readonly home: string
  /** The program of the mock, relative to `home`. */
  readonly mock: string
  /** The time limit of each command, in ms. */
  readonly limitMs?: number
}

const LIMIT_MS = 150_000

/** Runs two examples at a time, as installing is mostly waiting. Resolves with results in order. */
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

/** Installs and runs the copy of an example, with the command of the mock. Never rejects. */
export async function runExample(
  { name, probe, install, run }: Example,
  { home, mock, limitMs = LIMIT_MS }: RunExampleOptions,
): Promise<ExampleResult> {
  const program = `${'../'.repeat(name.split('/').length)}${mock}`
  const attempt = async (command: Command): Promise<string> => {
    const started = inFolder(`${home}/${name}`, [
      'env',
      `MOCK_GPUDB_COMMAND=${program}`,
      ...command,
    ])
    const ended = await runCommand(started, { limitMs })
    return ended.ok ? '' : describeFailure(command, ended)
  }
  const missing = await attempt(probe)
  if (missing !== '') return { name, verdict: 'not run', detail: missing }
  for (const command of [...install, run]) {
    const detail = await attempt(command)
    if (detail !== '') return { name, verdict: 'FAIL', detail }
  }
  return { name, verdict: 'pass', detail: '' }
}

/** A line for each example, followed by the reason if it did not pass, and the counts. */
export function renderResults(results: readonly ExampleResult[]): string {
  return `${results.map(renderResult).join('')}${renderSummary(results)}`
}

function renderResult({ name, verdict, detail }: ExampleResult): string {
  const reason = detail === '' ? '' : `    ${detail.trimEnd().replaceAll('\n', '\n    ')}\n`
  return `${verdict.padEnd(7)}  ${name}\n${reason}`
}

/** The counts in one line, which scripts parse. */
function renderSummary(results: readonly ExampleResult[]): string {
  const count = (wanted: ExampleResult['verdict']) =>
    results.filter(({ verdict }) => verdict === wanted).length
  return `examples: ${count('pass')} pass, ${count('FAIL')} FAIL, ${count('not run')} not run\n`
}

/** The command, run from another folder. */
export function inFolder(folder: string, command: Command): Command {
  return ['sh', '-c', 'cd "$0" && exec "$@"', folder, ...command]
}

function describeFailure(command: Command, { reason, lastOutput }: Ending): string {
  return `${command.join(' ')}: ${reason}\n${lastOutput}`.trimEnd()
}
