import type { FastifyInstance } from 'fastify'
import { writeJson } from '../documents/write-json.ts'

/**
 * Replaces Ajv and fast-json-stringify, which would take a tenth of the start time and are not in the
 * bundle.
 */
export const NO_COMPILERS = {
  compilersFactory: { buildValidator: refuseToCompile, buildSerializer: refuseToCompile },
}

/* c8 ignore next 3 -- only the control API has schemas, so this is never called */
function refuseToCompile(): never {
  throw new Error('Cannot compile a schema: only the control API has compilers')
}

/**
 * Lets routes have schemas that only describe them: the methods of the control API check their input,
 * whichever way it comes.
 */
export function describeOnly(app: FastifyInstance): void {
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => writeJson(value))
}
