import { matchesEndpoint } from './endpoint-pattern.ts'
import { isSecretName, NAME_HINTS, type SecretNaming } from './secret-name.ts'

/** Maximum number of names whose result is kept, and of characters of such a name. */
const MAX_DECIDED = 1000
const MAX_DECIDED_LENGTH = 100

/** The names of secrets: the built-in ones, and those of the user, in any case; `*` is any text. */
export class SecretNames implements SecretNaming {
  readonly hints: RegExp
  readonly #names: readonly string[]
  /** Results of `isSecret`: the same few names come again and again. */
  readonly #decided = new Map<string, boolean>()

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => name.toLowerCase())
    this.hints = new RegExp([...NAME_HINTS, ...this.#names.map(hintOf)].join('|'), 'gi')
  }

  /** Whether a field, an option or a header with this name holds a secret. */
  isSecret(name: string): boolean {
    const known = this.#decided.get(name)
    if (known !== undefined) return known
    const lower = name.toLowerCase()
    const isSecret =
      isSecretName(name) || this.#names.some((pattern) => matchesEndpoint(pattern, lower))
    if (this.#decided.size === MAX_DECIDED) this.#decided.clear()
    if (name.length <= MAX_DECIDED_LENGTH) this.#decided.set(name, isSecret)
    return isSecret
  }

  /** Whether one of the user's names may be in a text. */
  areIn(text: string): boolean {
    return this.#names.some((name) => new RegExp(hintOf(name), 'i').test(text))
  }
}

/** The longest part of a name without `*`, as a regular expression. */
function hintOf(name: string): string {
  const [longest = ''] = name.split('*').sort((left, right) => right.length - left.length)
  return longest.replace(/[^a-z0-9_]/g, (character) => `\\${character}`)
}
