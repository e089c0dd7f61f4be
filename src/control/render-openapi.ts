import Fastify, { type FastifySchema } from 'fastify'
import { type ControlRoutesOptions, controlRoutes } from './control-routes.ts'
import { Problem } from './problem.ts'

/** The OpenAPI 3.1 document of the control API, made from the schemas of its routes. */
export async function renderOpenapi(
  options: Pick<ControlRoutesOptions, 'context' | 'version'>,
): Promise<object> {
  // Loaded when somebody asks: most never do.
  const { default: swagger } = await import('@fastify/swagger')
  const app = Fastify()
  await app.register(swagger, {
    hideUntagged: true,
    transform: ({ schema, url }) => ({ schema: withProblem(schema), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'mock-gpudb control API',
        description: 'How a test drives a mock-gpudb. What is refused is a problem (RFC 9457).',
        version: options.version,
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
  const unasked = { bodyLimit: 1, isReady: () => true, openapi: async () => app.swagger() }
  await app.register(controlRoutes, { ...options, ...unasked, prefix: '/__mock' })
  await app.ready()
  return withoutExpectations(app.swagger())
}

/** Every route may answer with a problem. */
function withProblem(schema: FastifySchema | undefined): FastifySchema {
  return { ...schema, response: { ...Object(schema?.response), default: Problem } }
}

/** `expected` is the wording of our own messages, no keyword of JSON Schema. */
function withoutExpectations(document: object): object {
  const keep = (key: string, value: unknown) =>
    key === 'expected' && typeof value === 'string' ? undefined : value
  return JSON.parse(JSON.stringify(document, keep))
}
