import { writeFileSync } from 'node:fs'
import { Catalogue } from '../src/avro/catalogue.ts'
import { renderEndpointTypes } from './render-endpoint-types.ts'
import { renderFixtureSchema } from './render-fixture-schema.ts'

writeFileSync('src/gpudb/endpoint-types.ts', renderEndpointTypes(new Catalogue()))
writeFileSync('schemas/fixture.schema.json', renderFixtureSchema())
