import fc from 'fast-check'
import type { FuzzOptions } from './fuzz-options.ts'
import { type Input, inputOf, writeCommand } from './input.ts'
import type { Session } from './session.ts'

/** A kind of inputs. */
export interface Target {
  readonly name: string
  readonly inputs: fc.Arbitrary<Input>
  /** The scopes that are reset before each batch, so that a batch can be repeated alone. */
  readonly scopes: readonly string[]
  /** How many inputs are sent in one go at most. */
  readonly maxBatch: number
}

/** The result of a target. */
export interface TargetResult {
  readonly name: string
  readonly sent: number
  /** What to print about the first failure; undefined without one. */
  readonly failure: string | undefined
}

/** How long a failed batch is made smaller, in ms. */
const MAX_SHRINK_MS = 20_000
/** The most that is shown of one input, in characters. */
const MAX_SHOWN = 2000

/** Sends batches of a target until the time is over or one fails, and makes that one smaller. */
export async function runTarget(
  { name, inputs, scopes, maxBatch }: Target,
  { session, options, limitMs }: { session: Session; options: FuzzOptions; limitMs: number },
): Promise<TargetResult> {
  const before = session.sent
  const resets = scopes.map(resetOf)
  const batches = fc.array(inputs, { minLength: 1, maxLength: maxBatch, size: 'max' })
  const property = fc.asyncProperty(batches, (batch) => session.check([...resets, ...batch]))
  const { seed, path } = options
  const found = await fc.check(property, {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: limitMs,
    markInterruptAsFailure: false,
    endOnFailure: true,
  })
  const sent = session.sent - before
  if (!found.failed || found.counterexamplePath === null) return { name, sent, failure: undefined }
  const smaller = await fc.check(property, {
    seed,
    path: found.counterexamplePath,
    interruptAfterTimeLimit: MAX_SHRINK_MS,
  })
  const { counterexample, counterexamplePath, errorInstance } = smaller.failed ? smaller : found
  const [batch] = counterexample ?? [[]]
  const repeat = `npm run test:fuzz -- --seed ${seed} --target ${name} --path ${counterexamplePath}`
  const lines = [messageOf(errorInstance), ...batch.flatMap(describeInput), `repeat: ${repeat}`]
  return { name, sent, failure: lines.join('\n') }
}

function resetOf(scope: string): Input {
  return inputOf({ method: 'POST', path: `${scope}/__mock/reset` }, { kind: 'control' })
}

function describeInput(input: Input): string[] {
  const shown = writeCommand(input)
  const more = shown.length > MAX_SHOWN ? ` … (${input.bytes.length} bytes)` : ''
  return [`  ${shown.slice(0, MAX_SHOWN)}${more}`]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
