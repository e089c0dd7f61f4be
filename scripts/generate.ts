import { writeFileSync } from 'node:fs'
import { Catalogue } from '../src/avro/catalogue.ts'
import { renderFixtureSchema } from '../src/fixture-format/fixture-format.ts'
import { renderEndpointTypes } from './render-endpoint-types.ts'

const catalogue = new Catalogue()
writeFileSync('src/gpudb-parts/endpoint-types.ts', renderEndpointTypes(catalogue))
writeFileSync('schemas/fixture.schema.json', renderFixtureSchema(catalogue.endpoints))
