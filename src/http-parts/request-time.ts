import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { readStopwatch } from '../clock/time-source.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request arrived, in ms of the process. */
    arrivedAtMs: number
  }
}

/** When a request arrived, in ms of the process. */
export type ArrivalOf = (request: IncomingMessage) => number

/** Notes when each request arrived: Fastify does so only if it logs requests. */
export function noteArrivals(app: FastifyInstance, arrivalOf: ArrivalOf): void {
  app.decorateRequest('arrivedAtMs', 0)
  app.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAtMs = arrivalOf(request.raw)
    done()
  })
}

/** The real time since a request arrived, in ms. */
export function msSince(arrivedAtMs: number): number {
  return readStopwatch() - arrivedAtMs
}

/** As msSince, in seconds, as the header x-request-time-secs has it. */
export function secondsSince(arrivedAtMs: number): string {
  const micros = Math.round(msSince(arrivedAtMs) * 1000)
  // `toFixed(6)` is ten times as slow.
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}
