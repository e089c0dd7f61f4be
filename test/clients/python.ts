import type { Client } from './client.ts'

const HOME = '.clients/python'

/** The official Python client, in a virtual environment. */
export const python: Client = {
  name: 'python',
  encodings: ['BINARY', 'JSON', 'SNAPPY'],
  probe: ['python3', '-c', 'import ensurepip, venv'],
  install: [
    ['python3', '-m', 'venv', HOME],
    [
      `${HOME}/bin/python`,
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--requirement', 'test/clients/python/requirements.txt'],
    ],
  ],
  run: [`${HOME}/bin/python`, 'test/clients/python/client.py'],
}
