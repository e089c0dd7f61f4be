import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ClockAdvance, ClockChange, ClockDocument } from '../control/clock-control.ts'
import type { RoutesOptions } from './routes-options.ts'

const tags = ['clock']
const response = { 200: ClockDocument }
const schemas = {
  show: { tags, summary: 'Show the clock', response },
  set: { tags, summary: 'Let time pass otherwise', body: ClockChange, response },
  advance: { tags, summary: 'Move time on', body: ClockAdvance, response },
  next: { tags, summary: 'Move time on to the next change of a job', response },
  run: { tags, summary: 'Move time on until no job changes by time alone', response },
}

/** The clock of a scope. */
export const clockRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (app, { controlOf }) => {
  app.get('/clock', { schema: schemas.show }, (request) => controlOf(request).clock.get())
  app.post('/clock', { schema: schemas.set }, (request) =>
    controlOf(request).clock.set(request.body),
  )
  app.post('/clock/advance', { schema: schemas.advance }, (request) =>
    controlOf(request).clock.advance(request.body.by),
  )
  app.post('/clock/next', { schema: schemas.next }, (request) => controlOf(request).clock.next())
  app.post('/clock/run', { schema: schemas.run }, (request) => controlOf(request).clock.run())
}
