import t from 'tap'
import { readJobKey, readTag } from '../../src/gpudb/job-key.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'

t.test('readTag() returns the tag, or undefined if it is missing or empty', async (t) => {
  t.equal(readTag({ job_tag: 'Nightly_2026-01' }), 'Nightly_2026-01')
  t.equal(readTag({ job_tag: 'x'.repeat(255) }), 'x'.repeat(255))
  t.equal(readTag({ job_tag: '' }), undefined)
  t.equal(readTag({}), undefined)
})

const BAD = ['a b', 'a.b', 'täg', 'a\n', 'x'.repeat(256)]

for (const job_tag of BAD) {
  t.test(`readTag() rejects ${JSON.stringify(job_tag.slice(0, 12))}`, async (t) => {
    const allowed = "use 1 to 255 letters, digits, '_' and '-'"
    const shown = JSON.stringify(job_tag.slice(0, 40))
    const message = `Cannot take options.job_tag ${shown}: ${allowed}`
    t.throws(() => readTag({ job_tag }), new GpudbError(message))
  })
}

t.test('readJobKey() prefers the tag to the id', async (t) => {
  t.strictSame(readJobKey({ job_id: 7n, options: { job_tag: 'a' } }), { tag: 'a' })
  t.strictSame(readJobKey({ job_id: 7n, options: { job_tag: '' } }), { id: 7n })
  t.strictSame(readJobKey({ job_id: -7n, options: {} }), { id: -7n })
})

t.test('readJobKey() rejects a request without id and tag', async (t) => {
  const message = 'Cannot find a job: give job_id, or the tag in options.job_tag'
  t.throws(() => readJobKey({ job_id: 0n, options: {} }), new GpudbError(message))
})
