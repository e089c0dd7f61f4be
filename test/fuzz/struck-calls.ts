import type { RawAnswer } from '../support/answer-reader.ts'
import { Connection, type Exchange, exchangeOnce } from '../support/connection.ts'
import { findAnswerProblem } from './check-answer.ts'
import { FAULTS_SCOPE } from './fault-inputs.ts'
import { type Input, inputOf } from './input.ts'

/** Damage as it is written: its kind, or an object with the kind as key. */
export type WrittenDamage = string | Readonly<Record<string, unknown>>

/** A fault as it is written, as far as it matters to an answer. */
export interface WrittenFault {
  readonly delay?: unknown
  readonly fault?: WrittenDamage
}

/** A fault as the control API shows it. */
interface ShownFault {
  readonly id: string
  readonly hits: number
  readonly fault: WrittenFault
}

/** What a call met: the faults that struck it, and whether the time of the scope stands. */
export interface Strikes {
  readonly faults: readonly WrittenFault[]
  readonly isFrozen: boolean
}

/** What is sent again, with longer limits: a busy machine is no hang. */
const LIMITS_MS = [100, 1000, 5000] as const
const CONTROL_LIMIT_MS = 10_000

/** Sends calls that faults can strike, one after another, each over a connection of its own. */
export class StruckCalls {
  readonly #control = new Connection()

  /** Resolves with what is wrong with the answer to a call; never rejects. */
  async findProblem(input: Input, port: number): Promise<string | undefined> {
    let problem: string | undefined
    for (const limitMs of LIMITS_MS) {
      const before = new Map((await this.#faults(port)).map(({ id, hits }) => [id, hits]))
      const exchange = await exchangeOnce(input.bytes, { port, methods: [input.method], limitMs })
      const struck = (await this.#faults(port)).filter(({ id, hits }) => hits !== before.get(id))
      const { mode }: { mode: string } = await this.#read('/clock', port)
      const faults = struck.map(({ fault }) => fault)
      problem = findStruckProblem(exchange, { input, faults, isFrozen: mode === 'frozen' })
      if (!exchange.timedOut || problem === undefined) return problem
    }
    return problem
  }

  /** Whether a call waits in a scope of the mock, whose clients have all left. */
  async isWaitedIn(port: number): Promise<boolean> {
    const { scopes }: { scopes: { waited_in: boolean }[] } = await this.#read('/scopes', port)
    return scopes.some(({ waited_in }) => waited_in)
  }

  close(): void {
    this.#control.close()
  }

  async #faults(port: number): Promise<ShownFault[]> {
    const { faults }: { faults: ShownFault[] } = await this.#read('/faults', port)
    return faults
  }

  async #read(route: string, port: number) {
    const path = `${FAULTS_SCOPE}/__mock${route}`
    const { bytes, method } = inputOf({ method: 'GET', path }, { kind: 'control' })
    const options = { port, methods: [method], limitMs: CONTROL_LIMIT_MS }
    const { answers } = await this.#control.exchange(bytes, options)
    const text = answers[0]?.body.toString()
    if (answers[0]?.status !== 200) throw new Error(`GET ${path} answers ${text}`)
    return JSON.parse(text ?? '')
  }
}

/** Why what came back is not what the faults that struck the call can do. */
export function findStruckProblem(
  exchange: Exchange,
  { input, ...strikes }: Strikes & { readonly input: Input },
): string | undefined {
  const { answers, timedOut, problem } = exchange
  const [answer] = answers
  const damages = strikes.faults.flatMap(({ fault }) => (fault === undefined ? [] : [fault]))
  if (answer && answer.status >= 500 && !damages.some((one) => asksFor(answer, one))) {
    return `the status is ${answer.status}, for which no fault asked`
  }
  if (timedOut) return mayWait(strikes) ? undefined : 'the answer takes too long'
  if (!damages.every(leavesWhole)) return undefined
  if (answer === undefined) return problem || 'the connection is closed without an answer'
  return damages.length > 0 ? undefined : findCallProblem(answer, input)
}

function findCallProblem(answer: RawAnswer, input: Input): string | undefined {
  const { expected } = input
  const endpoint = expected.kind === 'struck' ? expected.endpoint : undefined
  return findAnswerProblem(answer, { ...input, expected: { kind: 'call', endpoint } })
}

function mayWait({ faults, isFrozen }: Strikes): boolean {
  return faults.some((fault) => isEndless(fault) || (isFrozen && takesTime(fault)))
}

function asksFor({ status }: RawAnswer, damage: WrittenDamage): boolean {
  return typeof damage === 'object' && Object(damage['http']).status === status
}

/** Whether nothing but the client ends the connection. */
function isEndless({ fault }: WrittenFault): boolean {
  if (typeof fault !== 'object') return fault === 'hang'
  const { hang, cut } = fault
  return (hang !== undefined && !('for' in Object(hang))) || Object(cut).end === 'hang'
}

function takesTime({ delay, fault }: WrittenFault): boolean {
  return delay !== undefined || (typeof fault === 'object' && 'hang' in fault)
}

/** Whether an answer with this damage is still one of HTTP. */
function leavesWhole(damage: WrittenDamage): boolean {
  if (typeof damage === 'string') return damage === 'empty'
  const { slow, http, codec } = damage
  return (
    slow !== undefined || http !== undefined || (codec !== undefined && !('claim' in Object(codec)))
  )
}
