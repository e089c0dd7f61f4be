import { MatchError } from '../patterns/text-search.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/**
 * Decides which rule answers a request, or which faults strike it.
 *
 * @throws GpudbError instead of MatchError: the regular expressions read too much.
 */
export function decide<Choice>(choose: () => Choice): Choice {
  try {
    return choose()
  } catch (error) {
    /* c8 ignore next -- not about the request: a bug of this code */
    if (!(error instanceof MatchError)) throw error
    throw new GpudbError(error.message, { cause: error })
  }
}
