import { type JsonValue, writeJson } from './json-text.ts'
import { encodePart } from './url-part.ts'

/** A call of the control API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Relative to `/__mock/`, such as `jobs/42/release`. */
  readonly path: string
  readonly body?: JsonValue
}

/** The variable of a shell that holds the token: a command to copy never contains it. */
const TOKEN_VARIABLE = 'MOCK_GPUDB_TOKEN'

/** The command for a shell that makes a call. */
export function toCurl(
  { method, path, body }: Call,
  { controlUrl, hasToken }: { readonly controlUrl: string; readonly hasToken: boolean },
): string {
  const isPlain = method === 'GET' || (method === 'POST' && body !== undefined)
  const parts = [
    'curl -s',
    ...(isPlain ? [] : [`-X ${method}`]),
    quote(controlUrl + path),
    ...(hasToken ? [`-H "Authorization: Bearer $${TOKEN_VARIABLE}"`] : []),
    ...(body === undefined ? [] : [`-d ${quote(oneLine(body))}`]),
  ]
  return parts.join(' ')
}

/** A text as one word of a shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`
}

/** JSON on one line. Line feeds are only between its parts: within strings they are escaped. */
export function oneLine(value: JsonValue): string {
  return writeJson(value).replace(/\n\s*/g, ' ')
}

/** Every call that a button of the page makes. */
export const CALLS = {
  release: (job: string): Call => post(`jobs/${encodePart(job)}/release`),
  finish: (job: string, outcome: 'DONE' | 'ERROR'): Call =>
    post(`jobs/${encodePart(job)}/finish`, { outcome }),
  cancel: (job: string): Call => post(`jobs/${encodePart(job)}/cancel`),
  setMode: (mode: 'real' | 'frozen'): Call => post('clock', { mode }),
  advance: (by: string): Call => post('clock/advance', { by }),
  next: (): Call => post('clock/next'),
  run: (): Call => post('clock/run'),
  switchFault: (fault: string, isOn: boolean): Call => ({
    method: 'PATCH',
    path: `faults/${encodePart(fault)}`,
    body: { enabled: isOn },
  }),
  moveCluster: (cluster: string, state: string): Call => ({
    method: 'PATCH',
    path: `clusters/${encodePart(cluster)}`,
    body: { state },
  }),
  exportFixtures: (): Call => ({ method: 'GET', path: 'fixtures' }),
  reset: (): Call => post('reset'),
}

function post(path: string, body?: JsonValue): Call {
  return { method: 'POST', path, ...(body === undefined ? {} : { body }) }
}
