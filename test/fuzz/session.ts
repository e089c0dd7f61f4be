import { exchangeOnce } from '../support/connection.ts'
import { MockProcess } from '../support/mock-process.ts'
import { type Input, inputOf } from './input.ts'
import { KnownJob } from './known-job.ts'
import { endsSoon, passTime } from './pass-time.ts'
import { ATTEMPTS, Sender } from './sender.ts'

/** Small limits, so that they are reached. */
const FLAGS = [
  ...['--fixtures', 'test/fuzz/fixtures', '--clock', 'auto', '--seed', 'fuzz'],
  ...['--max-scopes', '20', '--max-jobs', '5000', '--max-finished', '1000'],
  ...['--journal-requests', '2000', '--journal-bytes', '1000000', '--body-limit', '262144'],
  ...['--log-format', 'json', '--page', 'off'],
]

/** The connections that the session itself keeps: for inputs, for faults, and for the known job. */
const KEPT_CONNECTIONS = 3

/** The end of a process is known a little later than that of its connections. */
const SETTLE_MS = 100
const DESCRIPTION_LIMIT_MS = 60_000
const CONTROL = { kind: 'control' } as const

/** A running mock, and the known job in it. It is started again after a crash. */
export class Session {
  /** The inputs that were sent. */
  sent = 0
  readonly #limitMs: number
  readonly #sender: Sender
  #last = Promise.resolve()
  #mock: MockProcess | undefined
  #known: KnownJob | undefined

  /** `limitMs` is the time in which an answer must come. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
    this.#sender = new Sender(limitMs)
  }

  /** The description of the control API by the mock itself. */
  async readOpenapi(): Promise<string> {
    const { port } = await this.#start()
    const { bytes, method } = inputOf({ method: 'GET', path: '/__mock/openapi.json' }, CONTROL)
    const options = { port, methods: [method], limitMs: DESCRIPTION_LIMIT_MS }
    const { answers } = await exchangeOnce(bytes, options)
    return answers[0]?.body.toString() ?? ''
  }

  /** Sends inputs in one go and checks their answers. Rejects with the first problem. */
  check(inputs: readonly Input[]): Promise<void> {
    // At the end of its time, fast-check leaves a check behind that is still running.
    const checked = this.#last.then(() => this.#check(inputs))
    this.#last = checked.catch(() => {})
    return checked
  }

  async #check(inputs: readonly Input[]): Promise<void> {
    const mock = await this.#start()
    this.sent += inputs.length
    const problem = await this.#sender.findProblem(inputs, mock.port)
    // After another answer, the log of these inputs has come.
    const wrong =
      problem ??
      (await this.#known?.step().then(() => undefined, String)) ??
      (await findLeftConnections(mock))
    if (wrong !== undefined) await passTime(SETTLE_MS)
    const reason = mock.findProblem() ?? wrong
    if (reason === undefined) return
    this.#sender.close()
    throw new Error(reason)
  }

  get residentBytes(): number {
    return this.#mock?.residentBytes ?? 0
  }

  async stop(): Promise<void> {
    this.#sender.close()
    this.#known?.close()
    await this.#mock?.stop()
    this.#mock = undefined
  }

  async #start(): Promise<MockProcess> {
    if (this.#mock?.isRunning) return this.#mock
    this.#mock = await MockProcess.start(FLAGS, { heapMb: 256 })
    this.#known = new KnownJob(this.#mock.port, this.#limitMs * ATTEMPTS)
    return this.#mock
  }
}

async function findLeftConnections(mock: MockProcess): Promise<string | undefined> {
  const isOver = () => mock.openedSockets > KEPT_CONNECTIONS
  if (await endsSoon(isOver)) return undefined
  return `${mock.openedSockets - KEPT_CONNECTIONS} connections are open whose clients have left`
}
