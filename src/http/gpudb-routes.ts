import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestHookHandler } from 'fastify'
import { CallHandler, type CallHandlerOptions } from './gpudb-handler.ts'

/** What the GPUdb routes need. */
export interface GpudbRoutesOptions extends CallHandlerOptions {
  /** Lets a request pass or refuses it; absent: all pass. */
  readonly authorize?: onRequestHookHandler | undefined
}

/** Every GPUdb endpoint behind one route: which one it is, the catalogue knows. */
export const gpudbRoutes: FastifyPluginAsyncTypebox<GpudbRoutesOptions> = async (app, options) => {
  const { bodyLimit, authorize } = options
  const handler = new CallHandler(options)

  // A connection that is kept open can still bring requests while the server stops.
  app.addHook('preClose', (done) => {
    handler.stop()
    done()
  })
  if (authorize) app.addHook('onRequest', authorize)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.get('*', (request, reply) => handler.greet(request, reply))
  app.post('*', { bodyLimit }, (request, reply) => handler.answer(request, reply))
  app.setNotFoundHandler((request, reply) => handler.refuse(request, reply))
  app.setErrorHandler((error, request, reply) => handler.fail(error, { request, reply }))
}
