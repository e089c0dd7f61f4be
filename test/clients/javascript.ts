import type { Client, Command } from './client.ts'
import { nodeRing } from './ring-cases.ts'

const SOURCES = 'test/clients/javascript'
const HOME = '.clients/javascript'

/** The fetch of Node: the official JavaScript client is in no registry. */
export const node: Client = {
  name: 'node',
  title: 'Node, plain fetch, not the official client',
  encodings: ['JSON'],
  probe: ['node', '--version'],
  install: [bundle('node', 'node')],
  version: ['node', '--version'],
  run: ['node', `${HOME}/node.js`],
  ringCases: nodeRing,
}

/** The fetch of a browser, on a page of another origin. */
export const browser: Client = {
  name: 'browser',
  title: 'Browser, plain fetch from another origin, not the official client',
  encodings: ['JSON'],
  probe: ['sh', `${SOURCES}/probe-chromium.sh`],
  install: [
    ['sh', `${SOURCES}/install-chromium.sh`],
    bundle('browser', 'node'),
    bundle('page', 'browser'),
  ],
  unavailable: /^E: (Unable to locate package|Failed to fetch|Package '.+' has no installation) /m,
  version: ['sh', '-c', 'chromium --version | cut -d " " -f 1,2'],
  run: ['node', `${HOME}/browser.js`],
}

function bundle(name: string, platform: 'node' | 'browser'): Command {
  return [
    'node_modules/.bin/esbuild',
    `${SOURCES}/${name}.ts`,
    ...['--bundle', '--format=esm', '--log-level=warning'],
    ...[`--platform=${platform}`, `--outfile=${HOME}/${name}.js`],
  ]
}
