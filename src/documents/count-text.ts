/** A number with its noun: `1 problem`, `2 problems`. */
export function countText(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
