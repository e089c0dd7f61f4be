import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { describeHealth } from '../../src/control/describe-health.ts'
import { startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'
import { type MetricFamilies, readMetrics } from '../support/prometheus-text.ts'

const page = readFileSync(new URL('../../docs/observe.md', import.meta.url), 'utf8')

/** The blocks of the page in one language. */
function blocks(language: string): string[] {
  return Array.from(page.matchAll(/```(\w+)\n(.*?)```/gs))
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
}

/** The metrics after a request, which gives all of them their labels. */
async function scrape(): Promise<MetricFamilies> {
  const server = await startControlled(t)
  await server.call('/has/table', { table_name: 'no', options: {} })
  await server.must('POST /jobs', { endpoint: '/create/backup' })
  const { body } = await sendHttp(server.port, { path: '/__mock/metrics' })
  return readMetrics(body.toString())
}

t.test('docs/observe.md lists every metric of the mock with its type and labels', async (t) => {
  const families = await scrape()
  const real = [...families]
    .map(([name, { type, samples }]) => {
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
      labels.delete('le')
      return [name.replace('mock_gpudb_', ''), type, [...labels].sort().join()]
    })
    .filter(([name = '']) => !/^(?:process|nodejs)_/.test(name))
  const rows = page.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|([^|]*)\| \S/gm)
  const listed = Array.from(rows, ([, name, type, labels = '']) => {
    return [name, type, labels.replaceAll(/[` ]/g, '').split(',').sort().join()]
  })
  t.strictSame(listed.sort(), real.sort())
})

t.test('the configuration of Prometheus in docs/observe.md names the route', async (t) => {
  const config = blocks('yaml').find((text) => text.includes('scrape_configs'))
  const [job] = parse(config ?? '').scrape_configs
  t.equal(job.metrics_path, '/__mock/metrics')
  t.strictSame(job.static_configs, [{ targets: ['localhost:9191'] }])
})

t.test('the panel and the queries in docs/observe.md are of metrics that exist', async (t) => {
  const panel = blocks('json').find((text) => text.includes('"targets"'))
  const { targets } = JSON.parse(panel ?? '')
  t.equal(targets.length, 2)
  const families = await scrape()
  const lines = new Set([...families.values()].flatMap(({ samples }) => samples.map(nameOf)))
  const asked = Array.from(page.matchAll(/mock_gpudb_\w*[a-z]\b/g), ([name]) => name)
  t.ok(asked.length > 4)
  t.strictSame(
    asked.filter((name) => !lines.has(name)),
    [],
  )
})

function nameOf({ name }: { readonly name: string }): string {
  return name
}

t.test('the health in docs/observe.md has the real keys', async (t) => {
  const text = blocks('json').find((one) => one.includes('uptime_ms'))
  const shown = JSON.parse(text ?? '')
  const { mock } = await startControlled(t)
  const { fixtures, jobs } = describeHealth(mock)
  t.strictSame(Object.keys(shown.fixtures), Object.keys(fixtures))
  t.strictSame(Object.keys(shown.jobs), Object.keys(jobs))
  const server = await startControlled(t)
  t.strictSame(Object.keys(shown), Object.keys(await server.must('GET /health?verbose=true')))
})
