import t from 'tap'
import { isJobList, isJobRecord, isJobTag } from '../../src/jobs/job.ts'

t.test('isJobTag() accepts letters, digits, _ and -', async (t) => {
  for (const text of ['a', 'Z', '0', '_', '-', 'nightly_2026-01-01', 'a'.repeat(255)]) {
    t.ok(isJobTag(text), text)
  }
})

t.test('isJobTag() accepts a UUID, the form of generated tags', async (t) => {
  t.ok(isJobTag('00000000-0000-4000-8000-000000000001'))
})

t.test('isJobTag() rejects every other string', async (t) => {
  for (const text of ['', ' ', 'a b', 'a.b', 'a/b', 'tag\n', '\ntag', 'é', '٣', 'a'.repeat(256)]) {
    t.notOk(isJobTag(text), JSON.stringify(text))
  }
})

const RECORDS = [{}, { field: 1n }, { length: 0 }]
const LISTS = [[], [1n], [{}]]
const OTHERS = [undefined, null, true, 0, 0n, '', 'text', Buffer.alloc(0), Buffer.from('ab')]

t.test('isJobRecord() accepts records and maps only', async (t) => {
  t.ok(RECORDS.every(isJobRecord))
  t.notOk([...LISTS, ...OTHERS].some((value) => isJobRecord(value)))
})

t.test('isJobList() accepts lists only', async (t) => {
  t.ok(LISTS.every(isJobList))
  t.notOk([...RECORDS, ...OTHERS].some((value) => isJobList(value)))
})
