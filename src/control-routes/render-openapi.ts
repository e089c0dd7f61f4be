import Fastify, { type FastifyPluginAsync, type FastifySchema } from 'fastify'
import { fieldsOf } from '../documents/field-of.ts'
import { CONTROL_PREFIX } from '../http-parts/request-path.ts'
import { Problem } from './problem.ts'
import { NO_COMPILERS } from './schema-compilers.ts'

/** The OpenAPI 3.1 document of the control API; `routes` registers all its routes. */
export async function renderOpenapi(
  routes: FastifyPluginAsync,
  { version }: { readonly version: string },
): Promise<object> {
  // Not in the bundle: loaded from its package on request.
  const { default: swagger } = await import('@fastify/swagger')
  const app = Fastify({ schemaController: NO_COMPILERS })
  await app.register(swagger, {
    hideUntagged: true,
    transform: ({ schema, url }) => ({ schema: withProblem(schema), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'mock-gpudb control API',
        description: 'How a test controls a mock-gpudb. An error is a problem (RFC 9457).',
        version,
      },
      servers: [
        { url: '/', description: 'The scope of the root path.' },
        {
          url: '/~{scope}',
          description: 'Another scope.',
          variables: { scope: { default: 'default', description: 'Its name.' } },
        },
      ],
    },
  })
  await app.register(routes, { prefix: CONTROL_PREFIX })
  await app.ready()
  return shareNamed(withoutExpectations(app.swagger()))
}

/** Moves every schema with a title to the components, so that the document contains it once. */
function shareNamed(document: OpenapiDocument): object {
  const schemas: Record<string, unknown> = {}
  const share = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(share)
    if (typeof value !== 'object' || value === null) return value
    const shared = Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, share(item)]),
    )
    const { title } = shared
    if (typeof title !== 'string') return shared
    schemas[title] = shared
    return { $ref: `#/components/schemas/${title}` }
  }
  const paths = share(document.paths)
  return { ...document, paths, components: { schemas } }
}

/** The part of an OpenAPI document that is rewritten. */
interface OpenapiDocument {
  readonly paths: object
}

/** Adds the problem that every route can answer with. */
function withProblem(schema: FastifySchema | undefined): FastifySchema {
  return {
    ...schema,
    response: { ...Object.fromEntries(fieldsOf(schema?.response)), default: Problem },
  }
}

/** The words of our messages and the suggestions for editors: no keywords of JSON Schema. */
const OWN_KEYWORDS: ReadonlySet<string> = new Set(['expected', 'suggested'])

/** Removes our own keywords. */
function withoutExpectations(document: object): OpenapiDocument {
  const keep = (key: string, value: unknown) =>
    OWN_KEYWORDS.has(key) && typeof value === 'string' ? undefined : value
  return JSON.parse(JSON.stringify(document, keep))
}
