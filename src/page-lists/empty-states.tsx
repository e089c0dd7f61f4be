import { CommandBlock } from '../page-parts/command-block.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { oneLine, quote, toCurl } from '../page-state/call.ts'
import { encodePart } from '../page-state/url-part.ts'

/** No job yet: how a client and a fixture make one. */
export function EmptyJobs() {
  const { place, api } = useStore()
  const hasToken = api.token !== undefined
  const body = { tag: 'nightly', endpoint: '/create/backup', lifecycle: { duration: '30s' } }
  const curl = toCurl(
    { method: 'POST', path: 'jobs', body },
    { controlUrl: place.controlUrl, hasToken },
  )
  return (
    <div class="empty">
      <p>
        <strong>No jobs yet.</strong> Point a client at <code>{place.clientUrl}</code> and let it
        call <code>/create/job</code>, or add a job by hand:
      </p>
      <CommandBlock name="the command that adds a job" text={curl} />
      <p>A fixture file has jobs from the start. Load it with --fixtures:</p>
      <CommandBlock name="the fixture" text={JOB_FIXTURE} />
    </div>
  )
}

const JOB_FIXTURE = `jobs:
  - tag: nightly
    endpoint: /create/backup
    lifecycle: { steps: [{ after: 2s, progress: 40 }, { hold: true }] }`

/** No request yet: where the client must be pointed. */
export function EmptyRequests() {
  const { place } = useStore()
  const body = quote(oneLine({ table_name: 'orders' }))
  return (
    <div class="empty">
      <p>
        <strong>No requests yet.</strong> The client may use another URL than{' '}
        <code>{place.clientUrl}</code>. Try a call:
      </p>
      <CommandBlock
        name="the call"
        text={`curl -s ${quote(`${place.clientUrl}/has/table`)} -d ${body}`}
      />
      <p>
        A request that no rule matches gets an echo and is marked as unmatched. With{' '}
        <code>--strict</code> it gets an error instead, which says what nearly matched.
      </p>
    </div>
  )
}

/** No rule: what one looks like. */
export function EmptyRules() {
  return (
    <div class="empty">
      <p>
        <strong>No rules.</strong> A rule answers the requests that it matches. In a fixture file,
        or by <code>POST rules</code>:
      </p>
      <CommandBlock name="the fixture" text={RULE_FIXTURE} />
      <p>“Copy as rule” in the details of a request writes one that matches it.</p>
    </div>
  )
}

const RULE_FIXTURE = `rules:
  - name: orders exist
    when: { endpoint: /has/table, request: { table_name: orders } }
    then: { response: { table_exists: true } }`

/** No fault: what one looks like. */
export function EmptyFaults() {
  return (
    <div class="empty">
      <p>
        <strong>No faults.</strong> A fault breaks or delays answers, so that a test sees what a
        client does then:
      </p>
      <CommandBlock name="the fixture" text={FAULT_FIXTURE} />
    </div>
  )
}

const FAULT_FIXTURE = `faults:
  - name: half an answer
    when: { endpoint: /get/job, nth: 3 }
    fault: { cut: { after: 50% } }`

/** The scope of the URL does not exist: what creates it. */
export function MissingScope() {
  const { place, api } = useStore()
  const hasToken = api.token !== undefined
  const call = { method: 'PUT', path: `scopes/${encodePart(place.scope)}` } as const
  return (
    <div class="empty">
      <p>
        <strong>The scope {place.scope} does not exist.</strong> The first call of a client with the
        URL <code>{place.clientUrl}</code> creates it, or:
      </p>
      <CommandBlock
        name="the command"
        text={toCurl(call, { controlUrl: place.controlUrl, hasToken })}
      />
    </div>
  )
}
