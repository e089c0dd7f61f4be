import { X509Certificate } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Config } from './config.ts'
import type { AnyOption } from './config-any-option.ts'
import { type OptionName, SECRET_OPTIONS } from './config-options.ts'
import { ConfigError, type ConfigSources } from './config-sources.ts'
import { fieldOf } from './documents/field-of.ts'
import { readUtf8 } from './documents/utf8-text.ts'
import { describeUnreadable } from './fixture-files/find-files.ts'
import type { ServerOptions } from './http/start-server.ts'
import type { Access } from './http-parts/authentication.ts'
import { parseNamedDocument } from './yaml/parse-document.ts'

/** The maximum size of a file with options, users, tokens or a certificate, in bytes. */
export const MAX_CONFIG_BYTES = 1024 * 1024

/**
 * Reads a config file: JSON with comments or YAML, with option names as keys.
 *
 * @throws ConfigError if the file cannot be read or parsed.
 */
export function readConfigFile(name: string): NonNullable<ConfigSources['file']> {
  const text = readText(name, 'config')
  const parsed = parseNamedDocument(name, text)
  if ('value' in parsed) return { name, document: parsed.value }
  const hasSecrets = SECRET_WORD.test(text)
  const problems = parsed.problems.map(({ position, path = '', message }) => {
    const shown = hasSecrets ? withoutDetail(message) : message
    const key = path === '' || hasSecrets ? '' : `${path}: `
    return `${name}:${position.line}:${position.column}: ${key}${shown}`
  })
  throw new ConfigError(problems)
}

const SECRET_WORD = new RegExp(`\\b(?:${[...SECRET_OPTIONS].join('|')})\\b`)

/** Removes what quotes the file: `this is not YAML: …`. */
function withoutDetail(message: string): string {
  return message.replace(/^(this is not \w+): .*$/s, '$1')
}

/** Reads the PEM files. Throws ConfigError if one cannot be read. */
export function readTls(tls: NonNullable<Config['tls']>): NonNullable<ServerOptions['tls']> {
  return { cert: readText(tls.cert, 'tls-cert'), key: readText(tls.key, 'tls-key') }
}

/** Reads the certificates that sign the upstream's. Throws ConfigError if the file has no certificates. */
export function readUpstreamCa(path: string): string {
  const text = readText(path, 'upstream-ca')
  try {
    new X509Certificate(text)
    return text
  } catch {
    throw new ConfigError([`upstream-ca: ${path}: expected a certificate in PEM`])
  }
}

/**
 * The users and tokens of the options and of their files.
 *
 * @throws ConfigError with the option, file and line of each problem, without the content of the line.
 */
export function readAccess({
  access,
  accessFiles,
}: Pick<Config, 'access' | 'accessFiles'>): Required<Access> {
  const { users: userFile, tokens: tokenFile } = accessFiles
  const users = userFile === undefined ? [] : readList(userFile, USERS)
  const tokens = tokenFile === undefined ? [] : readList(tokenFile, TOKENS)
  return {
    users: [...access.users, ...users],
    tokens: [...(access.tokens ?? []), ...tokens],
  }
}

/** The lines of a file with secrets. */
interface SecretLines {
  readonly option: OptionName
  readonly noun: string
  readonly form: RegExp
  readonly expected: string
}

const USERS: SecretLines = {
  option: 'user-file',
  noun: 'user',
  form: /^[^:]+:/,
  expected: 'a name and a password as name:password',
}

const TOKENS: SecretLines = {
  option: 'token-file',
  noun: 'token',
  form: /^\S+$/,
  expected: 'a token without spaces',
}

function readList(path: string, { option, noun, form, expected }: SecretLines): string[] {
  const lines = readText(path, option)
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
  const problems = lines
    .filter(({ line }) => !form.test(line))
    .map(({ number }) => `${option}: ${path}:${number}: expected ${expected}`)
  // Without this, an empty file would accept every caller.
  if (lines.length === 0) problems.push(`${option}: ${path}: expected at least one ${noun}`)
  if (problems.length > 0) throw new ConfigError(problems)
  return lines.map(({ line }) => line)
}

/** The file with the arguments of process 1 on Linux; in a container, that is the server. */
const PROCESS_1 = '/proc/1/cmdline'

/** The arguments of the server in a container; empty if process 1 is not the server. */
export function readServerArguments(path: string = PROCESS_1): readonly string[] {
  const parts = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : []
  const program = parts.findIndex((part) => /\bmock-gpudb(\.js)?$/.test(part))
  return program < 0 ? [] : parts.slice(program + 1).filter((part) => part !== '')
}

/** The text of a file that an option names. */
function readText(path: string, option: AnyOption | 'config'): string {
  const place = `${option}: ${path}`
  const bytes = readBytes(path, place)
  if (bytes.length > MAX_CONFIG_BYTES) {
    throw new ConfigError([`${place}: this is larger than ${MAX_CONFIG_BYTES} bytes`])
  }
  const reading = readUtf8(bytes)
  if ('value' in reading) return reading.value
  const problems = reading.problems.map(({ position, message }) => {
    return `${place}:${position.line}:${position.column}: ${message}`
  })
  throw new ConfigError(problems)
}

/** Reads at most one byte more than allowed: a device or pipe can be endless. */
function readBytes(path: string, place: string): Buffer {
  const bytes = Buffer.alloc(MAX_CONFIG_BYTES + 1)
  let length = 0
  try {
    const file = openSync(path, 'r')
    try {
      for (let got = -1; got !== 0; length += got) {
        got = readSync(file, bytes, length, bytes.length - length, null)
      }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new ConfigError([`${place}: ${describeFailure(error)}`])
  }
  return bytes.subarray(0, length)
}

function describeFailure(error: unknown): string {
  const code = fieldOf(error, 'code')
  return code === 'EISDIR' ? 'this is a folder' : describeUnreadable(String(code))
}
