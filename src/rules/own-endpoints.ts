/**
 * The endpoints that do something of their own. Only a rule that names one of them in full answers a
 * direct call of it: a rule for `*` that shut out `/get/job` would be of no use.
 */
export const OWN_ENDPOINTS = [
  '/admin/alter/jobs',
  '/admin/show/jobs',
  '/create/job',
  '/get/job',
  '/show/system/properties',
  '/show/system/status',
  '/show/system/timing',
] as const

/** One of them. */
export type OwnEndpoint = (typeof OWN_ENDPOINTS)[number]

/** Tells whether an endpoint is one of them. */
export function isOwnEndpoint(endpoint: string): endpoint is OwnEndpoint {
  return OWN_ENDPOINTS.some((own) => own === endpoint)
}
