import { countText } from '../documents/count-text.ts'
import type { FixtureJob, FixtureThen } from '../fixture-format/fixture-format.ts'
import { answerEncoding } from '../jobs/encoding.ts'
import { isJobTag } from '../jobs/job.ts'
import { keyOf } from './recorded-calls.ts'
import type { CreatedBy, RecordedJob } from './recorded-job.ts'
import type { WrittenRun, WrittenSequence } from './write-sequence.ts'

/** Comments by the steps and lifecycles that they are about. */
export type Comments = Map<unknown, string>

/** Consecutive jobs of one request that ended alike. */
type AlikeJobs = RecordedJob[]

/** The jobs that clients created, as answers to `/create/job`. */
export function writeCreatedJobs(
  jobs: readonly RecordedJob[],
  comments: Comments,
): WrittenSequence[] {
  const groups = new Map<string, { condition: WrittenSequence['condition']; runs: AlikeJobs[] }>()
  for (const job of jobs) {
    const { created, endpoint } = job.start
    if (created === undefined) continue
    const encoding = job.result?.answer.encoding
    const condition = { as: 'job', endpoint, pattern: created.pattern, encoding } as const
    const key = keyOf(condition)
    const group = groups.get(key) ?? { condition, runs: [] }
    groups.set(key, group)
    const last = group.runs.at(-1)
    if (last?.[0]?.outcomeKey === job.outcomeKey) last.push(job)
    else group.runs.push([job])
  }
  return [...groups.values()].map(({ condition, runs }) => ({
    condition,
    runs: runs.map((alike) => writeAlike(alike, comments)),
  }))
}

/** Of jobs that ended alike, the one that was polled most shows best how they run. */
function writeAlike(jobs: AlikeJobs, comments: Comments): WrittenRun {
  const most = Math.max(...jobs.map(({ polls }) => polls))
  const job = jobs.find(({ polls }) => polls === most)
  const state = job === undefined || job.hasEnded ? '' : unendedState(job)
  const comment = `${countText(jobs.length, 'job')}${state}`
  return { text: job && writeJob(job, comments), count: jobs.length, comment }
}

/** The answer of a rule. */
function writeJob(job: RecordedJob, comments: Comments): FixtureThen {
  const { result, start } = job
  const encoding = result && encodingOf(result.encoding, start.created)
  const given = result?.answer.encoding === undefined && encoding !== undefined ? { encoding } : {}
  return { ...writeLifecycle(job, comments), ...given, ...result?.answer.text }
}

/** The encoding of a result, if it does not follow from that of the request. */
function encodingOf(encoding: 'json' | 'binary', created: CreatedBy | undefined) {
  const usual = created === undefined ? 'binary' : answerEncoding(created.encoding)
  return encoding === usual ? undefined : encoding
}

function unendedState({ status }: RecordedJob): string {
  return status === undefined ? ', never polled' : ', still running when last polled'
}

/** The jobs that were there before, as jobs of a fixture. */
export function writeSeenJobs(jobs: readonly RecordedJob[], comments: Comments): FixtureJob[] {
  const tags = new Set<string>()
  const seen = jobs.filter(({ start }) => start.created === undefined)
  return seen.flatMap((job): FixtureJob[] => {
    const names = namesOf(job, tags)
    // Nothing finds a job without an id whose tag the mock rejects.
    if (Object.keys(names).length === 0) return []
    const written = { ...names, ...writeSeen(job, comments) }
    const state = job.hasEnded ? '' : unendedState(job)
    comments.set(written, `${countText(job.polls, 'poll')}${state}, since the recording began`)
    return [written]
  })
}

/** The id and the tag of a job, if it is the first with that. */
function namesOf(
  { start: { id, tag } }: RecordedJob,
  tags: Set<string>,
): Pick<FixtureJob, 'job_id' | 'tag'> {
  const hasTag = isJobTag(tag) && !tags.has(tag)
  if (hasTag) tags.add(tag)
  return { ...(id > 0n ? { job_id: id } : {}), ...(hasTag ? { tag } : {}) }
}

function writeSeen(job: RecordedJob, comments: Comments): FixtureJob {
  const { result, start } = job
  const isRaw = result?.answer.encoding !== undefined
  const encoding = result && !isRaw ? encodingOf(result.encoding, undefined) : undefined
  return {
    endpoint: start.endpoint,
    ...(encoding === undefined ? {} : { encoding }),
    ...writeLifecycle(job, comments),
    ...result?.answer.text,
  }
}

function writeLifecycle(job: RecordedJob, comments: Comments): Pick<FixtureThen, 'lifecycle'> {
  const inferred = job.lifecycle()
  if (inferred === undefined) return {}
  for (const [about, comment] of inferred.comments) comments.set(about, comment)
  return { lifecycle: inferred.lifecycle }
}
