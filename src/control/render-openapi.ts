import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { type ControlRoutesOptions, controlRoutes } from './control-routes.ts'

/** The OpenAPI 3.1 document of the control API, made from the schemas of its routes. */
export async function renderOpenapi(options: ControlRoutesOptions): Promise<object> {
  const app = Fastify()
  await app.register(swagger, {
    hideUntagged: true,
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
  await app.register(controlRoutes, { ...options, prefix: '/__mock' })
  await app.ready()
  return app.swagger()
}
