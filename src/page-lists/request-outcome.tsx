import { Icon } from '../page-parts/icon.tsx'
import type { RequestRow } from '../page-state/documents.ts'
import { toShort } from '../page-state/short-text.ts'

const MAX_NAME = 40

/** What answered a request, by colour, text and shape. */
export function RequestOutcome({ request }: { readonly request: RequestRow }) {
  const { fault, rule, unmatched, decoded, interrupted, cluster } = request
  if (fault.length > 0) {
    return (
      <span class="state bad">
        <Icon name="bolt" /> fault {toShort(fault.join(', '), MAX_NAME)}
      </span>
    )
  }
  if (unmatched) {
    return (
      <span class="state warn">
        <Icon name="warning" /> unmatched
      </span>
    )
  }
  if (interrupted) {
    return (
      <span class="state bad">
        <Icon name="error" /> cluster {toShort(cluster, MAX_NAME)}
      </span>
    )
  }
  if (!decoded) {
    return (
      <span class="state bad">
        <Icon name="error" /> not readable
      </span>
    )
  }
  return <Answered name={rule} error={request.error} />
}

/** Answered by a rule, or by what the endpoint itself does. */
function Answered({ name, error }: { readonly name: string | null; readonly error: string }) {
  const text = name === null ? 'endpoint' : `rule ${toShort(name, MAX_NAME)}`
  return (
    <span class={`state ${error === '' ? 'ok' : 'bad'}`}>
      <Icon name={error === '' ? 'done' : 'error'} /> {text}
      {error === '' ? '' : ', ERROR'}
    </span>
  )
}
