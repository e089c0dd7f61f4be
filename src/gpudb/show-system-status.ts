import { defineEndpoint } from './endpoint.ts'
import { GPUDB_VERSION } from './version.ts'

/** Says that the system runs; Python and Java ask before they call anything else. */
export const showSystemStatus = defineEndpoint('/show/system/status', () => ({
  status_map: { system: JSON.stringify({ status: 'running', version: GPUDB_VERSION }) },
  info: {},
}))
