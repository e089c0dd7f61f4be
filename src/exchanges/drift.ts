/** Something that the real server does, and the schemas or the README of the mock do not know. */
export interface DriftFinding {
  /** The endpoint, or the path of an unknown one. */
  readonly endpoint: string
  /** The field, such as `response.info`; empty for the answer as a whole. */
  readonly path: string
  readonly what: string
  /** How often it was seen. */
  readonly count: number
  /** The number of the first exchange with it, from 1. */
  readonly firstExchange: number
}

/** The maximum number of findings that differ. */
export const MAX_FINDINGS = 1000

/** The maximum length of a name that comes from outside, in characters. */
const MAX_NAME_LENGTH = 200

/** The place of a finding, and what it is. */
export type Finding = Pick<DriftFinding, 'endpoint' | 'path' | 'what'>

/** Notes what is strange about one exchange. Values are never part of a note: they may be secret. */
export type Note = (path: string, what: string) => void

/** The findings of a recording; equal ones are counted. */
export class DriftLog {
  readonly #findings = new Map<string, DriftFinding>()
  #omitted = 0

  /** How many findings were not kept because there are too many different ones. */
  get omitted(): number {
    return this.#omitted
  }

  add({ endpoint, path, what }: Finding, exchange: number): void {
    const key = JSON.stringify([endpoint, path, what])
    const known = this.#findings.get(key)
    if (known === undefined && this.#findings.size === MAX_FINDINGS) this.#omitted += 1
    else if (known === undefined) {
      const cut = { endpoint: cutName(endpoint), path: cutName(path), what: cutName(what) }
      this.#findings.set(key, { ...cut, count: 1, firstExchange: exchange })
    } else this.#findings.set(key, { ...known, count: known.count + 1 })
  }

  /** Notes what is strange about one exchange of an endpoint. */
  noteFor(endpoint: string, exchange: number): Note {
    return (path, what) => this.add({ endpoint, path, what }, exchange)
  }

  list(): DriftFinding[] {
    return [...this.#findings.values()]
  }
}

function cutName(text: string): string {
  return text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text
}
