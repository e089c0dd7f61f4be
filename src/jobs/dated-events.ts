/** What happens in a scope at set times besides the changes of jobs; it may change jobs too. */
export interface DatedEvents {
  /** When the next event is due, in epoch ms; undefined without events. */
  nextAtMs(): number | undefined
  /** When the last event is due. */
  lastAtMs(): number | undefined
  /** Removes the events that are due at `atMs`, and makes them happen in their order. */
  apply(atMs: number): void
}

/** No events. */
export const NO_EVENTS: DatedEvents = {
  nextAtMs: () => undefined,
  lastAtMs: () => undefined,
  /* c8 ignore next -- none is due */
  apply: () => {},
}

/** The earlier of two times; undefined if neither comes. */
export function earliest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}
