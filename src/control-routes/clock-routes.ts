import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ClockAdvance, ClockChange, ClockDocument, TO_ADVANCE } from '../control/clock-control.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { RoutesOptions } from './routes-options.ts'

const tags = ['clock']
const response = { 200: ClockDocument }
const schemas = {
  show: { operationId: 'getClock', tags, summary: 'Show the clock', response },
  set: {
    operationId: 'setClock',
    tags,
    summary: 'Change how time passes',
    body: ClockChange,
    response,
  },
  advance: {
    operationId: 'advanceClock',
    tags,
    summary: 'Move the clock by a duration',
    body: ClockAdvance,
    response,
  },
  next: {
    operationId: 'advanceClockToNext',
    tags,
    response,
    summary: 'Move the clock to the next change of a job, or event of the timeline',
  },
  run: {
    operationId: 'runClock',
    tags,
    response,
    summary: 'Move the clock until no job changes by time alone, and the timeline is over',
  },
}

/** The clock of a scope. */
export const clockRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/clock', { schema: schemas.show }, (request) => controlOf(request).clock.get())
  app.post('/clock', { schema: schemas.set }, (request, reply) =>
    prepare(request, reply).clock.set(request.body),
  )
  app.post('/clock/advance', { schema: schemas.advance }, (request, reply) => {
    const { by } = checkInput(ClockAdvance, request.body, TO_ADVANCE)
    return prepare(request, reply).clock.advance(by)
  })
  app.post('/clock/next', { schema: schemas.next }, (request, reply) =>
    prepare(request, reply).clock.next(),
  )
  app.post('/clock/run', { schema: schemas.run }, (request, reply) =>
    prepare(request, reply).clock.run(),
  )
}
