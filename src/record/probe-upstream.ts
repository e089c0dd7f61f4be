import type { ClientRequest, IncomingMessage } from 'node:http'
import { startRealTimer } from '../clock/time-source.ts'
import { describeUpstreamError } from './describe-upstream-error.ts'
import { Upstream, type UpstreamOptions } from './upstream.ts'

/** What every GPUdb answers to `GET /`. */
const RUNNING = 'Kinetica is running!'

/** The time limit by default, in ms. */
const TIME_LIMIT_MS = 5000

/** What ends a probe. */
export interface ProbeLimits {
  readonly signal: AbortSignal
  readonly timeLimitMs?: number
}

/** How many bytes of another answer are read. */
const MAX_BYTES = 1024

/** How many characters of another answer a warning quotes. */
const MAX_QUOTED = 60

/**
 * Asks the upstream once, before anything is recorded. Resolves with a warning if it does not answer
 * as GPUdb does; undefined if it does, or the signal ends the probe. Never rejects.
 */
export async function probeUpstream(
  options: UpstreamOptions,
  { signal, timeLimitMs = TIME_LIMIT_MS }: ProbeLimits,
): Promise<string | undefined> {
  const upstream = new Upstream(options)
  const agent = upstream.createAgent()
  const rawHeaders = ['Host', '', 'Connection', 'close']
  const request = upstream.send({ method: 'GET', target: '/', rawHeaders }, agent)
  const stop = () => void request.destroy()
  signal.addEventListener('abort', stop)
  const cancel = startRealTimer(timeLimitMs, () => {
    request.destroy(new Error(`no answer within ${timeLimitMs / 1000} s`))
  })
  const found = await answerOf(request).catch((error) => {
    const reason = describeUpstreamError(error)
    return `does not answer yet: ${reason}; its clients will see that too`
  })
  cancel()
  signal.removeEventListener('abort', stop)
  agent.destroy()
  return found === undefined || signal.aborted ? undefined : `${upstream.name} ${found}`
}

/** What the answer is, if it is not the one of GPUdb. Rejects if there is no answer. */
function answerOf(request: ClientRequest): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    request.once('error', reject)
    request.once('response', (answer) => {
      answer.once('error', reject)
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
        if (text.length < MAX_BYTES) return
        resolve(describe(answer, text))
        request.destroy()
      })
      answer.once('end', () => resolve(describe(answer, text)))
    })
    request.end()
  })
}

function describe({ statusCode }: IncomingMessage, text: string): string | undefined {
  if (statusCode === 200 && text === RUNNING) return undefined
  const shown = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
  return `answers GET / with ${statusCode} ${JSON.stringify(shown)} instead of "${RUNNING}": is it Kinetica?`
}
