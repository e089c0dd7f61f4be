import type { FixtureRing } from '../fixture-format/ring-format.ts'
import type { Ring } from '../scope/ring.ts'

/** Writes a ring with the present states of its clusters as a fixture. */
export function writeRing({ clusters, seed }: Ring): FixtureRing {
  return {
    clusters: clusters.map(({ name, host, state }) => ({
      name,
      ...(host === undefined ? {} : { host }),
      ...(state === 'up' ? {} : { state }),
    })),
    jobs: seed.jobs,
  }
}
