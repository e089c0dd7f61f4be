import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { Case, CaseFile } from './case-file.ts'

/**
 * Reads the cases of a file; a case with `each` becomes one case for each element.
 *
 * @throws Error if the file is not a list of cases, or two cases have the same id.
 */
export function readCases(file: string): Case[] {
  const written = Value.Parse(CaseFile, JSON.parse(readFileSync(file, 'utf8')))
  const cases = written.flatMap(({ each, ...template }): unknown[] =>
    each ? each.map((names) => fill(template, names)) : [template],
  )
  const ids = new Set<string>()
  return cases.map((one) => {
    const { id, ...rest } = Value.Parse(Case, one)
    if (ids.has(id)) throw new Error(`Cannot read ${file}: two cases have the id ${id}`)
    ids.add(id)
    return { id, ...rest }
  })
}

/** Replaces `$name` in every text; unknown names are left to the runner. */
function fill(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$(\w+)/g, (whole, name: string) => names[name] ?? whole)
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, names)]))
}
