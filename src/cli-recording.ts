import { Catalogue } from './avro/catalogue.ts'
import { type CliHost, DRIFT, type ExitCode, FAILED, OK } from './cli-host.ts'
import { configure } from './cli-options.ts'
import { stopWithInput } from './cli-start.ts'
import { fixtureContext } from './cli-validate.ts'
import { RealTime } from './clock/time-source.ts'
import type { Config } from './config.ts'
import { type Environment, unknownVariables } from './config-environment.ts'
import { readTls, readUpstreamCa } from './config-files.ts'
import { RECORD_OPTION_NAMES, RecordOptions } from './config-record-options.ts'
import { ConfigError, checkGiven, type Flags, readGiven } from './config-sources.ts'
import { noticeLine } from './http-parts/logging.ts'
import { Redaction } from './patterns/redaction.ts'
import { heapShare } from './process/heap-share.ts'
import { LogQueue, MAX_QUEUED_LOG } from './process/log-queue.ts'
import { finishRecording, type RecordingEnd } from './record/finish-recording.ts'
import { guardRecorder } from './record/guarded-recorder.ts'
import { type MergeParts, readExisting } from './record/merged-text.ts'
import { probeUpstream } from './record/probe-upstream.ts'
import { problem } from './record/proxy-routes.ts'
import { RecordingProxy } from './record/recording-proxy.ts'
import type { UpstreamOptions } from './record/upstream.ts'
import { findObstacle, type RecordingTarget } from './record/write-recording.ts'
import { Recording } from './recording/recording.ts'

/** What a recording is started with. */
interface Session {
  readonly config: Config
  readonly options: RecordOptions
  readonly upstream: UpstreamOptions
  readonly target: RecordingTarget
  readonly merge: MergeParts | undefined
  readonly warn: (message: string) => void
}

/** Passes calls on until a signal or a request ends it; then writes the fixture. */
export async function record(flags: Flags, host: CliHost): Promise<ExitCode> {
  const session = openSession(flags, host)
  const { options, target, merge, upstream, warn } = session
  stopWithInput(session.config, host)
  const catalogue = new Catalogue()
  const recording = createRecording(session, catalogue)
  const proxy = createProxy(session, { recording, catalogue })
  host.stdout.write(`listening on ${await proxy.start()}\n`)
  const ending = new AbortController()
  const probing = probeUpstream(upstream, ending).then((found) => {
    if (found !== undefined) warn(found)
  })
  await Promise.race([host.signals.received, proxy.stopRequested])
  ending.abort()
  await Promise.all([probing, proxy.drain()])
  const requests = proxy.describeInWords()
  const end = finishRecording(recording.finish(), { target, merge, requests })
  for (const line of end.lines) warn(line)
  if (end.text !== undefined) host.stdout.write(end.text)
  await proxy.end(answerOf(end))
  if (!end.isWritten) return FAILED
  return end.hasDrift && options['fail-on-drift'] ? DRIFT : OK
}

function answerOf({ isWritten, document }: RecordingEnd) {
  if (isWritten) return { status: 200, document }
  const answer = problem(500, 'NOT_WRITTEN', 'the fixture could not be written')
  return { ...answer, document: { ...answer.document, ...document } }
}

/** Throws ConfigError or FixtureError. */
function openSession(flags: Flags, { env, stderr }: CliHost): Session {
  const config = configure(flags, env)
  const options = readOptions(flags, env)
  const { format } = config.logging
  const notice = (message: string) => noticeLine(format, message)
  const log = new LogQueue(stderr, { maxQueued: MAX_QUEUED_LOG, notice })
  const warn = (message: string) => log.write(notice(message))
  for (const warning of unknownVariables(env)) warn(warning)
  const url = new URL(options.upstream)
  const ca = options['upstream-ca']
  const upstream = {
    url,
    ca: ca === undefined ? undefined : readUpstreamCa(ca),
    isInsecure: options['insecure-upstream'],
  }
  const target = { path: options.out, replaces: options.merge !== 'fail' }
  const obstacle = findObstacle(target)
  const problems = [
    ...(obstacle === undefined ? [] : [describeObstacle(obstacle, options)]),
    ...(isSame(url, config) ? ['--upstream: this is the address of the proxy itself'] : []),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  const merge = mergeOf(options)
  if (merge && readExisting(merge)) warn(`the comments of ${merge.path} will be lost`)
  return { config, options, upstream, target, merge, warn }
}

/** The options that only `record` has. Throws ConfigError. */
function readOptions(flags: Flags, env: Environment): RecordOptions {
  const given = readGiven(RECORD_OPTION_NAMES, { flags, env })
  const found = given.has('upstream')
    ? []
    : ['--upstream: expected the URL of the database, such as http://kinetica:9191']
  return checkGiven(RecordOptions, { given, found })
}

function mergeOf({ out: path, merge: policy }: RecordOptions): MergeParts | undefined {
  return policy === 'fail' ? undefined : { path, policy, context: fixtureContext() }
}

function describeObstacle(obstacle: string, { out, merge }: RecordOptions): string {
  const advice = merge === 'fail' && /exists/.test(obstacle) ? ', use --merge or another --out' : ''
  return `--out: ${out}: ${obstacle}${advice}`
}

const LOOPBACK = /^(?:localhost|127\..*|\[::1\]|0\.0\.0\.0|\[::\])$/

/** Whether the proxy would call itself, without end. */
function isSame(url: URL, { host, port, tls }: Config): boolean {
  const scheme = tls === undefined ? 'http' : 'https'
  const own = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (port === 0 || !URL.canParse(own)) return false
  const { hostname, protocol } = new URL(own)
  const given = Number(url.port || (url.protocol === 'http:' ? 80 : 443))
  const isHere = LOOPBACK.test(hostname) && LOOPBACK.test(url.hostname)
  return protocol === url.protocol && given === port && (isHere || hostname === url.hostname)
}

function createRecording({ config, options }: Session, catalogue: Catalogue): Recording {
  return new Recording({
    catalogue,
    redaction: new Redaction(config.redact),
    raw: options.raw ? 'always' : 'never',
    maxBytes: options['max-bytes'],
  })
}

function createProxy(
  session: Session,
  { recording, catalogue }: { readonly recording: Recording; readonly catalogue: Catalogue },
): RecordingProxy {
  const { config, upstream, warn } = session
  const { host, port, tls, connections } = config
  return new RecordingProxy({
    host,
    port,
    upstream,
    tls: tls && readTls(tls),
    maxConnections: connections.maxConnections,
    maxCopyBytes: heapShare(8),
    catalogue,
    time: new RealTime(),
    warn,
    recorder: guardRecorder(recording, warn),
  })
}
