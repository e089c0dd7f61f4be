import { type Config, readConfig, readTls } from './config.ts'
import type { ConfigOptions } from './config-options.ts'
import type { FixtureSource } from './fixtures/load-fixtures.ts'
import { MockGpudb } from './mock-gpudb.ts'
import { startServer } from './server/start-server.ts'

/** `default-duration` as `defaultDuration`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** The options of the command line in camelCase, such as `defaultDuration`. */
type CamelCaseOptions = {
  readonly [Name in keyof ConfigOptions as CamelCase<Name>]?: ConfigOptions[Name]
}

/**
 * How a mock is to be; the options are those of the command line. Left out, they are as there,
 * but for `host` (127.0.0.1), `port` (0: a free one) and `fixtures` (none).
 */
export interface MockGpudbOptions extends Omit<CamelCaseOptions, 'fixtures'> {
  /** Paths of files and folders, and documents, in this order. */
  readonly fixtures?: readonly FixtureSource[]
}

/**
 * Starts a mock in this process. Nothing is read from the environment.
 *
 * @throws ConfigError where an option is wrong, FixtureError where a fixture is, and Node's error
 *   where it cannot listen.
 */
export async function startMockGpudb(options: MockGpudbOptions = {}): Promise<MockGpudb> {
  const { fixtures = [], ...others } = options
  const { tls, logging, ...config } = readOptions(others)
  const server = await startServer({
    ...config,
    fixtures,
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    logging: { ...logging, write: (line) => process.stderr.write(line) },
  })
  return new MockGpudb(server)
}

function readOptions(options: Omit<MockGpudbOptions, 'fixtures'>): Config {
  const given = { host: '127.0.0.1', port: 0, ...options }
  const values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [toKebabCase(name), value]),
  )
  return readConfig({ flags: {}, env: {}, values })
}

function toKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
