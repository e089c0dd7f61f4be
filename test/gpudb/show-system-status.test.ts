import t from 'tap'
import { ENCODINGS, startTestServer } from '../support/server.ts'

t.test('POST /show/system/status reports a running system', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/status', {})
    t.equal(dataType, 'show_system_status_response', asked)
    t.strictSame(
      response,
      {
        status_map: { system: '{"status":"running","version":"7.2.3.0.20260101000000"}' },
        info: {},
      },
      asked,
    )
  }
})

t.test('POST /show/system/status accepts a body without options', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  t.strictSame((await server.call('/show/system/status', {}))['info'], {})
})
