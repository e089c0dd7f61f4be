import type { FastifyReply, FastifyRequest } from 'fastify'
import { writeJson } from '../documents/write-json.ts'
import { secondsSince } from '../http-parts/request-time.ts'
import { httpProblem, PROBLEM_TYPE, type Problem } from './problem.ts'

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(stringifyProblem).send(problem)
}

export function stringifyProblem(problem: unknown): string {
  return writeJson(problem)
}

/** Answers a request whose path the router cannot decode. */
export function refuseUnroutable(
  { statusCode = 400, message }: { readonly statusCode?: number; readonly message: string },
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): void {
  reply.header('x-request-time-secs', secondsSince(request.arrivedAtMs))
  void sendProblem(reply, httpProblem(statusCode, `Cannot read the path: ${message}`))
}
