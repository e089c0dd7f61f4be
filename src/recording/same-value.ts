import { isJobList, isJobRecord, type JobValue } from '../jobs/job.ts'

/** Whether two values of records are equal. The keys of maps may be in any order. */
export function isSameValue(one: JobValue | undefined, other: JobValue | undefined): boolean {
  if (Buffer.isBuffer(one)) return Buffer.isBuffer(other) && one.equals(other)
  if (isJobList(one)) {
    if (!isJobList(other) || one.length !== other.length) return false
    return one.every((item, index) => isSameValue(item, other[index]))
  }
  if (!isJobRecord(one)) return Object.is(one, other)
  if (!isJobRecord(other)) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && isSameValue(one[key], other[key]))
}

/** Whether a string in a value, or a number in it, meets a condition. Keys of maps count. */
export function someScalar(
  value: JobValue | undefined,
  meets: (scalar: string | number) => boolean,
): boolean {
  if (typeof value === 'string' || typeof value === 'number') return meets(value)
  if (isJobList(value)) return value.some((item) => someScalar(item, meets))
  if (!isJobRecord(value)) return false
  return Object.values(value).some((item) => someScalar(item, meets))
}
