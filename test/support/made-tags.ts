/** Makes a sequence of UUIDs: the prefix of the first is all zeros. */
export function madeUuids(): () => string {
  let made = 0
  return () => {
    made += 1
    return `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`
  }
}

/** The tag that a registry with madeUuids() makes for the job with this id. */
export function madeTag(id: number | bigint): string {
  return `00000000-0000-8000-8000-${id.toString(16).padStart(12, '0')}`
}
