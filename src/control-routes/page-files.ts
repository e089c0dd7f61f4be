import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ControlError } from '../control-parts/control-error.ts'

/** The folder with the files of the live page in the package, and in a checkout once it is bundled. */
const BUNDLE_FOLDER = fileURLToPath(new URL('../../dist/page', import.meta.url))

/** The kinds of files of the page, and their media types. */
export const PAGE_FILES = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
} as const
export type PageFileKind = keyof typeof PAGE_FILES

/** A file of the page. */
export interface PageFile {
  /** Changes with the content, so that a browser may keep the file forever. */
  readonly hash: string
  readonly content: Buffer
}

/** The script and the style sheet of the live page. They are read once, when they are first used. */
export class PageFiles {
  readonly #folder: string
  readonly #files = new Map<PageFileKind, PageFile>()

  /** By default those of the bundle. */
  constructor(folder = BUNDLE_FOLDER) {
    this.#folder = folder
  }

  /** Throws ControlError if the file is missing: the page was not built. */
  get(kind: PageFileKind): PageFile {
    const known = this.#files.get(kind)
    if (known) return known
    const content = readFile(join(this.#folder, `page.${kind}`))
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
    const file = { hash, content }
    this.#files.set(kind, file)
    return file
  }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const reason = 'its files are missing, run npm run bundle'
    throw new ControlError('PAGE_NOT_BUILT', `Cannot show the page: ${reason}`, { cause })
  }
}
