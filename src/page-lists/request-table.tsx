import { showTimeOfDay } from '../clock/show-time.ts'
import { DataTable } from '../page-parts/data-table.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import type { RequestRow } from '../page-state/documents.ts'
import { keyOf } from '../page-state/progress.ts'
import { toShort } from '../page-state/short-text.ts'
import { RequestOutcome } from './request-outcome.tsx'

const COLUMNS = [
  { title: 'Id', kind: 'number' },
  { title: 'Time', kind: 'roomy' },
  { title: 'Endpoint' },
  { title: 'Answered by' },
  { title: 'Status', kind: 'number roomy' },
  { title: 'Job', kind: 'number roomy' },
  { title: 'User', kind: 'wide' },
  { title: 'Encoding', kind: 'wide' },
]

/** The requests on screen. */
export function RequestTable({ requests }: { readonly requests: readonly RequestRow[] }) {
  return (
    <DataTable caption="Requests, the newest first" columns={COLUMNS}>
      {requests.map((request) => (
        <Row key={request.id} request={request} />
      ))}
    </DataTable>
  )
}

function Row({ request }: { readonly request: RequestRow }) {
  const { id, at_ms, endpoint, status, job_id, job_status, user, encoding } = request
  const job = job_id === null ? '' : keyOf(job_id)
  return (
    <tr>
      <td class="number id">
        <RowLink list="requests" itemKey={String(id)} label={`Request ${id}`}>
          {id}
        </RowLink>
      </td>
      <td class="roomy amount muted">{showTimeOfDay(at_ms)}</td>
      <td class="text path">{toShort(endpoint, 80)}</td>
      <td>
        <RequestOutcome request={request} />
      </td>
      <td class="number roomy">{status === 0 ? 'broken' : status}</td>
      <td class="number roomy" title={job_status ?? undefined}>
        {job}
      </td>
      <td class="wide text brief">{toShort(user, 30)}</td>
      <td class="wide muted">{encoding}</td>
    </tr>
  )
}
