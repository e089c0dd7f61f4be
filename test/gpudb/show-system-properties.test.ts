import t from 'tap'
import { ENCODINGS, startTestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

t.test('POST /show/system/properties returns what clients need to connect', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/properties', {})
    t.equal(dataType, 'show_system_properties_response', asked)
    t.strictSame(
      response,
      {
        property_map: {
          'version.gpudb_core_version': '7.2.3.0.20260101000000',
          'conf.number_of_hosts': '1',
          'conf.host0_public_urls': server.url,
          'conf.enable_worker_http_servers': 'FALSE',
          'conf.enable_ha': 'FALSE',
          'conf.ha_ring_head_nodes_full': '',
          'conf.enable_httpd_proxy': 'FALSE',
          'conf.use_https': 'FALSE',
        },
        info: {},
      },
      asked,
    )
  }
})

const FILTERS = [
  { properties: 'conf.enable_ha', names: ['conf.enable_ha'] },
  {
    properties: ' conf.use_https , conf.enable_ha,',
    names: ['conf.enable_ha', 'conf.use_https'],
  },
  { properties: 'conf.nothing', names: [] },
  { properties: 'conf.nothing,conf.number_of_hosts', names: ['conf.number_of_hosts'] },
]

for (const { properties, names } of FILTERS) {
  t.test(`POST /show/system/properties returns only ${JSON.stringify(properties)}`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const request = { options: { properties } }
      const { response } = await server.ask(asked, '/show/system/properties', request)
      t.strictSame(Object.keys(Object(response).property_map), names, asked)
    }
  })
}

t.test('POST /show/system/properties with an empty filter returns all properties', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const body = { options: { properties: '' } }
  const { property_map } = await server.call('/show/system/properties', body)
  t.equal(Object.keys(Object(property_map)).length, 8)
})

t.test('POST /show/system/properties returns the URL that the caller used', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const request = [
    'POST /show/system/properties HTTP/1.1',
    'Host: gpudb.example:19191',
    'Content-Length: 2',
    'Connection: close',
  ]
  const answer = await sendBytes(server.port, `${request.join('\r\n')}\r\n\r\n{}`)
  t.match(answer, '\\"conf.host0_public_urls\\":\\"http://gpudb.example:19191\\"')
})
