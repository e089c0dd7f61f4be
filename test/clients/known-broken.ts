import { readFileSync } from 'node:fs'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Row } from './client.ts'

/** Cases that fail because of a defect or a limit of the client. */
export const KnownBroken = Type.Object(
  {
    client: Type.String(),
    /** By default, all encodings of the client. */
    encodings: Type.Optional(Type.Array(Type.String())),
    cases: Type.Array(Type.String(), { minItems: 1 }),
    reason: Type.String(),
    /** The source of the reason: a class, a method, a version. */
    source: Type.String(),
  },
  { additionalProperties: false },
)

/** See above. */
export type KnownBroken = Static<typeof KnownBroken>

/** Reads the list. Throws if it is invalid. */
export function readKnownBroken(file: string): KnownBroken[] {
  return Value.Parse(Type.Array(KnownBroken), JSON.parse(readFileSync(file, 'utf8')))
}

/** Marks listed failures as known broken, and listed cases that pass as FAIL. */
export function markKnownBroken(rows: readonly Row[], list: readonly KnownBroken[]): Row[] {
  return rows.map((row) => {
    const known = list.find((one) => covers(one, row))
    if (known === undefined) return row
    if (row.verdict === 'FAIL') {
      return { ...row, verdict: 'known broken', detail: `${known.reason} (${known.source})` }
    }
    if (row.verdict !== 'pass') return row
    return { ...row, verdict: 'FAIL', detail: 'known-broken.json lists it, but it passes' }
  })
}

function covers({ client, encodings, cases }: KnownBroken, row: Row): boolean {
  const meant = encodings?.includes(row.encoding) ?? true
  return client === row.client && meant && cases.includes(row.name)
}
