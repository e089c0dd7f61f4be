import type { Counter, Gauge, Registry } from 'prom-client'
import { DURATION_BOUNDS, type DurationCounts } from '../calls/duration-counts.ts'
import { loadPromClient } from './load-prom-client.ts'

/** With what the names of all metrics start. */
export const METRIC_PREFIX = 'mock_gpudb_'

/** A value of a metric, with labels if the metric has some. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** The name of a metric without the prefix, and what it means. */
interface NamedMetric {
  readonly name: string
  readonly help: string
}

/** A metric whose values are read when it is rendered. */
interface MetricDefinition extends NamedMetric {
  readonly labelNames?: readonly string[]
  /** Samples with the same labels add up. */
  readonly read: () => Iterable<Sample>
}

export function addCounter(registry: Registry, definition: MetricDefinition): void {
  const { Counter } = loadPromClient()
  registry.registerMetric(new Counter(optionsOf(definition)))
}

/** Adds a counter without labels. */
export function addTotal(
  registry: Registry,
  { read, ...named }: NamedMetric & { readonly read: () => number },
): void {
  addCounter(registry, { ...named, read: () => [{ value: read() }] })
}

export function addGauge(registry: Registry, definition: MetricDefinition): void {
  const { Gauge } = loadPromClient()
  registry.registerMetric(new Gauge(optionsOf(definition)))
}

/** The values of a counter or a gauge are those that are read. */
function optionsOf({ name, help, labelNames = [], read }: MetricDefinition) {
  return {
    name: METRIC_PREFIX + name,
    help,
    labelNames,
    registers: [],
    collect(this: Pick<Counter | Gauge, 'reset' | 'inc'>) {
      this.reset()
      for (const { labels = {}, value } of read()) this.inc(labels, value)
    },
  }
}

/** Adds a histogram without labels, of durations that are counted elsewhere. */
export function addDurations(
  registry: Registry,
  { name, help, durations }: NamedMetric & { readonly durations: DurationCounts },
): void {
  const { Histogram } = loadPromClient()
  const fullName = METRIC_PREFIX + name
  const buckets = [...DURATION_BOUNDS]
  class Durations extends Histogram {
    /** What a registry renders. The types of prom-client do not name it. */
    async getForPromString() {
      const { cumulative, count, seconds } = durations
      const bounds = [...buckets.map(String), '+Inf'].map((le, index) => {
        const value = cumulative[index] ?? count
        return { metricName: `${fullName}_bucket`, labels: { le }, value }
      })
      const sum = { metricName: `${fullName}_sum`, labels: {}, value: seconds }
      const all = { metricName: `${fullName}_count`, labels: {}, value: count }
      return { name: fullName, help, type: 'histogram', values: [...bounds, sum, all] }
    }
  }
  registry.registerMetric(new Durations({ name: fullName, help, buckets, registers: [] }))
}
