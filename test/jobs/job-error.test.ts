import t from 'tap'
import { JobError } from '../../src/jobs/job-error.ts'

t.test('JobError is an error with a name, a code and a message', async (t) => {
  const error = new JobError('JOB_NOT_FOUND', 'Cannot find job 7')
  t.ok(error instanceof Error)
  t.equal(error.name, 'JobError')
  t.equal(error.code, 'JOB_NOT_FOUND')
  t.equal(error.message, 'Cannot find job 7')
  t.equal(String(error), 'JobError: Cannot find job 7')
})
