import { type BigIntStats, type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDocumentFile } from '../yaml/parse-document.ts'

/**
 * A path that is read as a fixture file, and its path without links; with `error`, the code of the
 * system, it cannot be read.
 */
export type FoundFile =
  | { readonly path: string; readonly real: string; readonly stats: BigIntStats }
  | { readonly path: string; readonly error: string }

/**
 * Finds a file, or the JSON and YAML files of a folder and its subfolders, in order of their names.
 * Links are followed, but no folder is read twice. Hidden entries and `node_modules` are skipped,
 * unless `path` names one.
 */
export function findFiles(path: string): FoundFile[] {
  return [...walk(path, new Set())]
}

/** Identifies the content of found files: it changes if a file does. */
export function stampFiles(files: readonly FoundFile[]): string {
  return files.map(stampFile).join('\n')
}

/** Size and times are equal after `cp -p` or in a store with fixed times: inode and ctime are not. */
function stampFile(file: FoundFile): string {
  if ('error' in file) return `${file.path}:${file.error}`
  const { dev, ino, size, mtimeNs, ctimeNs } = file.stats
  return [file.path, dev, ino, size, mtimeNs, ctimeNs].join(':')
}

/** `seen` holds the real paths of the folders that are read already. */
function* walk(path: string, seen: Set<string>): Generator<FoundFile> {
  try {
    const stats = statSync(path, { bigint: true })
    // A pipe of a shell has no path without links.
    const real = stats.isFIFO() ? path : realpathSync(path)
    if (!stats.isDirectory()) {
      yield { path, real, stats }
      return
    }
    if (seen.has(real)) return
    seen.add(real)
    const entries = readdirSync(path, { withFileTypes: true }).filter(isRead)
    for (const inside of entries.map(({ name }) => join(path, name)).sort())
      yield* walk(inside, seen)
  } catch (error) {
    yield { path, error: errorCode(error) }
  }
}

/** The code of an error of the file system, such as ENOENT. Rethrows any other error. */
export function errorCode(error: unknown): string {
  /* c8 ignore next -- not from the file system: a bug of this code */
  if (!(error instanceof Error && 'code' in error)) throw error
  return String(error.code)
}

/** Why a path cannot be read, by the code of the error. */
export function describeUnreadable(code: string): string {
  const reason = code === 'ENOENT' ? 'there is no such file or folder' : code
  return `this cannot be read: ${reason}`
}

function isRead(entry: Dirent): boolean {
  if (entry.name.startsWith('.') || entry.name === 'node_modules') return false
  return isDocumentFile(entry.name) || entry.isDirectory() || isLinkToFolder(entry)
}

function isLinkToFolder(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return false
  try {
    return statSync(join(entry.parentPath, entry.name)).isDirectory()
  } catch {
    // A link to nothing, or to itself.
    return false
  }
}
