import { isJobList, isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'
import { isSecretKey, REDACTED } from '../rules/secret-keys.ts'
import type { Headers } from '../scope/journal-entry.ts'

/** Headers that carry credentials. */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie'])

/** Headers without credentials; the scheme of an Authorization is kept. */
export function redactHeaders(headers: Headers): Readonly<Record<string, string>> {
  const shown = Object.entries(headers).map(([name, value]) => {
    const text = String(value)
    if (!SECRET_HEADERS.has(name)) return [name, text]
    const [scheme = '', ...rest] = text.split(' ')
    return [name, rest.length > 0 ? `${scheme} ${REDACTED}` : REDACTED]
  })
  return Object.fromEntries(shown)
}

/** A record whose secrets are replaced; the same object if it has none. */
export function redactRecord(record: JobRecord): JobRecord {
  let isChanged = false
  const entries = Object.entries(record).map(([key, value]): [string, JobValue] => {
    const shown = isSecretKey(key) && value !== '' ? REDACTED : redactValue(value)
    if (shown !== value) isChanged = true
    return [key, shown]
  })
  return isChanged ? Object.fromEntries(entries) : record
}

/** Whether there is a secret in a request, or in that of the job that it creates. */
export function holdsSecret(asked: readonly { readonly request: JobRecord }[]): boolean {
  return asked.some(({ request }) => redactRecord(request) !== request)
}

function redactValue(value: JobValue): JobValue {
  if (isJobRecord(value)) return redactRecord(value)
  if (!isJobList(value)) return value
  const items = value.map(redactValue)
  return items.some((item, index) => item !== value[index]) ? items : value
}
