import type { JobRecord } from '../jobs/job.ts'

/** Whether a request asks for records as one GeoJSON text. */
export function wantsGeoJson(request: JobRecord): boolean {
  return request['encoding'] === 'geojson'
}

/**
 * A collection of features, of which each has a record in JSON as its properties. Their geometry is
 * null: the mock reads no coordinates.
 */
export function writeFeatures(records: readonly string[]): string {
  const features = records.map(
    (record) => `{"type":"Feature","geometry":null,"properties":${record}}`,
  )
  return `{"type":"FeatureCollection","features":[${features.join(',')}]}`
}
