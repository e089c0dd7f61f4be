import type { Command } from 'commander'
import { Catalogue } from './avro/catalogue.ts'
import type { CliHost, CommandParts, ExitCode } from './cli-host.ts'
import { addOptions, readFlags } from './cli-options.ts'
import { addRecord } from './cli-record.ts'
import { health, start } from './cli-start.ts'
import { addTerminalCommands } from './cli-terminal.ts'
import { addValidate } from './cli-validate.ts'
import { RealTime } from './clock/time-source.ts'
import { readConfig } from './config.ts'
import type { Flags } from './config-sources.ts'
import { renderFixtureSchema } from './fixture-format/fixture-format.ts'
import { packageVersion } from './http/package-version.ts'
import { createMock } from './mock.ts'

/** Adds all commands to the program. */
export function addCommands(program: Command, parts: CommandParts): void {
  const { host, exit } = parts
  const act = (action: (flags: Flags, host: CliHost) => Promise<ExitCode>) => {
    return async (_options: unknown, command: Command) => {
      exit(await action(readFlags(command), host))
    }
  }
  addOptions(program.command('start', { isDefault: true }))
    .description('start the server')
    .action(act(start))
  addOptions(program.command('health'))
    .description('check whether the server with these options answers')
    .action(act(health))
  addTerminalCommands(program, parts)
  addValidate(program, parts)
  addRecord(program, parts)
  addPrinters(program, host)
}

function addPrinters(program: Command, { stdout }: CliHost): void {
  program
    .command('schema')
    .description('print the JSON Schema of fixture files')
    .action(() => stdout.write(renderFixtureSchema(new Catalogue().endpoints)))
  program
    .command('openapi')
    .description('print the OpenAPI 3.1 document of the control API')
    .action(async () => stdout.write(await openapi()))
  program
    .command('version')
    .description('print the version')
    .action(() => stdout.write(`${packageVersion()}\n`))
}

async function openapi(): Promise<string> {
  // A server loads it with its first request to the control API.
  const { describeControl } = await import('./control-routes/control-routes.ts')
  const { mock } = createMock(
    { ...readConfig({ flags: {}, env: {} }), fixtures: [] },
    new RealTime(),
  )
  const document = await describeControl({ context: mock, version: packageVersion() })
  return `${JSON.stringify(document, null, 2)}\n`
}
