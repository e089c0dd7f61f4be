import { showDuration, showTime } from '../clock/show-time.ts'
import { toPrintableLines } from '../documents/printable-text.ts'
import { CommandBlock } from '../page-parts/command-block.tsx'
import { copyText } from '../page-parts/copy-text.ts'
import { Facts } from '../page-parts/facts.tsx'
import { Icon } from '../page-parts/icon.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { ValueTree } from '../page-parts/value-tree.tsx'
import { keyOf } from '../page-state/progress.ts'
import {
  type ShownRequest,
  splitReasons,
  toRequestCurl,
  toRuleText,
} from '../page-state/request-texts.ts'
import { toShort } from '../page-state/short-text.ts'
import { RequestOutcome } from './request-outcome.tsx'

/** A request: what answered it or why nothing matched, and what it said. */
export function RequestDetails({ request }: { readonly request: ShownRequest }) {
  return (
    <>
      <div class="details-head">
        <RequestOutcome request={request} />
        <code>{toShort(request.endpoint, 200)}</code>
      </div>
      {request.error !== '' && <p class="list-error">{toPrintableLines(request.error)}</p>}
      {request.unmatched && <Unmatched request={request} />}
      <CopyButtons request={request} />
      <RequestFacts request={request} />
      <Bodies request={request} />
      <details>
        <summary>Headers</summary>
        <ValueTree value={request.headers} />
      </details>
    </>
  )
}

function Unmatched({ request: { nearest, request } }: { readonly request: ShownRequest }) {
  if (nearest === null) {
    return (
      <p class="reasons">
        No rule is for this endpoint: the answer echoes the request.
        {request !== null && ' “Copy as rule” writes one.'}
      </p>
    )
  }
  return (
    <div class="reasons">
      <p>
        The rule <strong>{toShort(nearest.rule, 120)}</strong> nearly matched, but:
      </p>
      <ul>
        {splitReasons(nearest.reason).map((reason) => (
          <li key={reason}>
            <code>{toShort(reason, 1000)}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}

function CopyButtons({ request }: { readonly request: ShownRequest }) {
  const store = useStore()
  const curl = toRequestCurl(request, store.place.clientUrl)
  return (
    <div class="verbs">
      <button
        type="button"
        class="button small"
        title={toShort(curl, 500)}
        onClick={() => void copyText(store, curl)}
      >
        <Icon name="copy" /> Copy as curl
      </button>
      {request.request !== null && (
        <button
          type="button"
          class="button small"
          onClick={() => void copyText(store, toRuleText(request))}
        >
          <Icon name="copy" /> Copy as rule
        </button>
      )}
    </div>
  )
}

function RequestFacts({ request }: { readonly request: ShownRequest }) {
  const { at_ms, delay_ms, duration_ms, job_id, rule, fault } = request
  return (
    <Facts
      facts={[
        ['Time', showTime(at_ms)],
        ['Took', `${showDuration(duration_ms)}, in real time`],
        ['Delayed', delay_ms === 0 ? '' : showDuration(delay_ms)],
        [
          'Status',
          request.status === 0 ? 'broken before the head was sent' : String(request.status),
        ],
        ['Rule', rule === null ? '' : toShort(rule, 120)],
        ['Faults', toShort(fault.join(', '), 200)],
        ['Job', job_id === null ? '' : <JobLink id={keyOf(job_id)} status={request.job_status} />],
        ['User', toShort(request.user, 60)],
        ['Source', request.source_ip],
        ['Cluster', toShort(request.cluster, 60)],
        ['Encoding', request.encoding ?? ''],
        ['Sent', `${request.sent_bytes} bytes`],
      ]}
    />
  )
}

function JobLink({ id, status }: { readonly id: string; readonly status: string | null }) {
  return (
    <>
      <a href={`#jobs/${id}`}>job {id}</a> {status}
    </>
  )
}

function Bodies({ request: { request, job, body_base64 } }: { readonly request: ShownRequest }) {
  return (
    <>
      <h3>Request</h3>
      {request === null ? (
        <p class="muted">The body is no request of this endpoint.</p>
      ) : (
        <ValueTree value={request} />
      )}
      {job !== null && (
        <>
          <h3>Job</h3>
          <ValueTree value={job} />
        </>
      )}
      {request === null && body_base64 !== null && body_base64 !== '' && (
        <CommandBlock name="the bytes in base64" text={toShort(body_base64, 4000)} />
      )}
    </>
  )
}
