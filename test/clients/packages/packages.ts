import type { CaseName } from '../case-file.ts'
import type { Client } from '../client.ts'
import { installPackages, UNAVAILABLE } from '../virtual-environment.ts'

/** A package whose cases are the functions of `<name>/cases.py`. */
interface Package extends Pick<Client, 'name' | 'title'> {
  /** The name of the package whose version is listed. */
  readonly distribution: string
  /** The folder of its virtual environment, if it shares that of another one. */
  readonly home?: string
  /** A Python statement that fails if the package does not work with this Python. */
  readonly check?: string
  /** The titles of the cases by id. */
  readonly cases: Readonly<Record<string, string>>
}

/** Packages from PyPI that use the official client, each with rules and cases of its own. */
export const PACKAGES: readonly Client[] = [
  pythonPackage({
    name: 'dbapi',
    title: 'The dbapi of `gpudb`',
    distribution: 'gpudb',
    cases: {
      selects: 'a cursor reads columns and rows',
      fetches: 'fetchone and fetchmany',
      binds: 'a query with a parameter',
      schema: 'a connection with a default schema',
      changes: 'DDL, executemany, rowcount, commit',
      fails: 'raises the error of a rule',
    },
  }),
  pythonPackage({
    name: 'record',
    title: '`gpudb` through `mock-gpudb record`',
    distribution: 'gpudb',
    home: '.clients/dbapi',
    cases: {
      passes: 'a job, inserts, reads, SQL and an error through the proxy',
      replays: 'the same answers of a strict mock with the recorded fixture',
      'replays-json': 'the same with the encoding JSON',
      hides: 'a password that the client sends is not in the fixture',
    },
  }),
  pythonPackage({
    name: 'sqlalchemy',
    title: 'SQLAlchemy with `sqlalchemy-kinetica`, and pandas',
    distribution: 'sqlalchemy-kinetica',
    cases: {
      selects: 'a query as text',
      expressions: 'a query as an expression with a parameter',
      scalar: '`SELECT 7` without a rule',
      changes: 'create_all, insert, commit',
      reflects: 'the inspector reads names, columns and keys from rules',
      'read-sql': 'pandas.read_sql',
      'to-sql': 'DataFrame.to_sql with `method="multi"`',
      'to-sql-many': 'DataFrame.to_sql without a method',
      fails: 'raises the error of a rule',
    },
  }),
  pythonPackage({
    name: 'dbt',
    title: '`dbt-kinetica`',
    distribution: 'dbt-kinetica',
    cases: {
      debug: 'dbt debug',
      seed: 'dbt seed',
      run: 'dbt run, a view and a table',
      test: 'dbt test, one test passes and one fails',
      show: 'dbt show',
    },
  }),
  pythonPackage({
    name: 'mcp',
    title: '`mcp-kinetica`',
    distribution: 'mcp-kinetica',
    cases: {
      'lists-tables': 'the tool list_tables',
      'describes-table': 'the tool describe_table',
      queries: 'the tools query_sql and get_records',
      inserts: 'the tool insert_records',
      'reads-context': 'the resource sql-context',
      'generates-sql': 'the tools list_sql_contexts and generate_sql',
      fails: 'a tool reports the error of a rule',
    },
  }),
  pythonPackage({
    name: 'langchain',
    title: '`langchain-kinetica`',
    distribution: 'langchain-kinetica',
    check:
      'import sys; sys.version_info >= (3, 12) or exit("langchain-kinetica needs Python 3.12")',
    cases: {
      loads: 'KineticaLoader',
      chats: 'ChatKinetica.invoke',
      'reads-context': 'ChatKinetica.load_messages_from_context',
      'parses-sql': 'KineticaSqlOutputParser',
      searches: 'KineticaVectorstore, a search by similarity',
      stores: 'KineticaVectorstore.from_texts, in a table that it creates',
    },
  }),
]

function pythonPackage(listed: Package): Client {
  const { name, title, distribution, home = `.clients/${name}`, check = '', cases } = listed
  const source = `test/clients/packages/${name}`
  const python = `${home}/bin/python`
  const version = `from importlib.metadata import version; print(version("${distribution}"))`
  return {
    name,
    title,
    encodings: ['BINARY'],
    probe: ['python3', '-c', `import ensurepip, venv; ${check}`],
    install: installPackages(home, `${source}/requirements.txt`),
    unavailable: UNAVAILABLE,
    version: [python, '-c', version],
    run: [python, `${source}/cases.py`],
    cases: Object.entries(cases).map(([id, text]): CaseName => ({ id, title: text })),
    fixtures: `${source}/fixture.yaml`,
  }
}
