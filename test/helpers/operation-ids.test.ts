import { readFileSync } from 'node:fs'
import t from 'tap'
import { startControlled } from '../support/control.ts'

/** The source of a helper. Its methods name their operations, and each calls one route. */
const HELPERS = [
  { language: 'Python', file: 'helpers/python/mock_gpudb_pytest/__init__.py' },
  { language: 'Java', file: 'helpers/java/src/main/java/mockgpudb/MockGpudb.java' },
  { language: 'Go', file: 'helpers/go/mockgpudb.go' },
]

/** The operations that no helper has: they are about the server, or a stream. */
const LEFT_OUT = [
  'followEvents',
  'getHealth',
  'getMetrics',
  'getOpenapi',
  'getReadiness',
  'getVersion',
  'listScopes',
  'reloadFixtures',
]

/** `Operation: getClock` of a doc comment, or a call such as `call("GET", "/clock")`. */
const MARK =
  /Operation: (?<operation>\w+)|\b_?(?:call|send|query)\(\s*"(?<method>[A-Z]+)",\s*"(?<path>\/[^"]*)"/g

/** The operations and routes that a source names, in its order. */
function marksOf(source: string): string[] {
  return Array.from(source.matchAll(MARK), ({ groups = {} }) => {
    const { operation, method, path } = groups
    return operation ?? `${method} ${path}`
  })
}

/** The route of each operation of the OpenAPI document. */
async function readRoutes(): Promise<ReadonlyMap<string, string>> {
  const { paths } = await (await startControlled(t)).must('GET /openapi.json')
  const routes = Object.entries(Object(paths)).flatMap(([path, methods]) =>
    Object.entries(Object(methods)).map(([method, operation]): [string, string] => [
      String(Object(operation)['operationId']),
      `${method.toUpperCase()} ${path.replace('/__mock', '')}`,
    ]),
  )
  return new Map(routes)
}

const routes = await readRoutes()

for (const { language, file } of HELPERS) {
  const marks = marksOf(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
  const named = marks.filter((mark) => /^\w+$/.test(mark))

  t.test(
    `each operation of the ${language} helper exists, and its method calls its route`,
    async (t) => {
      const expected = named.flatMap((operation) => [
        operation,
        routes.get(operation) ?? 'no route',
      ])
      t.ok(named.length > 0, 'it names operations')
      t.strictSame(marks, expected)
    },
  )

  t.test(
    `the ${language} helper names each operation once, except those that are left out`,
    async (t) => {
      const kept = [...routes.keys()].filter((operation) => !LEFT_OUT.includes(operation))
      t.strictSame(named.toSorted(), kept.toSorted())
    },
  )
}

t.test('every operation that is left out exists', async (t) => {
  t.strictSame(
    LEFT_OUT.filter((operation) => !routes.has(operation)),
    [],
  )
})
