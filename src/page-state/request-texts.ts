import { quote } from './call.ts'
import type { WholeRequest } from './documents.ts'
import { isList, type JsonValue, writeJson } from './json-text.ts'

/** What the mock shows instead of a secret. */
const REDACTED = /\(redacted( <\d+>)?\)/

/** The request as the control API shows it: fields are JSON. */
export type ShownRequest = Omit<WholeRequest, 'request' | 'job'> & {
  readonly request: Fields | null
  readonly job: { readonly endpoint: string; readonly tag: string; readonly request: Fields } | null
}

type Fields = Readonly<Record<string, JsonValue>>

/**
 * The command that sends a request again: the same bytes, or the decoded fields as JSON if the bytes
 * hold a secret and are not shown. curl asks for the password of a user.
 */
export function toRequestCurl(request: ShownRequest, clientUrl: string): string {
  const { endpoint, user, body_base64: bytes, headers } = request
  const text = bytes === null ? writeJson(request.request ?? {}) : textOf(request.encoding, bytes)
  const isJson = request.encoding === 'json' || bytes === null
  const type = isJson ? 'application/json' : (headers['content-type'] ?? 'application/octet-stream')
  const parts = [
    ...(text === undefined ? [`printf %s ${bytes} | base64 -d |`] : []),
    `curl -s ${quote(clientUrl + endpoint)}`,
    ...(user === '' ? [] : [`-u ${quote(user)}`]),
    `-H ${quote(`content-type: ${type}`)}`,
    text === undefined ? '--data-binary @-' : `--data-binary ${quote(text)}`,
  ]
  return parts.join(' ')
}

/** A body as text, if it can be written in a command; undefined for other bytes. */
function textOf(encoding: ShownRequest['encoding'], base64: string): string | undefined {
  const text = encoding === 'json' ? decodeText(base64) : undefined
  // A word of a shell holds no NUL, and terminals act on control characters.
  return text === undefined || /[^\P{Cc}\n\t]/u.test(text) ? undefined : text
}

function decodeText(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * A rule that matches a request, as JSON: its endpoint and the fields that it has set. Secrets are
 * omitted: the mock does not show them. The job of `/create/job` is what such a rule is about.
 */
export function toRuleText({ endpoint, request, job }: ShownRequest): string {
  const asked = job ?? { endpoint, request: request ?? {}, tag: '' }
  const fields = dropUnset(asked.request)
  const when = {
    endpoint: asked.endpoint,
    ...(job === null ? {} : { as: 'job' }),
    ...(fields === undefined ? {} : { request: fields }),
  }
  // biome-ignore lint/suspicious/noThenProperty: a rule reads "when … then …", and is no promise
  return writeJson({ when, then: { response: {} } })
}

/** A value without its empty parts and secrets; undefined if nothing else is in it. */
function dropUnset(value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined
  // A list matches as a whole: without its secrets it would match nothing.
  if (typeof value === 'string' || isList(value)) return isUsable(value) ? value : undefined
  if (typeof value !== 'object') return value
  const kept = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    const rest = dropUnset(item)
    return rest === undefined ? [] : [[key, rest]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function isUsable(value: string | readonly JsonValue[]): boolean {
  return value.length > 0 && !REDACTED.test(writeJson(value))
}

const CONDITION = /; (?=(?:as|cluster|encoding|nth|request|tag|user)\b[^ :]*: )/

/** Why a request did not match a rule, condition by condition. */
export function splitReasons(reason: string): string[] {
  return reason.split(CONDITION)
}
