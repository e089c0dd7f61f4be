import { defineEndpoint } from './endpoint.ts'
import { GPUDB_VERSION } from './version.ts'

/** Reports a running system; Python and Java (7.2.3) ask before they call anything else. */
export const showSystemStatus = defineEndpoint('/show/system/status', () => ({
  status_map: { system: JSON.stringify({ status: 'running', version: GPUDB_VERSION }) },
  info: {},
}))
