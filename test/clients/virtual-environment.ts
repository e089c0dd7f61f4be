import type { Command } from './client.ts'

/** Matches the output of pip if the registry lacks a package, or has none for this Python. */
export const UNAVAILABLE = /^ERROR: No matching distribution found for /m

/** The commands that create a virtual environment in a folder and install packages in it. */
export function installPackages(folder: string, requirements: string): Command[] {
  return [
    ['python3', '-m', 'venv', folder],
    [
      `${folder}/bin/python`,
      // Python compiles what it imports, which is a small part of the packages.
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile'],
      ...['--requirement', requirements],
    ],
  ]
}
