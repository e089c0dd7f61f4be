import t from 'tap'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { findEncoding, getEncoding } from '../../src/wire/encoding.ts'

const KNOWN: [string | undefined, Encoding][] = [
  ['application/octet-stream', 'binary'],
  ['application/x-snappy', 'snappy'],
  ['application/json', 'json'],
  ['application/json; charset=utf-8', 'json'],
  ['application/json;charset=UTF-8', 'json'],
  ['Application/JSON', 'json'],
  [' application/octet-stream ; a=b', 'binary'],
  ['text/plain', 'json'],
  ['text/plain;charset=UTF-8', 'json'],
  ['application/x-www-form-urlencoded', 'json'],
  ['', 'json'],
  [undefined, 'json'],
]

t.test('findEncoding() and getEncoding() read the content types of PROTOCOL', async (t) => {
  for (const [contentType, encoding] of KNOWN) {
    t.equal(findEncoding(contentType), encoding, String(contentType))
    t.equal(getEncoding(contentType), encoding, String(contentType))
  }
})

t.test('getEncoding() rejects an unknown type, findEncoding() finds none', async (t) => {
  for (const contentType of ['text/html', 'application/xml', 'json', 'multipart/form-data; a=b']) {
    t.equal(findEncoding(contentType), undefined, contentType)
    const known = 'application/json, application/octet-stream or application/x-snappy'
    const message = `Cannot read a body of type ${contentType}: send ${known}`
    t.throws(() => getEncoding(contentType), { name: 'GpudbError', code: 'REFUSED', message })
  }
})
