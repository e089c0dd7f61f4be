import { readdirSync, readFileSync } from 'node:fs'

/**
 * The processor time that the threads of a process have used, in nanoseconds; undefined if the
 * system does not report it: only Linux has /proc/<pid>/task/<thread>/schedstat.
 */
export function readCpuNs(pid: number): number | undefined {
  const folder = `/proc/${pid}/task`
  try {
    const texts = readdirSync(folder).map((thread) =>
      readFileSync(`${folder}/${thread}/schedstat`, 'latin1'),
    )
    return texts.reduce((total, text) => total + parseCpuNs(text), 0)
  } catch {
    return undefined
  }
}

/** The first number of a schedstat file: the time on a processor in nanoseconds. */
export function parseCpuNs(text: string): number {
  return Number.parseInt(text, 10)
}
