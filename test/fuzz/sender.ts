import type { RawAnswer } from '../support/answer-reader.ts'
import { Connection, type Exchange, exchangeOnce } from '../support/connection.ts'
import { findAnswerProblem } from './check-answer.ts'
import type { Input } from './input.ts'
import { endsSoon } from './pass-time.ts'
import { StruckCalls } from './struck-calls.ts'

/** How often an input that takes too long is sent before that is a failure: machines are shared. */
export const ATTEMPTS = 10

/** Sends inputs to a port and checks the answers; requests share one kept connection. */
export class Sender {
  readonly #connection = new Connection()
  readonly #struckCalls = new StruckCalls()
  readonly #limitMs: number

  /** `limitMs` is the time in which the answer to an input must come. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Sends inputs in one go. Resolves with the first problem of their answers; never rejects. */
  findProblem(inputs: readonly Input[], port: number): Promise<string | undefined> {
    const isStruck = inputs.some(({ expected }) => expected.kind === 'struck')
    if (isStruck) return this.#findStruckProblem(inputs, port).catch(String)
    const isRaw = inputs.some(({ expected }) => expected.kind === 'bytes')
    return isRaw ? this.#findRawProblem(inputs, port) : this.#findRequestProblem(inputs, port)
  }

  close(): void {
    this.#connection.close()
    this.#struckCalls.close()
  }

  /** Faults change with each input, and what they do is known only of calls one after another. */
  async #findStruckProblem(inputs: readonly Input[], port: number): Promise<string | undefined> {
    for (const input of inputs) {
      const isStruck = input.expected.kind === 'struck'
      const problem = await (isStruck
        ? this.#struckCalls.findProblem(input, port)
        : this.#findRequestProblem([input], port))
      if (problem !== undefined)
        return isStruck ? `${problem}, for ${describeStart(input)}` : problem
    }
    const isLeft = () => this.#struckCalls.isWaitedIn(port)
    return (await endsSoon(isLeft)) ? undefined : 'a call waits whose client has left'
  }

  async #findRequestProblem(inputs: readonly Input[], port: number): Promise<string | undefined> {
    // A rule that closes the connection also takes the answers to requests before it.
    const isSingle = inputs.some(({ expected }) => expected.kind === 'call' && expected.hasRules)
    let waiting = inputs
    let size = isSingle ? 1 : inputs.length
    while (waiting.length > 0) {
      const sent = waiting.slice(0, size)
      const exchange = await this.#exchange(sent, port)
      const isSlow = exchange.timedOut && size > 1
      const problem = isSlow ? undefined : findFirstProblem(sent, exchange)
      if (problem !== undefined) return problem
      // The time is that of one input: together they may take longer.
      if (isSlow) size = 1
      else waiting = waiting.slice(Math.max(1, exchange.answers.length))
    }
    return undefined
  }

  async #exchange(inputs: readonly Input[], port: number): Promise<Exchange> {
    const bytes = Buffer.concat(inputs.map((input) => input.bytes))
    const options = { port, methods: inputs.map(({ method }) => method), limitMs: this.#limitMs }
    const send = () => this.#connection.exchange(bytes, options)
    // A server may close a kept connection while a request is on its way.
    const isLost = ({ closed, answers }: Exchange) => closed && answers.length === 0
    return repeat(send, (exchange) => {
      return isLost(exchange) || (exchange.timedOut && inputs.length === 1)
    })
  }

  /** Inputs that may end their connection are sent at the same time, over one connection each. */
  async #findRawProblem(inputs: readonly Input[], port: number): Promise<string | undefined> {
    const limitMs = this.#limitMs
    const problems = await Promise.all(
      inputs.map(async (input) => {
        const leaves = input.expected.kind === 'bytes' && input.expected.leaves === true
        const then = leaves ? 'reset' : 'close'
        const options = { port, methods: [input.method], limitMs, then } as const
        const send = () => exchangeOnce(input.bytes, options)
        const exchange = await repeat(send, ({ timedOut }) => timedOut)
        if (exchange.timedOut) return `the connection stays open for ${limitMs} ms`
        return exchange.problem || findRawProblem(input, exchange)
      }),
    )
    return problems.find((problem) => problem !== undefined)
  }
}

async function repeat(
  send: () => Promise<Exchange>,
  isWanted: (exchange: Exchange) => boolean,
): Promise<Exchange> {
  let exchange = await send()
  for (let attempt = 1; isWanted(exchange) && attempt < ATTEMPTS; attempt += 1) {
    exchange = await send()
  }
  return exchange
}

function findFirstProblem(
  inputs: readonly Input[],
  { answers, problem, timedOut }: Exchange,
): string | undefined {
  const wrong = findAnswersProblem(inputs, answers)
  if (wrong !== undefined) return wrong
  if (problem !== '') return problem
  const unanswered = inputs[answers.length]
  if (timedOut) return `the answer takes too long: ${describeStart(unanswered)}`
  if (unanswered === undefined || answers.at(-1)?.headers.get('connection') === 'close') {
    return undefined
  }
  const { expected } = unanswered
  const canClose = expected.kind === 'call' && expected.hasRules === true
  // After an answer, the connection can be closed by an input that it belongs to.
  if (canClose || answers.length > 0) return undefined
  return `the connection is closed without an answer to ${describeStart(unanswered)}`
}

function findRawProblem(input: Input, { answers }: Exchange): string | undefined {
  const whole = input.expected.kind === 'bytes' ? input.expected.whole : 0
  const isShort = answers.length < whole
  if (isShort) return `only ${answers.length} of ${whole} whole requests are answered`
  return findAnswersProblem([input], answers)
}

function findAnswersProblem(
  inputs: readonly Input[],
  answers: readonly RawAnswer[],
): string | undefined {
  for (const [index, answer] of answers.entries()) {
    const input = inputs[index] ?? inputs[0]
    const problem = input && findAnswerProblem(answer, input)
    if (problem !== undefined) return `${problem}, for ${describeStart(input)}`
  }
  return undefined
}

/** The first line of a request. */
function describeStart(input: Input | undefined): string {
  return JSON.stringify(input?.bytes.toString('latin1', 0, 120).split('\r\n', 1)[0] ?? '')
}
