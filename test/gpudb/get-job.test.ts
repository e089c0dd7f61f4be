import t from 'tap'
import { RESULT_ENCODINGS } from '../../src/jobs/encoding.ts'
import type { Lifecycle } from '../../src/jobs/lifecycle.ts'
import { ENCODINGS, seedJob, startTestServer } from '../support/server.ts'

const NO_BYTES = { hex: '' }

// alter_table_response of "t", "ttl", "7" and zeros, by the Avro specification: each
// string is its zig-zag length and its bytes (02 74, 06 74746c, 02 37), the empty strings
// type_id, type_definition and label and the empty maps properties and info are one 00 each.
const RESULT_HEX = '02740674746c02370000000000'

const RESULT_JSON =
  '{"table_name":"t","action":"ttl","value":"7","type_id":"","type_definition":"",' +
  '"properties":{},"label":"","info":{}}'

function lifecycle(given: Partial<Lifecycle>): Lifecycle {
  const steps = [{ ends: 'after', afterMs: 0, progress: 60 } as const]
  return { steps, outcome: 'DONE', error: '', cancel: 'immediate', ...given }
}

const ROWS = [
  {
    lifecycle: lifecycle({ steps: [{ ends: 'hold', progress: 40 }] }),
    answer: { job_status: 'RUNNING', running: true, progress: 40, successful: false },
    status_map: {},
  },
  {
    lifecycle: lifecycle({ steps: [{ ends: 'hold', progress: 100 }] }),
    answer: { job_status: 'RUNNING', running: true, progress: 99, successful: false },
    status_map: {},
  },
  {
    lifecycle: lifecycle({ outcome: 'ERROR', error: 'rank 2 is unreachable' }),
    answer: { job_status: 'ERROR', running: false, progress: 60, successful: false },
    status_map: { error_message: 'rank 2 is unreachable' },
  },
  {
    lifecycle: lifecycle({ outcome: 'CANCELLED' }),
    answer: { job_status: 'CANCELLED', running: false, progress: 60, successful: false },
    status_map: {},
  },
]

const RESULTS = {
  json: { job_response: NO_BYTES, job_response_str: RESULT_JSON },
  binary: { job_response: { hex: RESULT_HEX }, job_response_str: '' },
}

for (const encoding of RESULT_ENCODINGS) {
  for (const { lifecycle, answer, status_map } of ROWS) {
    const name = `${answer.job_status} at ${answer.progress} with a ${encoding} result`
    t.test(`POST /get/job reports ${name}`, async (t) => {
      const server = await startTestServer({ seeds: [seedJob({ encoding, lifecycle, tag: 'a' })] })
      t.teardown(server.close)
      for (const asked of ENCODINGS) {
        const { response, dataType } = await server.ask(asked, '/get/job', { job_id: 1n })
        t.equal(dataType, 'get_job_response', asked)
        t.strictSame(
          response,
          {
            endpoint: '/alter/table',
            ...answer,
            response_encoding: encoding,
            job_response: NO_BYTES,
            job_response_str: '',
            status_map,
            info: { job_tag: 'a' },
          },
          asked,
        )
      }
    })
  }

  t.test(`POST /get/job reports the error of a ${encoding} job in ERROR`, async (t) => {
    const scripts = [
      { steps: [{ ends: 'hold', progress: 40 }], then: 'nothing', status: 'RUNNING' },
      { steps: [{ ends: 'hold', progress: 40 }], then: 'release', status: 'ERROR' },
      { steps: [{ ends: 'hold', progress: 40 }], then: 'cancel', status: 'CANCELLED' },
      { steps: [{ ends: 'after', afterMs: 1000, progress: 40 }], then: 'cancel', status: 'ERROR' },
    ] as const
    for (const { steps, then, status } of scripts) {
      const failing = lifecycle({ steps, outcome: 'ERROR', error: 'rank 2 is unreachable' })
      const seeds = [seedJob({ encoding, lifecycle: failing, tag: 'a' })]
      const server = await startTestServer({ seeds })
      t.teardown(server.close)
      // A cancellation at the instant at which the job ends is too late.
      server.clock.advance(1000)
      if (then !== 'nothing') server.scope.jobs[then]({ id: 1n })
      for (const asked of ENCODINGS) {
        const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
        t.strictSame(
          response,
          {
            endpoint: '/alter/table',
            job_status: status,
            running: status === 'RUNNING',
            progress: 40,
            successful: false,
            response_encoding: encoding,
            job_response: NO_BYTES,
            job_response_str: '',
            status_map: status === 'ERROR' ? { error_message: 'rank 2 is unreachable' } : {},
            info: { job_tag: 'a' },
          },
          `${then} in ${asked}`,
        )
      }
    }
  })

  t.test(`POST /get/job returns the bare ${encoding} result of a job in DONE`, async (t) => {
    const request = { table_name: 't', action: 'ttl', value: '7' }
    const done = lifecycle({})
    const seeds = [seedJob({ encoding, request, lifecycle: done, tag: 'a' })]
    const server = await startTestServer({ seeds })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
      t.strictSame(
        response,
        {
          endpoint: '/alter/table',
          job_status: 'DONE',
          running: false,
          progress: 100,
          successful: true,
          response_encoding: encoding,
          ...RESULTS[encoding],
          status_map: {},
          info: { job_tag: 'a' },
        },
        asked,
      )
    }
  })
}

t.test('POST /get/job prefers the fields of a fixture to an echo', async (t) => {
  const given = {
    encoding: 'json',
    request: { table_name: 't', action: 'ttl' },
    result: { kind: 'fields', fields: { table_name: 'from the fixture', type_id: '9' } },
    lifecycle: lifecycle({}),
  } as const
  const server = await startTestServer({ seeds: [seedJob(given)] })
  t.teardown(server.close)
  const { job_response_str } = await server.call('/get/job', { job_id: 1 })
  t.equal(
    job_response_str,
    '{"table_name":"from the fixture","action":"ttl","value":"","type_id":"9",' +
      '"type_definition":"","properties":{},"label":"","info":{}}',
  )
})

t.test('POST /get/job reports progress that follows the clock and never falls', async (t) => {
  const server = await startTestServer({ seeds: [seedJob()] })
  t.teardown(server.close)
  const seen: unknown[] = []
  for (const ms of [0, 10, 490, 499, 1, 3_000_000]) {
    server.clock.advance(ms)
    seen.push((await server.call('/get/job', { job_id: 1 }))['progress'])
  }
  t.strictSame(seen, [0, 1, 50, 99, 100, 100])
})

t.test('POST /get/job counts as a poll', async (t) => {
  const steps = [{ ends: 'polls', polls: 2, progress: 80 } as const]
  const server = await startTestServer({ seeds: [seedJob({ lifecycle: lifecycle({ steps }) })] })
  t.teardown(server.close)
  const seen: unknown[] = []
  for (const asked of ENCODINGS) {
    const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
    seen.push(Object(response).job_status)
  }
  t.strictSame(seen, ['RUNNING', 'RUNNING', 'DONE'])
})

t.test('POST /get/job finds a job by its tag and ignores the id', async (t) => {
  const seeds = [seedJob({ tag: 'one' }), seedJob({ tag: 'two', endpoint: '/show/table' })]
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    for (const job_id of [0n, 1n, 2n, 777n, -1n]) {
      const request = { job_id, options: { job_tag: 'two' } }
      const { response } = await server.ask(asked, '/get/job', request)
      t.equal(Object(response).endpoint, '/show/table', `${asked} beside id ${job_id}`)
    }
  }
})

t.test('POST /get/job uses the id if the tag is empty', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ tag: 'one' })] })
  t.teardown(server.close)
  const { info } = await server.call('/get/job', { job_id: 1, options: { job_tag: '' } })
  t.strictSame(info, { job_tag: 'one' })
})

t.test('POST /get/job keeps every digit of an id', async (t) => {
  const ids = [9007199254740993n, 9223372036854775807n]
  const server = await startTestServer({ seeds: ids.map((id) => seedJob({ id, tag: `t${id}` })) })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    for (const job_id of ids) {
      const { response } = await server.ask(asked, '/get/job', { job_id })
      t.strictSame(Object(response).info, { job_tag: `t${job_id}` }, asked)
    }
  }
  t.equal((await server.post('/get/job', { job_id: '9007199254740993' })).status, 200)
  t.equal((await server.post('/get/job', '{"job_id":9007199254740992}')).status, 400)
})

const REFUSED = [
  {
    what: 'an unknown job',
    request: { job_id: 4242424242n },
    message: 'Cannot find job 4242424242: it was never created, or is gone',
  },
  {
    what: 'a negative id',
    request: { job_id: -1n },
    message: 'Cannot find job -1: it was never created, or is gone',
  },
  {
    what: 'an unknown tag with a known id',
    request: { job_id: 1n, options: { job_tag: 'missing' } },
    message: 'Cannot find the job tagged missing: it was never created, or is gone',
  },
  {
    what: 'a tag that would make clients fail over',
    request: { job_id: 1n, options: { job_tag: 'system-limited-fatal' } },
    message: 'Cannot find the job tagged system_limited-fatal: it was never created, or is gone',
  },
  {
    what: 'a request without id and tag',
    request: { job_id: 0n },
    message: 'Cannot find a job: give job_id, or the tag in options.job_tag',
  },
  {
    what: 'an invalid tag',
    request: { job_id: 1n, options: { job_tag: 'no blanks' } },
    message:
      `Cannot take options.job_tag "no blanks": ` + `use 1 to 255 letters, digits, '_' and '-'`,
  },
]

for (const { what, request, message } of REFUSED) {
  t.test(`POST /get/job rejects ${what}`, async (t) => {
    const server = await startTestServer({ seeds: [seedJob({ tag: 'one' })] })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const answer = await server.ask(asked, '/get/job', request)
      const { httpStatus, status, dataType, response } = answer
      t.equal(answer.message, message, asked)
      t.strictSame([httpStatus, status, dataType, response], [400, 'ERROR', 'none', null], asked)
    }
  })
}
