/** Ids from 0 to below this one have at most twelve digits: the last group of a UUID. */
const LONGER_ID = 0x1_0000_0000_0000n

/** What follows the prefix: 64 bits of an id around the bits that RFC 9562 sets. */
const ID_FORM = /^([\da-f])-8([\da-f]{3})-([\da-f]{12})$/

/**
 * The tags of jobs without one of their own. Each is a UUID of version 8, "custom" (RFC 9562), whose
 * first digits are those of the registry and whose last are those of the id: it takes no memory, since
 * it can be made from the id, and the id be read from it.
 */
export class JobTags {
  readonly #prefix: string
  /** All but the last group of the tags of short ids. */
  readonly #shortPrefix: string

  /** The tags of registries with different UUIDs are different. */
  constructor(uuid: string) {
    this.#prefix = `${uuid.slice(0, 14)}8${uuid.slice(15, 17)}`
    this.#shortPrefix = `${this.#prefix}0-8000-`
  }

  /** The tag of the job with this id, of 64 bits. */
  of(id: bigint): string {
    if (id >= 0n && id < LONGER_ID) {
      return `${this.#shortPrefix}${Number(id).toString(16).padStart(12, '0')}`
    }
    const hex = BigInt.asUintN(64, id).toString(16).padStart(16, '0')
    return `${this.#prefix}${hex.slice(0, 1)}-8${hex.slice(1, 4)}-${hex.slice(4)}`
  }

  /** The id of the job with this tag; undefined if the tag has another form. */
  idOf(tag: string): bigint | undefined {
    if (!tag.startsWith(this.#prefix)) return undefined
    const [, ...digits] = ID_FORM.exec(tag.slice(this.#prefix.length)) ?? []
    return digits.length === 0 ? undefined : BigInt.asIntN(64, BigInt(`0x${digits.join('')}`))
  }
}
