import type { Client } from './client.ts'
import { javaDamage } from './damage-cases.ts'
import { javaRing } from './ring-cases.ts'

const HOME = '.clients/java'
// It runs for seconds: the optimizing compiler would take more time than it saves.
const FLAGS = ['-XX:TieredStopAtLevel=1', '-cp', `${HOME}/classes:${HOME}/lib/*`] as const
const JAVA = ['java', ...FLAGS, 'Client'] as const

/** The official Java client, built with Maven. */
export const java: Client = {
  name: 'java',
  title: 'Java, the official `com.gpudb:gpudb-api`',
  encodings: ['BINARY', 'SNAPPY'],
  probe: ['mvn', '--version'],
  install: [
    ['mvn', '--batch-mode', '--quiet', '--file', 'test/clients/java/pom.xml', 'process-classes'],
  ],
  // The exceptions of Maven for artifacts that it cannot download; the compiler has another.
  unavailable: /\b(Dependency|Plugin|Artifact)(Version)?Resolution(Exception|Error)\b/,
  version: [...JAVA, '--version'],
  run: JAVA,
  moreCases: javaDamage,
  ringCases: javaRing,
}
