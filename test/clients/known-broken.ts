import { readFileSync } from 'node:fs'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Row } from './client.ts'

/** Cases of a client that do not work, for a reason that is the client's. */
export const KnownBroken = Type.Object(
  {
    client: Type.String(),
    /** Left out: all of its encodings. */
    encodings: Type.Optional(Type.Array(Type.String())),
    cases: Type.Array(Type.String(), { minItems: 1 }),
    reason: Type.String(),
    /** Where the reason can be read: a class, a method, a version. */
    source: Type.String(),
  },
  { additionalProperties: false },
)

/** See above. */
export type KnownBroken = Static<typeof KnownBroken>

/** Reads the list. Throws where it is none. */
export function readKnownBroken(file: string): KnownBroken[] {
  return Value.Parse(Type.Array(KnownBroken), JSON.parse(readFileSync(file, 'utf8')))
}

/** Failures that are known are no longer FAIL; what is listed and works is. */
export function markKnownBroken(rows: readonly Row[], list: readonly KnownBroken[]): Row[] {
  return rows.map((row) => {
    const known = list.find((one) => covers(one, row))
    if (known === undefined) return row
    if (row.verdict === 'FAIL') {
      return { ...row, verdict: 'known broken', detail: `${known.reason} (${known.source})` }
    }
    if (row.verdict !== 'pass') return row
    return { ...row, verdict: 'FAIL', detail: 'known-broken.json lists it, and it works' }
  })
}

function covers({ client, encodings, cases }: KnownBroken, row: Row): boolean {
  const meant = encodings?.includes(row.encoding) ?? true
  return client === row.client && meant && cases.includes(row.name)
}
