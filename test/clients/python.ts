import type { Client } from './client.ts'

const HOME = '.clients/python'
const PYTHON = `${HOME}/bin/python`

/** The official Python client, in a virtual environment. */
export const python: Client = {
  name: 'python',
  title: 'Python, the official `gpudb`',
  encodings: ['BINARY', 'JSON', 'SNAPPY'],
  probe: ['python3', '-c', 'import ensurepip, venv'],
  install: [
    ['python3', '-m', 'venv', HOME],
    [
      PYTHON,
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--requirement', 'test/clients/python/requirements.txt'],
    ],
  ],
  unavailable: /^ERROR: No matching distribution found for /m,
  version: [PYTHON, '-c', 'from importlib.metadata import version; print(version("gpudb"))'],
  run: [PYTHON, 'test/clients/python/client.py'],
}
