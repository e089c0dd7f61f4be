import { defineEndpoint } from './endpoint.ts'

/**
 * The version that the mock reports. Five numbers: the Java client 7.2.3 parses the fifth, and both
 * it and the Python client compare the first two with their own.
 */
export const GPUDB_VERSION = '7.2.3.0.20260101000000'

/** Reports a running system; Python and Java 7.2.3 call this endpoint before any other. */
export const showSystemStatus = defineEndpoint('/show/system/status', () => ({
  status_map: { system: JSON.stringify({ status: 'running', version: GPUDB_VERSION }) },
  info: {},
}))
