import { defineEndpoint } from '../gpudb-parts/endpoint.ts'

/**
 * The version that the mock reports. Five numbers: the Java client 7.2.3 parses the fifth, and both
 * it and the Python client compare the first two with their own.
 */
export const GPUDB_VERSION = '7.2.3.0.20260101000000'

/**
 * Reports a running system; Python and Java 7.2.3 call this endpoint before any other. With a ring,
 * it says whether the cluster drains: Python and C++ then keep away, and Python and Java come home
 * only to a cluster that says so.
 */
export const showSystemStatus = defineEndpoint(
  '/show/system/status',
  (_request, { scope: { ring }, entry }) => {
    const system = JSON.stringify({ status: 'running', version: GPUDB_VERSION })
    const isDraining = ring.find(entry.cluster)?.state === 'draining'
    const ha_status = JSON.stringify({ drained: isDraining ? 'draining' : 'drained' })
    return { status_map: ring.isHa || isDraining ? { system, ha_status } : { system }, info: {} }
  },
)
