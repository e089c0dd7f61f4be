import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fieldOf } from '../documents/field-of.ts'

/** Where a recording is to be written. */
export interface RecordingTarget {
  readonly path: string
  /** Whether a file that exists is replaced; otherwise it stays, and the recording is written elsewhere. */
  readonly replaces: boolean
  /** The folder for a recording that cannot be written. Undefined: that of the system. */
  readonly otherFolder?: string
}

/** Where a recording is. Without `path`, it could be written nowhere. */
export type WrittenRecording =
  | { readonly path: string; readonly reason?: undefined }
  /** Why it is not where it was to be. */
  | { readonly path?: string; readonly reason: string }

/** Why a recording could not be written at a path; undefined if it could. For a check at the start. */
export function findObstacle({ path, replaces }: RecordingTarget): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats && !replaces) return 'this file exists already'
    if (stats && !stats.isFile()) return 'this is not a file'
    accessSync(dirname(stats ? realpathSync(path) : path), constants.W_OK)
    return undefined
  } catch (error) {
    return `this cannot be written: ${codeOf(error)}`
  }
}

/**
 * Writes a recording whole or not at all: into a hidden file beside it, which then gets its name. If
 * that fails, it is written into a folder for temporary files. Never throws.
 */
export function writeRecording(text: string, target: RecordingTarget): WrittenRecording {
  try {
    const obstacle = findObstacle(target)
    if (obstacle !== undefined) return writeElsewhere(text, { target, reason: obstacle })
    writeWhole(text, existingPath(target.path))
    return { path: target.path }
  } catch (error) {
    return writeElsewhere(text, { target, reason: `this cannot be written: ${codeOf(error)}` })
  }
}

/** Writes a recording into a folder for temporary files. Never throws. */
export function writeElsewhere(
  text: string,
  { target, reason }: { readonly target: RecordingTarget; readonly reason: string },
): WrittenRecording {
  try {
    const folder = mkdtempSync(join(target.otherFolder ?? tmpdir(), 'mock-gpudb-record-'))
    const path = join(folder, basename(target.path))
    writeWhole(text, path)
    return { path, reason }
  } catch {
    return { reason }
  }
}

/** The path of a file without links: the link stays a link. */
function existingPath(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path
}

function writeWhole(text: string, path: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o666
  try {
    // Of a process that was killed: in a container, each has the same number.
    rmSync(temporary, { force: true })
    const file = openSync(temporary, 'wx', mode)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function codeOf(error: unknown): string {
  return String(fieldOf(error, 'code'))
}
