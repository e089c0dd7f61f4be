import type { Client } from './client.ts'
import { pythonDamage } from './damage-cases.ts'
import { pythonRing } from './ring-cases.ts'
import { installPackages, UNAVAILABLE } from './virtual-environment.ts'

const HOME = '.clients/python'
const PYTHON = `${HOME}/bin/python`

/** The official Python client, in a virtual environment. */
export const python: Client = {
  name: 'python',
  title: 'Python, the official `gpudb`',
  encodings: ['BINARY', 'JSON', 'SNAPPY'],
  probe: ['python3', '-c', 'import ensurepip, venv'],
  install: installPackages(HOME, 'test/clients/python/requirements.txt'),
  unavailable: UNAVAILABLE,
  version: [PYTHON, '-c', 'from importlib.metadata import version; print(version("gpudb"))'],
  run: [PYTHON, 'test/clients/python/client.py'],
  moreCases: pythonDamage,
  ringCases: pythonRing,
}
