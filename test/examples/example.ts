import type { Command } from '../clients/client.ts'

/** A folder of `examples/` or `helpers/`, and the commands that run a copy of it. */
export interface Example {
  /** Its path in `examples/`, or that of a helper from the root. */
  readonly name: string
  /** Exits with 0 if the machine has the required tools; otherwise the example is not run. */
  readonly probe: Command
  /** Installs its packages; repeated before every run. */
  readonly install: readonly Command[]
  /** Runs its suite, or only compiles it if it needs a container engine. */
  readonly run: Command
}

const PYTHON_PROBE: Command = ['python3', '-c', 'import ensurepip, venv']
const PIP_INSTALL = [
  'venv/bin/python',
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
] as const
const PYTHON_INSTALL: readonly Command[] = [
  ['python3', '-m', 'venv', 'venv'],
  [...PIP_INSTALL, '--requirement', 'requirements.txt'],
]
/** Adds packages to the current folder. */
export const NPM_INSTALL = [
  'npm',
  'install',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
] as const
/** The packed mock, relative to the folder of an example. */
export const TARBALL = '../package/mock-gpudb.tgz'
const MAVEN = ['mvn', '--quiet', '--batch-mode', '--no-transfer-progress'] as const
/** Also fails if Go is older than go.mod requires. */
const GO_PROBE: Command = ['go', 'list', '-m']

/** All examples. */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'pytest',
    probe: PYTHON_PROBE,
    install: PYTHON_INSTALL,
    run: ['venv/bin/python', '-m', 'pytest', '--quiet'],
  },
  {
    name: 'junit5',
    probe: ['mvn', '--version'],
    install: [[...MAVEN, 'test-compile']],
    run: [...MAVEN, 'test'],
  },
  { name: 'go-test', probe: GO_PROBE, install: [], run: ['go', 'test', './...'] },
  {
    name: 'node-test',
    probe: ['npm', '--version'],
    install: [[...NPM_INSTALL, TARBALL]],
    run: ['npm', 'test'],
  },
  {
    name: 'tap',
    probe: ['npm', '--version'],
    install: [[...NPM_INSTALL, TARBALL]],
    run: ['npm', 'test'],
  },
  {
    name: 'testcontainers/java',
    probe: ['mvn', '--version'],
    install: [],
    run: [...MAVEN, 'test-compile'],
  },
  {
    name: 'testcontainers/python',
    probe: PYTHON_PROBE,
    install: PYTHON_INSTALL,
    run: ['venv/bin/python', '-m', 'mypy', '--strict', '.'],
  },
  { name: 'testcontainers/go', probe: GO_PROBE, install: [], run: ['go', 'vet', './...'] },
  {
    name: 'testcontainers/node',
    probe: ['npm', '--version'],
    install: [NPM_INSTALL],
    run: ['npm', 'run', 'check'],
  },
]

/** The helpers for test suites, with their own tests. */
export const HELPERS: readonly Example[] = [
  {
    name: 'helpers/python',
    probe: PYTHON_PROBE,
    install: [
      ['python3', '-m', 'venv', 'venv'],
      [...PIP_INSTALL, '--requirement', 'tests/requirements.txt', '.'],
      ['venv/bin/python', '-m', 'mypy', '--strict', 'mock_gpudb_pytest', 'tests'],
    ],
    run: ['venv/bin/python', '-m', 'pytest', '--quiet'],
  },
  {
    name: 'helpers/java',
    probe: ['mvn', '--version'],
    install: [[...MAVEN, 'test-compile']],
    run: [...MAVEN, 'test'],
  },
  {
    name: 'helpers/go',
    probe: GO_PROBE,
    install: [['go', 'vet', './...']],
    run: ['go', 'test', './...'],
  },
]
