import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { TableDocument, TableRows, TableWithRows } from '../control/table-control.ts'
import { FixtureTable } from '../fixture-format/fixture-format.ts'
import { pageQuery, readQuery, toPage } from './read-input.ts'
import { answerNothing, NOTHING, type RoutesOptions } from './routes-options.ts'

const TableList = Type.Object({ tables: Type.Array(TableDocument) })
const tags = ['tables']
const params = Type.Object({
  name: Type.String({ description: 'The name of a table, percent-encoded.' }),
})
const schemas = {
  list: {
    operationId: 'listTables',
    tags,
    summary: 'List tables without their rows',
    response: { 200: TableList },
  },
  add: {
    operationId: 'addTable',
    tags,
    summary: 'Add a table',
    body: FixtureTable,
    response: { 201: TableDocument },
  },
  clear: { operationId: 'clearTables', tags, summary: 'Remove all tables', response: NOTHING },
  show: {
    operationId: 'getTable',
    tags,
    summary: 'Show a table with a page of its rows',
    params,
    querystring: pageQuery(TableRows),
    response: { 200: TableWithRows },
  },
  remove: {
    operationId: 'removeTable',
    tags,
    summary: 'Remove a table',
    params,
    response: NOTHING,
  },
}

/** The tables of a scope. */
export const tableRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/tables', { schema: schemas.list }, (request) => ({
    tables: controlOf(request).tables.list(),
  }))
  app.post('/tables', { schema: schemas.add }, (request, reply) => {
    const table = prepare(request, reply).tables.add(request.body)
    reply.code(201)
    return table
  })
  app.delete('/tables', { schema: schemas.clear }, (request, reply) => {
    controlOf(request).tables.clear()
    return answerNothing(reply)
  })
  app.get('/tables/:name', { schema: schemas.show }, (request) => {
    const page = toPage(readQuery(TableRows, request.query), { action: 'show the table' })
    return controlOf(request).tables.get(request.params.name, page)
  })
  app.delete('/tables/:name', { schema: schemas.remove }, (request, reply) => {
    controlOf(request).tables.remove(request.params.name)
    return answerNothing(reply)
  })
}
