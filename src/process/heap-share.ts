import { getHeapStatistics } from 'node:v8'

/** The smallest share: less could not hold one body of a few megabytes. */
const LEAST_BYTES = 8 * 1024 * 1024

/**
 * A part of the heap limit in bytes: with the divisor 8 an eighth of it, but at least 8 MiB. Node
 * derives the limit from the memory of the machine or container, or takes `--max-old-space-size`.
 */
export function heapShare(
  divisor: number,
  heapLimitBytes = getHeapStatistics().heap_size_limit,
): number {
  return Math.max(Math.floor(heapLimitBytes / divisor), LEAST_BYTES)
}
