import { fieldOf } from '../documents/field-of.ts'
import { SecretNames } from './secret-names.ts'
import { findSecrets, isSecretValue, namesSecret } from './secret-text.ts'
import { TextPattern } from './text-pattern.ts'

/** Shown instead of a secret. */
export const REDACTED = '(redacted)'

/** Bytes of a body that could not be decoded, if one of these is in it, are not shown. */
const SUSPECT = /authorization|cookie|credential|identified|key|pass|pwd|secret|token|:\/\/[^/]*@/i

/** Secrets below this length are only found as whole words: others are a part of any text. */
const MIN_PART = 4

/** The maximum number of secrets that are searched in texts. */
const MAX_KNOWN = 1000

/** What a redaction knows besides the names of secrets. */
interface Known {
  /** Secrets that texts may quote. */
  readonly secrets: ReadonlySet<string>
  /** The text that replaces a secret. */
  readonly mark: (secret: string) => string
}

const NOTHING_KNOWN: Known = { secrets: new Set(), mark: () => REDACTED }

/**
 * Replaces the secrets in what the mock shows: documents, explanations and the log. Secrets are the
 * texts and bytes of fields, options and headers with a secret name, and secrets in SQL, JSON and
 * URLs. Numbers and booleans are never secrets. Nothing that a client receives is changed.
 */
export class Redaction {
  readonly #names: SecretNames
  readonly #known: Known

  /** `names` are secret besides the built-in ones; in any case, `*` is any text. */
  constructor(names: readonly string[] | SecretNames = [], known = NOTHING_KNOWN) {
    this.#names = names instanceof SecretNames ? names : new SecretNames(names)
    this.#known = known
  }

  /** Whether a field, an option or a header with this name holds a secret. */
  isSecretName(name: string): boolean {
    return this.#names.isSecret(name)
  }

  /** A redaction that also finds the secrets of these values where a text quotes them. */
  knowing(...values: readonly unknown[]): Redaction {
    const secrets = new Set<string>()
    const mark = (secret: string) => {
      secrets.add(secret)
      return REDACTED
    }
    const collector = new Redaction(this.#names, { secrets: new Set(), mark })
    for (const value of values) collector.value(value)
    return new Redaction(this.#names, { secrets, mark: this.#known.mark })
  }

  /** A redaction that numbers secrets, so that different ones stay different: `(redacted <1>)`. */
  numbering(): Redaction {
    const numbers = new Map<string, number>()
    const mark = (secret: string) => {
      const number = numbers.get(secret) ?? numbers.size + 1
      numbers.set(secret, number)
      return `(redacted <${number}>)`
    }
    return new Redaction(this.#names, { ...this.#known, mark })
  }

  /** A record, a JSON value or a pattern without secrets; the same object if it has none. */
  value<Value>(value: Value): Value {
    // The copy has the same shape: texts and bytes are replaced by texts and bytes.
    return this.#value(value, { isSecret: false, key: '' }) as Value
  }

  /** Whether there is a secret in a value. */
  isIn(value: unknown): boolean {
    return this.value(value) !== value
  }

  /** A text without secrets. */
  text(text: string): string {
    const ranges = findSecrets(text, this.#names)
    if (ranges.length === 0) return this.#withoutQuotes(text)
    let end = 0
    const parts = ranges.flatMap(({ from, to }) => {
      const part = [text.slice(end, from), this.#known.mark(text.slice(from, to))]
      end = to
      return part
    })
    return this.#withoutQuotes(parts.join('') + text.slice(end))
  }

  /** Whether bytes that could not be decoded may hold a secret. */
  isSuspect(bytes: Buffer): boolean {
    const text = bytes.toString('latin1')
    return SUSPECT.test(text) || this.#names.areIn(text)
  }

  /** Headers without credentials; the scheme of an Authorization is kept. */
  headers(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): Readonly<Record<string, string>> {
    const shown = Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return []
      const text = String(value)
      return [[name, this.isSecretName(name) ? hideCredentials(name, text) : this.text(text)]]
    })
    return Object.fromEntries(shown)
  }

  #value(value: unknown, place: Place): unknown {
    if (typeof value === 'string') return this.#string(value, place)
    if (Buffer.isBuffer(value)) return this.#bytes(value, place)
    if (value instanceof TextPattern) {
      const { source } = value
      const shown = this.#string(source, place)
      return shown === source ? value : shown
    }
    if (Array.isArray(value)) {
      const items: unknown[] = value.map((item) => this.#value(item, place))
      return items.some((item, index) => item !== value[index]) ? items : value
    }
    return typeof value === 'object' && value !== null ? this.#record(value, place) : value
  }

  #record(record: object, { isSecret, secretKey }: Place): object {
    const entries = Object.entries(record)
    // `/alter/user` sets a password as the value of the action `set_password`.
    const setsSecret = entries.some(
      ([key, value]) => key === 'action' && typeof value === 'string' && this.isSecretName(value),
    )
    let isChanged = false
    const shown = entries.map(([key, value]) => {
      const isSecretKey = this.isSecretName(key) || (setsSecret && key === 'value')
      const copy =
        key === 'options' && this.#bindsSecret(record)
          ? this.#value(value, { isSecret, key, secretKey: 'query_parameters' })
          : this.#value(value, { isSecret: isSecret || isSecretKey || key === secretKey, key })
      if (copy !== value) isChanged = true
      return [key, copy]
    })
    return isChanged ? Object.fromEntries(shown) : record
  }

  /** Whether SQL has parameters, and names a secret, which may be one of them. */
  #bindsSecret(record: object): boolean {
    const statement = fieldOf(record, 'statement')
    const isBound = fieldOf(fieldOf(record, 'options'), 'query_parameters') !== undefined
    return isBound && typeof statement === 'string' && namesSecret(statement, this.#names)
  }

  #string(text: string, { isSecret, key }: Place): string {
    if (!isSecret) {
      const shown = this.text(text)
      // A part of a regular expression cannot be replaced: it may not be one any more.
      return key === 'matches' && shown !== text ? this.#known.mark(text) : shown
    }
    if (!isSecretValue(text)) return text
    const mark = this.#known.mark(text)
    // Fixtures write bytes as `{ "base64": … }`.
    return key === 'base64' ? Buffer.from(mark).toString('base64') : mark
  }

  #bytes(bytes: Buffer, { isSecret }: Place): Buffer {
    const { secrets, mark } = this.#known
    const isHidden = isSecret || Array.from(secrets).some((secret) => bytes.includes(secret))
    return isHidden && bytes.length > 0 ? Buffer.from(mark(bytes.toString('base64'))) : bytes
  }

  /** Replaces the known secrets, the longest first: one may be a part of another. */
  #withoutQuotes(text: string): string {
    const { secrets, mark } = this.#known
    if (secrets.size === 0) return text
    if (secrets.size > MAX_KNOWN) return text === '' ? text : REDACTED
    return Array.from(secrets)
      .sort((left, right) => right.length - left.length)
      .reduce((shown, secret) => replaceQuotes(shown, { secret, mark: mark(secret) }), text)
  }
}

/** The place of a value: whether a name around it is secret, and its key in the nearest object. */
interface Place {
  readonly isSecret: boolean
  readonly key: string
  /** A key that holds a secret in this object. */
  readonly secretKey?: string
}

function hideCredentials(name: string, text: string): string {
  const [scheme, ...rest] = text.split(' ')
  const hasScheme = rest.length > 0 && name.endsWith('authorization')
  return hasScheme ? `${scheme} ${REDACTED}` : REDACTED
}

function replaceQuotes(
  text: string,
  { secret, mark }: { readonly secret: string; readonly mark: string },
): string {
  if (secret.length >= MIN_PART) return text.replaceAll(secret, () => mark)
  const [first = '', ...rest] = text.split(secret)
  const pieces = [first]
  let before = first
  for (const part of rest) {
    const isWhole = !(/\w/.test(before.slice(-1)) || /^\w/.test(part))
    const piece = isWhole ? mark : secret
    pieces.push(piece, part)
    before = part === '' ? piece : part
  }
  return pieces.join('')
}
