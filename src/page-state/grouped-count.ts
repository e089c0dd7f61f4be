import { nounOf } from '../documents/count-text.ts'

const FORMAT = new Intl.NumberFormat('en')

/** A number with separators of thousands: `1,234`. */
export function groupedCount(count: number): string {
  return FORMAT.format(count)
}

/** As countText, with separators of thousands: `1,234 jobs`. */
export function groupedCountText(count: number, noun: string): string {
  return `${groupedCount(count)} ${nounOf(count, noun)}`
}
