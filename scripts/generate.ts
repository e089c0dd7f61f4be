import { writeFileSync } from 'node:fs'
import { Catalogue } from '../src/avro/catalogue.ts'
import { renderFixtureSchema } from '../src/fixtures/fixture-format.ts'
import { renderEndpointTypes } from './render-endpoint-types.ts'

writeFileSync('src/gpudb/endpoint-types.ts', renderEndpointTypes(new Catalogue()))
writeFileSync('schemas/fixture.schema.json', renderFixtureSchema())
