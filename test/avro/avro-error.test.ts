import t from 'tap'
import { AvroError } from '../../src/avro/avro-error.ts'

t.test('AvroError names the record, the byte and the reason', async (t) => {
  const error = new AvroError('get_job_request', { offset: 7, reason: 'the bytes end too early' })
  t.equal(
    error.message,
    'Cannot decode get_job_request: at byte 7, the bytes end too early',
    'action first, then the reason',
  )
  t.equal(error.name, 'AvroError')
  t.equal(error.code, 'AVRO_UNDECODABLE')
  t.equal(error.record, 'get_job_request')
  t.equal(error.offset, 7)
  t.ok(error instanceof Error)
})
