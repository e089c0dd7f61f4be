import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { PropertiesRewriter } from '../../src/record/rewrite-properties.ts'
import { Wrapper } from '../../src/wire/wrapper.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import { startRawUpstream, startTestProxy } from '../support/recording-proxy.ts'
import { catalogue, encodeRequest, readAnswer, startTestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

const ENDPOINT = '/show/system/properties'

const REAL = {
  'conf.ai_api_key': 'x',
  'conf.enable_ha': 'TRUE',
  'conf.enable_worker_http_servers': 'TRUE',
  'conf.ha_ring_head_nodes': 'http://10.0.0.1:9191,http://10.0.1.1:9191',
  'conf.ha_ring_head_nodes_full': 'http://10.0.0.1:9191;http://10.0.1.1:9191',
  'conf.host0_public_urls': 'http://10.0.0.1:9191,http://db:9191',
  'conf.host10_public_urls': 'http://10.0.0.2:9191',
  'conf.number_of_hosts': '2',
  'conf.worker_http_server_ips': '10.0.0.1',
  'conf.worker_http_server_urls': 'http://10.0.0.1:9192',
  'version.gpudb_core_version': '7.2.3.0.20260101000000',
}

const REWRITTEN = {
  'conf.ai_api_key': 'x',
  'conf.enable_ha': 'FALSE',
  'conf.enable_worker_http_servers': 'FALSE',
  'conf.ha_ring_head_nodes': '',
  'conf.ha_ring_head_nodes_full': '',
  'conf.host0_public_urls': 'http://proxy',
  'conf.host10_public_urls': 'http://proxy',
  'conf.number_of_hosts': '2',
  'version.gpudb_core_version': '7.2.3.0.20260101000000',
}

const wrapper = new Wrapper(catalogue.readWrapper())

/** The answer of a database with several hosts, workers and a ring. */
function realAnswer(encoding: 'json' | 'binary') {
  const codec = catalogue.get(ENDPOINT).response
  return wrapper.okRecord(encoding, { codec, record: { property_map: REAL, info: {} } })
}

for (const encoding of ['json', 'binary'] as const) {
  t.test(`the addresses in ${encoding} become that of the proxy, and all else stays`, async (t) => {
    const { contentType, body } = realAnswer(encoding)
    const upstream = await startRawUpstream(t, (socket) => {
      const head = ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`, 'X-Other: 1']
      const length = `Content-Length: ${Buffer.byteLength(body)}`
      socket.write(`${[...head, length].join('\r\n')}\r\n\r\n`)
      socket.write(body)
    })
    const { port, warnings, exchanges } = await startTestProxy(t, upstream.url)
    const sent = {
      method: 'POST',
      path: `/gpudb-0${ENDPOINT}`,
      headers: { host: 'proxy:1234' },
      body: encodeRequest(encoding, ENDPOINT, {}),
    }
    const answer = await sendHttp(port, sent)
    t.strictSame(readAnswer(ENDPOINT, answer).response, { property_map: REWRITTEN, info: {} })
    t.equal(answer.headers['content-length'], String(answer.body.length))
    t.equal(answer.headers['x-other'], '1')
    t.strictSame(exchanges[0]?.answer, Buffer.from(body), 'the recorder gets what came')
    await sendHttp(port, sent)
    t.strictSame(warnings, [
      'rewrote /show/system/properties, the only answer that is changed, so that clients stay at the proxy: ' +
        'conf.enable_ha, conf.enable_worker_http_servers, conf.ha_ring_head_nodes, ' +
        'conf.ha_ring_head_nodes_full, conf.host0_public_urls, conf.host10_public_urls, ' +
        'conf.worker_http_server_ips, conf.worker_http_server_urls',
    ])
  })
}

t.test('a compressed answer is sent without its compression', async (t) => {
  const { contentType, body } = realAnswer('json')
  const packed = gzipSync(body)
  const upstream = await startRawUpstream(t, (socket) => {
    const head = ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`, 'Content-Encoding: gzip']
    socket.write(`${head.join('\r\n')}\r\nContent-Length: ${packed.length}\r\n\r\n`)
    socket.write(packed)
  })
  const { port, exchanges } = await startTestProxy(t, upstream.url)
  const answer = await sendHttp(port, { method: 'POST', path: ENDPOINT, body: '{}' })
  t.equal(answer.headers['content-encoding'], undefined)
  t.match(readAnswer(ENDPOINT, answer).response, { property_map: { 'conf.enable_ha': 'FALSE' } })
  t.equal(exchanges[0]?.answer.toString(), body)
  const other = await sendHttp(port, { method: 'POST', path: '/show/table', body: '{}' })
  t.equal(gunzipSync(other.body).toString(), body, 'all other answers stay compressed')
  t.equal(exchanges[1]?.answer.toString(), body, 'and are recorded without it')
})

t.test('a client of HTTP/1.0 without Host gets the address of the proxy', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port } = await startTestProxy(t, mock.url.replace('127.0.0.1', 'localhost'))
  const head = `POST ${ENDPOINT} HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}`
  t.match(await sendBytes(port, head), 'host0_public_urls\\":\\"http://127.0.0.1\\"')
})

t.test('a client of a proxy with TLS gets an address with https', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port } = await startTestProxy(t, mock.url, { tls: { cert, key } })
  const sent = { method: 'POST', path: ENDPOINT, body: '{}', isTls: true }
  t.match(readAnswer(ENDPOINT, await sendHttp(port, sent)).response, {
    property_map: { 'conf.host0_public_urls': 'https://127.0.0.1' },
  })
  const headers = { origin: `https://127.0.0.1:${port}` }
  const own = { path: '/__mock/record', isTls: true }
  t.equal((await sendHttp(port, { ...own, headers })).status, 200)
  t.equal((await sendHttp(port, { ...own, headers: { origin: 'null' } })).status, 403)
})

t.test('fields that the catalogue does not know stay in JSON', async (t) => {
  const inner = { property_map: { 'conf.enable_ha': 'TRUE', é: '1' }, info: {}, extra: [1.5] }
  const outer = { status: 'OK', message: '', data_str: JSON.stringify(inner), more: { big: 1 } }
  const body = Buffer.from(JSON.stringify(outer).replace('"big":1', '"big":9007199254740993'))
  const result = new PropertiesRewriter(catalogue).rewrite(
    { contentType: 'application/json; charset=utf-8', body },
    'http://proxy',
  )
  const text = 'body' in result ? result.body.toString() : result.reason
  t.match(text, /"more":\{"big":9007199254740993\}\}$/)
  t.match(text, String.raw`\\u00e9`)
  const expected = { ...inner, property_map: { 'conf.enable_ha': 'FALSE', é: '1' } }
  t.strictSame(JSON.parse(JSON.parse(text).data_str), expected)
})

const KEPT = [
  { name: 'an error', ...wrapper.error('json', 'no'), reason: undefined },
  { name: 'an error in Avro', ...wrapper.error('binary', 'no'), reason: undefined },
  {
    name: 'an answer without such properties',
    contentType: 'application/json',
    body: '{"status":"OK","data_str":"{\\"property_map\\":{\\"conf.host0_public_urls\\":\\"http://proxy\\"}}"}',
    reason: undefined,
  },
  {
    name: 'an answer in Avro without such properties',
    ...wrapper.okRecord('binary', {
      codec: catalogue.get(ENDPOINT).response,
      record: { property_map: {}, info: {} },
    }),
    reason: undefined,
  },
  { name: 'a page', contentType: 'text/html', body: '<p>', reason: 'its type is text/html' },
  {
    name: 'a text instead of JSON',
    contentType: 'application/json',
    body: '<p>',
    reason: /^Cannot read the answer as JSON: /,
  },
  {
    name: 'JSON without properties',
    contentType: 'application/json',
    body: '{"status":"OK","data_str":"{}"}',
    reason: 'Cannot read the answer: it has no property_map',
  },
  {
    name: 'bytes left over',
    contentType: 'application/octet-stream',
    body: Buffer.concat([Buffer.from(realAnswer('binary').body), Buffer.from('x')]),
    reason: /^Cannot read the answer as gpudb_response: /,
  },
] as const

for (const { name, contentType, body, reason } of KEPT) {
  t.test(`${name} stays as it is`, async (t) => {
    const upstream = await startRawUpstream(t, (socket) => {
      const head = `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\n`
      socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`)
      socket.write(body)
    })
    const { port, warnings } = await startTestProxy(t, upstream.url)
    const headers = { host: 'proxy' }
    const answer = await sendHttp(port, { method: 'POST', path: ENDPOINT, headers, body: '{}' })
    t.strictSame(answer.body, Buffer.from(body))
    t.strictSame(answer.headers, {
      'content-type': contentType,
      'content-length': String(Buffer.byteLength(body)),
    })
    t.equal(warnings.length, reason === undefined ? 0 : 1)
    const [, why] = /past the proxy: (.*)$/.exec(warnings[0] ?? '') ?? []
    t.match(why, reason)
  })
}

t.test('an answer over 16 MiB that would have to be rewritten is broken off', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${17 * 1024 * 1024}\r\n\r\n`)
    socket.write(Buffer.alloc(17 * 1024 * 1024))
  })
  const { port, warnings } = await startTestProxy(t, upstream.url)
  const sent = { method: 'POST', path: ENDPOINT, body: '{}' }
  await t.rejects(sendHttp(port, sent), { message: 'socket hang up' })
  t.strictSame(warnings, [
    'POST /show/system/properties was not answered in whole: it has more than 16777216 bytes',
  ])
})
