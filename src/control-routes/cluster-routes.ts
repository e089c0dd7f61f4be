import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { ClusterDocument } from '../control/cluster-control.ts'
import { FixtureClusterMove } from '../fixture-format/cluster-move-format.ts'
import type { RoutesOptions } from './routes-options.ts'

const ClusterList = Type.Object({ clusters: Type.Array(ClusterDocument) })
const tags = ['clusters']
const params = Type.Object({ name: Type.String({ description: 'The name of a cluster.' }) })
const response = { 200: ClusterDocument }
const schemas = {
  list: {
    operationId: 'listClusters',
    tags,
    summary: 'List clusters in the order of the ring',
    response: { 200: ClusterList },
  },
  show: { operationId: 'getCluster', tags, summary: 'Show a cluster', params, response },
  patch: {
    operationId: 'moveCluster',
    tags,
    summary: 'Move a cluster to another state',
    params,
    body: FixtureClusterMove,
    response,
  },
}

/** The clusters of a scope. */
export const clusterRoutes: FastifyPluginAsyncTypebox<RoutesOptions> = async (
  app,
  { controlOf, prepare },
) => {
  app.get('/clusters', { schema: schemas.list }, (request) => ({
    clusters: controlOf(request).clusters.list(),
  }))
  app.get('/clusters/:name', { schema: schemas.show }, (request) =>
    controlOf(request).clusters.get(request.params.name),
  )
  app.patch('/clusters/:name', { schema: schemas.patch }, (request, reply) =>
    prepare(request, reply).clusters.patch(request.params.name, request.body),
  )
}
