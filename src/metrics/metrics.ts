import type { Registry } from 'prom-client'
import { loadPromClient } from './load-prom-client.ts'
import { METRIC_PREFIX } from './metric-kinds.ts'
import { addMockMetrics, type MetricsSources } from './mock-metrics.ts'

/**
 * The metrics of a mock and of its process, in the text format of Prometheus. What is counted anyway is
 * read when they are rendered; before the first time, there are none.
 */
export class Metrics {
  readonly #sources: MetricsSources
  #registry: Registry | undefined

  constructor(sources: MetricsSources) {
    this.#sources = sources
  }

  async render(): Promise<string> {
    this.#registry ??= this.#create()
    const texts = await Promise.all([this.#registry.metrics(), processRegistry().metrics()])
    // prom-client 15.1 writes a mean of nothing as Nan, which the format has not.
    return texts.join('\n').replaceAll(/ Nan$/gm, ' NaN')
  }

  #create(): Registry {
    const registry = new (loadPromClient().Registry)()
    addMockMetrics(registry, this.#sources)
    return registry
  }
}

let ofProcess: Registry | undefined

/** The metrics of the process: one registry for all its mocks, since what it starts never ends. */
function processRegistry(): Registry {
  if (ofProcess) return ofProcess
  const { Registry, collectDefaultMetrics } = loadPromClient()
  ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess, prefix: METRIC_PREFIX })
  return ofProcess
}
