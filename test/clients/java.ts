import type { Client } from './client.ts'

const HOME = '.clients/java'

/** The official Java client, built with Maven. */
export const java: Client = {
  name: 'java',
  encodings: ['BINARY', 'SNAPPY'],
  probe: ['mvn', '--version'],
  install: [
    ['mvn', '--batch-mode', '--quiet', '--file', 'test/clients/java/pom.xml', 'process-classes'],
  ],
  run: ['java', '-cp', `${HOME}/classes:${HOME}/lib/*`, 'Client'],
}
