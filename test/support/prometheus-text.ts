/** One line of a metric. */
export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric with all its lines. */
export interface MetricFamily {
  readonly type: string
  readonly help: string
  readonly samples: readonly MetricSample[]
}

/** Metrics by name. */
export type MetricFamilies = ReadonlyMap<string, MetricFamily>

const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram'])
const SUFFIXES = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] } as const
const NAME = /^[a-z_:][a-z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[\d.]+(?:e[+-]?\d+)?)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,(?=.)|$)/y

/**
 * Reads the text format of Prometheus (version 0.0.4) more strictly than a scraper: each metric once, with
 * HELP and then TYPE before its lines, no labels twice, and whole histograms.
 *
 * @throws Error that quotes the line that is wrong.
 */
export function readMetrics(text: string): MetricFamilies {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const blocks = text
    .split(/^(?=# HELP )/m)
    .map((block) => block.split('\n').filter((line) => line !== ''))
  const families = new Map<string, MetricFamily>()
  for (const [help = '', type = '', ...lines] of blocks) {
    const [, name = '', words = ''] = /^# HELP (\S+) (.+)$/.exec(help) ?? []
    const [, typed, kind = ''] = /^# TYPE (\S+) (\S+)$/.exec(type) ?? []
    const isNew = NAME.test(name) && typed === name && TYPES.has(kind) && !families.has(name)
    if (!isNew) throw new Error(`not the start of a metric: ${help}\n${type}`)
    families.set(name, { type: kind, help: words, samples: readSamples(lines, { name, kind }) })
  }
  return families
}

interface Named {
  readonly name: string
  readonly kind: string
}

function readSamples(lines: readonly string[], { name, kind }: Named): readonly MetricSample[] {
  const suffixes: readonly string[] = Object(SUFFIXES)[kind]
  const seen = new Set<string>()
  const samples = lines.map((line) => {
    const sample = readSample(line)
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
    const isOwn = suffixes.some((suffix) => sample.name === name + suffix)
    if (!isOwn || seen.has(key)) throw new Error(`not a line of ${name}: ${line}`)
    if (kind === 'counter' && !(sample.value >= 0)) throw new Error(`less than nothing: ${line}`)
    seen.add(key)
    return sample
  })
  if (kind === 'histogram') checkHistograms(name, samples)
  return samples
}

function readSample(line: string): MetricSample {
  const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? []
  if (value === undefined) throw new Error(`not a line: ${line}`)
  const number = Number(value.replace('Inf', 'Infinity'))
  return { name, labels: readLabels(labels), value: number }
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  let end = 0
  while (end < text.length) {
    LABEL.lastIndex = end
    const [all, name = '', value = ''] = LABEL.exec(text) ?? []
    if (all === undefined || name in labels) throw new Error(`not labels: ${text}`)
    labels[name] = value.replace(/\\(.)/g, (_, it: string) => (it === 'n' ? '\n' : it))
    end += all.length
  }
  return labels
}

/** Throws unless the buckets of each set of labels rise up to the count. */
function checkHistograms(name: string, samples: readonly MetricSample[]): void {
  const series = new Map<string, MetricSample[]>()
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const [key, ofSeries] of series) {
    const buckets = ofSeries.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
    const count = ofSeries.find((sample) => sample.name === `${name}_count`)?.value
    const isRising = buckets.every(({ value }, index) => {
      const [bound = 0, last = -1] = [bounds[index], bounds[index - 1]]
      return bound > last && value >= (buckets[index - 1]?.value ?? 0)
    })
    const isWhole = bounds.at(-1) === Number.POSITIVE_INFINITY && buckets.at(-1)?.value === count
    const hasSum = ofSeries.some((sample) => sample.name === `${name}_sum`)
    if (!(isRising && isWhole && hasSum)) throw new Error(`not a histogram: ${name} ${key}`)
  }
}
