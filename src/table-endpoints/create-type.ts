import { readDefinition } from '../gpudb-parts/created-type.ts'
import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { DefinitionError, readType } from '../tables/read-type.ts'
import type { RecordType } from '../tables/record-type.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** Keeps a type for `/create/table` and `/show/types`. Equal definitions have the same id. */
export const createType = defineDataEndpoint('/create/type', (request, { scope }) => {
  const type = readValid(request)
  scope.types.add(type)
  return { type_id: type.id }
})

function readValid(request: Parameters<typeof readDefinition>[0]): RecordType {
  try {
    return readType(readDefinition(request))
  } catch (cause) {
    /* c8 ignore next -- readType throws nothing else */
    if (!(cause instanceof DefinitionError)) throw cause
    throw new GpudbError(`Cannot create the type: ${cause.message}`, { cause })
  }
}
