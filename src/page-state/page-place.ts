import { decodePart, encodePart } from './url-part.ts'

/** Where the page is: of which mock, and of which scope. */
export interface PagePlace {
  /** The absolute URL of the control API, with a trailing slash. */
  readonly controlUrl: string
  /** The absolute URL that a client of the scope uses, without a trailing slash. */
  readonly clientUrl: string
  readonly scope: string
}

/** A prefix of a proxy, and the scope, of which a second ~ names a cluster. */
const PLACE = /^(.*?)(\/~([^/~]+)[^/]*)?\/__mock\/?$/

/** Reads the URL of the page; clients use another port if it is given. */
export function readPlace(
  { origin, pathname }: { origin: string; pathname: string },
  clientPort?: string,
): PagePlace {
  const [, prefix = '', own = '', scope = 'default'] = PLACE.exec(pathname) ?? []
  const path = `${prefix}${own}`
  return {
    clientUrl: `${withPort(origin, clientPort)}${path}`,
    controlUrl: `${origin}${path}/__mock/`,
    scope: decodePart(scope),
  }
}

function withPort(origin: string, port: string | undefined): string {
  return port === undefined ? origin : `${origin.replace(/:\d+$/, '')}:${port}`
}

/** The path of the page of another scope, relative to this one. */
export function pageOf(place: PagePlace, scope: string): string {
  const up = /\/~[^/]+$/.test(place.clientUrl) ? '../../' : '../'
  return scope === 'default' ? `${up}__mock/` : `${up}~${encodePart(scope)}/__mock/`
}

/** The lists below the jobs, in the order of their tabs. */
export const TABS = [
  'requests',
  'rules',
  'faults',
  'clusters',
  'timeline',
  'tables',
  'report',
] as const
export type Tab = (typeof TABS)[number]

/** What the hash of the location keeps: a list, and the item of it that is selected. */
export interface Selection {
  readonly list: 'jobs' | Tab
  readonly key: string | undefined
}

/** Reads a hash such as `#requests/15`; undefined if it names no list. */
export function readHash(hash: string): Selection | undefined {
  const [, name = '', key] = /^#([a-z]+)(?:\/(.+))?$/.exec(hash) ?? []
  const list = name === 'jobs' ? name : TABS.find((tab) => tab === name)
  return list === undefined ? undefined : { list, key: key === undefined ? key : decodePart(key) }
}

/** The hash of a selection. */
export function writeHash({ list, key }: Selection): string {
  return key === undefined ? `#${list}` : `#${list}/${encodePart(key)}`
}
